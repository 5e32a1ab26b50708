"""Tags of the images of docker/, from the content of their files.

The release workflow runs this without any package: `python3 -m tools.image_tags hub` prints the tag of one image.
"""

import hashlib
import os
import sys
from pathlib import Path

SOURCES = {"hub": ("hub",), "proxy": ("proxy",), "notebook": ("notebook", "hub/requirements.txt")}
"""The files that each image is built from, below docker/. The notebook has the hub's version of JupyterHub."""


def digest(name: str, context: Path, recipe: str = "") -> str:
    """Return the tag of an image, which changes with every input of its build.

    Args:
        name: `hub`, `proxy` or `notebook`.
        context: The folder docker/.
        recipe: The recipe of the base image, if that is built, too.
    """
    files = sorted(file for source in SOURCES[name] for file in _files(context / source))
    parts = [f"{file.relative_to(context)} {os.access(file, os.X_OK)} ".encode() + file.read_bytes() for file in files]
    return digest_of(recipe.encode(), *parts)


def digest_of(*parts: bytes) -> str:
    """Return 12 characters of a hash over the parts and their boundaries."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:12]


def _files(source: Path) -> list[Path]:
    # Hidden files, such as .DS_Store of macOS, are no part of the build context.
    found = [source] if source.is_file() else source.rglob("*")
    return [file for file in found if file.is_file() and not file.name.startswith(".")]


if __name__ == "__main__":
    sys.stdout.write(f"{digest(sys.argv[1], Path(__file__).resolve().parents[1] / 'docker')}\n")
