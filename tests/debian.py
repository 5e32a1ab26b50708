"""Programs of Debian's packages, unpacked and not installed, as no service of the machine may start."""

from pathlib import Path

from tests.installed import folder_of
from tools.commands import run


def unpacked(package: str) -> Path:
    """Return the folder with a package's files, such as `usr/bin`; downloaded at the first call.

    Raises:
        ToolError: The machine has no apt, or the download failed.
    """

    def install(folder: Path) -> None:
        run(["apt-get", "update"], doing="apt-get update")
        run(["apt-get", "download", package], cwd=folder, doing=f"apt-get download {package}")
        (file,) = folder.glob(f"{package}_*.deb")
        run(["dpkg-deb", "--extract", str(file), "."], cwd=folder)

    return folder_of(package, [Path("/etc/debian_version")], install)
