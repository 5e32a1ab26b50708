"""buildah with its own storage, apart from the user's own builds."""

import os
from dataclasses import dataclass
from pathlib import Path

from tools import commands
from tools.errors import ToolError

CONTAINED = (
    *("setpriv", "--pdeathsig", "KILL", "--"),
    *("unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"),
)
"""Prefix of a command that mounts file systems and starts processes: all of them end with this process."""

_CA_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


@dataclass(frozen=True)
class Buildah:
    """A builder of images.

    Attributes:
        folder: Folder of its images and temporary files.
        driver: How it stores layers: `overlay`, or `vfs` where the file system allows no overlay.
    """

    folder: Path
    driver: str

    def build(self, name: str, context: Path, *, base: str, reference: str) -> None:
        """Build `<context>/<name>/Dockerfile`.

        Args:
            name: Folder of the Dockerfile.
            context: Folder that the Dockerfile copies from.
            base: Reference of the image to start from.
            reference: The name of the built image.

        Raises:
            ToolError: A step of the Dockerfile failed.
        """
        bundle = ca_bundle()
        secret = [f"--secret=id=ca,src={bundle}"] if bundle else []
        words = ["--isolation=chroot", "--network=host", f"--build-arg=BASE={base}", *secret]
        self.run("bud", *words, f"--file={context / name / 'Dockerfile'}", f"--tag={reference}", context)

    def save(self, reference: str, archive: Path) -> None:
        """Write an image to a file, under its own reference, as `docker save` does.

        Raises:
            ToolError: There is no such image, or no space for the file.
        """
        self.run("push", reference, f"docker-archive:{archive}:{reference}")

    def run(self, *words: str | Path) -> str:
        """Run one of buildah's commands.

        Returns:
            What it printed.

        Raises:
            ToolError: It failed.
        """
        storage = (
            f"--root={self.folder / 'root'}",
            f"--runroot={self.folder / 'run'}",
            f"--storage-driver={self.driver}",
        )
        command = [*CONTAINED, "buildah", *storage, *words]
        return commands.run(command, env={"TMPDIR": str(self.folder)}, doing=f"buildah {words[0]}")


def start(folder: Path) -> Buildah:
    """Return a builder with its images in an empty folder, and the fastest storage driver that works there.

    Raises:
        ToolError: buildah is not installed, or cannot work here.
    """
    fast = Buildah(folder, "overlay")
    try:
        fast.run("info")
    except ToolError:
        plain = Buildah(folder, "vfs")
        plain.run("info")
        return plain
    return fast


def ca_bundle() -> Path | None:
    """Find the CA certificates that downloads need on this machine.

    Returns:
        The first existing file that one of the usual variables names; none where none does.
    """
    files = (Path(value) for variable in _CA_VARIABLES if (value := os.environ.get(variable)))
    return next((file for file in files if file.is_file()), None)
