"""The images of docker/ for the local cluster: built here, stored as archives, imported into containerd."""

import fcntl
import shutil
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import commands, paths
from tools.image_tags import SOURCES, digest, digest_of
from tools.local import base_image, buildah
from tools.steps import step

_CONTEXT = paths.CHECKOUT / "docker"

_BASES = {"hub": base_image.PYTHON, "proxy": base_image.NODE, "notebook": base_image.PYTHON}

UNBUILT = {f"{name}.image": "localhost/jupyterhub/to-be-built:0" for name in SOURCES}
"""Placeholders for the images that a stack file leaves to `make up`, by key, while they are not built."""

# The kubelet's namespace in containerd.
_NAMESPACE = ("--namespace", "k8s.io")


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image as a file."""

    name: str
    """`hub`, `proxy` or `notebook`."""
    reference: str
    """Its name in pods; the tag changes with the content."""
    archive: Path
    """The file, as `docker save` writes it."""


def ensure_built() -> Mapping[str, Image]:
    """Build the missing images, and delete the archives of older ones.

    Returns:
        The images `hub`, `proxy` and `notebook` by name.

    Raises:
        ToolError: A tool is missing, or a build failed. Finished images stay; an unfinished build leaves no files.
    """
    folder = paths.CACHE / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder / "lock"):
        recipe = base_image.recipe()
        debian = folder / f"debian-{digest_of(recipe.encode())}.tar"
        images = {name: _image(name, recipe, folder) for name in SOURCES}
        missing = [image for image in images.values() if not image.archive.exists()]
        if missing:
            _build(missing, debian, folder / "unfinished")
        current = {debian, *(image.archive for image in images.values())}
        for outdated in set(folder.glob("*.tar")) - current:
            outdated.unlink()
    return images


def load(image: Image, ctr: Sequence[str]) -> None:
    """Import an image into containerd, unless it has it.

    Args:
        image: One of `ensure_built`.
        ctr: The command `ctr` with what it needs to find its containerd, such as `--address`.

    Raises:
        ToolError: containerd did not answer, or refused the file.
    """
    if image.reference not in references(ctr):
        with step(f"Loading the {image.name} image"):
            commands.run([*ctr, *_NAMESPACE, "images", "import", image.archive], doing=f"Loading {image.reference}")


def remove(images: Iterable[Image], ctr: Sequence[str]) -> None:
    """Remove images from containerd.

    Raises:
        ToolError: containerd did not answer, or has one of them not.
    """
    commands.run([*ctr, *_NAMESPACE, "images", "rm", *(image.reference for image in images)], doing="Removing images")


def references(ctr: Sequence[str]) -> set[str]:
    """List the images that the kubelet finds in containerd.

    Args:
        ctr: As for `load`.

    Raises:
        ToolError: containerd did not answer.
    """
    return set(
        commands.run([*ctr, *_NAMESPACE, "images", "ls", "--quiet"], doing="Asking containerd for its images").split()
    )


def _image(name: str, recipe: str, folder: Path) -> Image:
    tag = digest(name, _CONTEXT, recipe)
    return Image(name=name, reference=f"localhost/jupyterhub/{name}:{tag}", archive=folder / f"{name}-{tag}.tar")


def _build(missing: Sequence[Image], debian: Path, unfinished: Path) -> None:
    """Build images; each archive gets its name only when it is complete."""
    # An earlier build may have been killed.
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        if not debian.exists():
            with step("Building the base image from Debian packages"):
                base_image.make_debian(unfinished / debian.name, unfinished)
                (unfinished / debian.name).rename(debian)
        builder = buildah.start(unfinished)
        with step("Importing the base image"):
            base_image.import_python(builder, debian)
            if any(_BASES[image.name] == base_image.NODE for image in missing):
                base_image.import_node(builder)
        for image in missing:
            with step(f"Building the {image.name} image"):
                builder.build(image.name, _CONTEXT, base=_BASES[image.name], reference=image.reference)
                builder.save(image.reference, unfinished / image.archive.name)
                (unfinished / image.archive.name).rename(image.archive)
    finally:
        with step("Removing temporary files of the builds", always=False):
            shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _only_one(lock: Path) -> Generator[None]:
    """Wait until no other process builds: `make up` and `make test` may run side by side."""
    with lock.open("w") as held:
        with step("Waiting for another process to build the images", always=False):
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
