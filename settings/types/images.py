"""Named types for container images, and the tag of this project's images."""

import re
from pathlib import Path
from typing import Annotated

from hub import image_rule
from settings.types.places import keeps_images
from settings.types.text import Check, Text, matching, pattern

_ARTIFACT_REGISTRY = re.compile(r"([^/]*)-docker\.pkg\.dev(?:/.*)?")

_NO_REFERENCE = (
    "is not an image reference, such as quay.io/jupyter/base-notebook:2026-01-05: lower case, no spaces, no https://"
)
_NO_REPOSITORY = (
    "is not an image repository, such as europe-west1-docker.pkg.dev/foo/jupyterhub: without a tag and without a / at "
    "the end"
)

VERSION_FILE = Path(__file__).parents[2] / "docker" / "VERSION"
"""File with the tag of the three images that `make -C docker build` builds: one line, such as `1.0.0`."""


def own_tag() -> str | None:
    """Return the tag of this project's images; None if `VERSION_FILE` cannot be read."""
    try:
        return VERSION_FILE.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        return None


def _image_reference(text: str) -> str:
    if not image_rule.is_reference(text):
        raise ValueError(_NO_REFERENCE)
    return text


def _image_repository(text: str) -> str:
    if not image_rule.is_repository(f"{text}/notebook"):
        raise ValueError(_NO_REPOSITORY)
    registry = _ARTIFACT_REGISTRY.fullmatch(text)
    if registry and not keeps_images(registry[1]):
        msg = (
            "is not at a location of Artifact Registry: a region (not a zone), or us, europe or asia, such as "
            "europe-west1-docker.pkg.dev/foo/jupyterhub"
        )
        raise ValueError(msg)
    return text


ImageReference = Annotated[Text, Check(_image_reference, pattern(image_rule.REFERENCE, _NO_REFERENCE))]
"""Image reference: `[host[:port]/]path[:tag][@digest]`."""

ImageRepository = Annotated[
    Text, Check(_image_repository, pattern(f"{image_rule.REPOSITORY}|{image_rule.HOST}", _NO_REPOSITORY))
]
"""Prefix of image references, `[host[:port]/]path`, without tag."""

ImagePattern = Annotated[
    Text,
    matching(
        r"(?!.*://)[-A-Za-z0-9._:/@*?!\[\]]+",
        "is not a pattern of image references, such as quay.io/jupyter/*",
    ),
]
"""Shell pattern (`fnmatch`) of whole image references; `*` matches `/` too."""
