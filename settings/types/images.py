"""Named types for container images, and the tag of this project's own."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from settings.types.places import keeps_images
from settings.types.text import Text

_HOST = r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")
_ARTIFACT_REGISTRY = re.compile(r"([^/]*)-docker\.pkg\.dev(?:/.*)?")
_LONGEST_NAME = 255
_PATTERN = re.compile(r"[-A-Za-z0-9._:/@*?!\[\]]+")

VERSION_FILE = Path(__file__).parents[2] / "docker" / "VERSION"
"""Holds the tag that `make -C docker build` gives the three images: one line, such as `1.0.0`."""


def _image_reference(text: str) -> str:
    """Checks the grammar of `distribution/reference`, but for upper-case hosts, which are mistakes."""
    name, at, digest = text.partition("@")
    repository, colon, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "")
    if (
        len(repository) > _LONGEST_NAME
        or _REPOSITORY.fullmatch(repository) is None
        or (colon and _TAG.fullmatch(tag) is None)
        or (at and _DIGEST.fullmatch(digest) is None)
    ):
        msg = (
            "is not an image reference; right ones look like quay.io/jupyter/base-notebook:2026-01-05, "
            "lower case, no spaces, no https://"
        )
        raise ValueError(msg)
    return text


def _image_repository(text: str) -> str:
    if len(text) > _LONGEST_NAME - len("/notebook") or _REPOSITORY.fullmatch(text) is None:
        msg = (
            "is not an image repository; right ones look like europe-west1-docker.pkg.dev/foo/jupyterhub, "
            "without a tag and without / at the end"
        )
        raise ValueError(msg)
    registry = _ARTIFACT_REGISTRY.fullmatch(text)
    if registry and not keeps_images(registry[1]):
        msg = (
            "is nowhere: Artifact Registry is in regions, not zones, and in us, europe and asia; right ones look like "
            "europe-west1-docker.pkg.dev/foo/jupyterhub (settings/google/regions.py lists the regions)"
        )
        raise ValueError(msg)
    return text


def _image_pattern(text: str) -> str:
    if _PATTERN.fullmatch(text) is None or "://" in text:
        msg = "is not a pattern of image references; right ones look like quay.io/jupyter/*"
        raise ValueError(msg)
    return text


ImageReference = Annotated[Text, AfterValidator(_image_reference)]
"""A container image, `[host[:port]/]path[:tag][@digest]`."""

ImageRepository = Annotated[Text, AfterValidator(_image_repository)]
"""Where images are kept, `[host[:port]/]path`, without tag."""

ImagePattern = Annotated[Text, AfterValidator(_image_pattern)]
"""A shell pattern (`fnmatch`) over whole image references; `*` matches `/` too."""
