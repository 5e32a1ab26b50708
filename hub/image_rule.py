"""The grammar of image references, and the rule which notebook images may run.

The settings use the same grammar. The rule is applied to the chosen image and to the finished pod.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.contract import HubConfig

# github.com/distribution/reference, without upper-case hosts: DNS ignores case, fnmatch patterns do not.
HOST = r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?"
"""Regular expression of a registry's host, with a port if need be."""
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
REPOSITORY = rf"(?:{HOST}/)?{_PART}(?:/{_PART})*"
"""Regular expression of image references without tag and digest."""
_TAG = r"[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}"
_DIGEST = r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}"
REFERENCE = rf"(?P<repository>{REPOSITORY})(?::{_TAG})?(?:@(?:{_DIGEST}))?"
"""Regular expression of image references."""
_DOCKER_HUB = "docker.io"
"""Host of images that name none."""
MAX_REPOSITORY_LENGTH = 255
"""Longest repository, in characters."""


def is_reference(text: str) -> bool:
    """Return whether `text` is an image reference: `[host[:port]/]path[:tag][@digest]`."""
    found = re.fullmatch(REFERENCE, text)
    return found is not None and is_repository(found["repository"])


def is_repository(text: str) -> bool:
    """Return whether `text` is an image reference without tag and digest."""
    return len(text) <= MAX_REPOSITORY_LENGTH and re.fullmatch(REPOSITORY, text) is not None


def offered(config: HubConfig) -> tuple[str, ...]:
    """Return the images that the form offers, the default first."""
    return tuple(dict.fromkeys((config.image, *config.images)))


def why_refused(image: str, config: HubConfig) -> str | None:
    """Return why users may not run `image`, or None if they may."""
    if image in offered(config):
        return None
    # Patterns alone would allow anything behind the `*`: spaces, line ends, `..`.
    if not is_reference(image):
        return f"is not an image reference. Write it like {config.image}."
    if any(fnmatchcase(image, pattern) for pattern in config.allowed_images):
        return None
    return f"is not allowed on this hub. Allowed: {', '.join((*offered(config), *config.allowed_images))}."


def pulled_as(image: str, remote_repositories: Mapping[str, str]) -> str:
    """Return the reference by which a node pulls `image`: through a remote repository, if its registry has one.

    The rule is for the reference before: people and patterns name the registry, and never the remote repository.

    Args:
        image: Image reference.
        remote_repositories: Remote repositories by the host of their registry.
    """
    host, slash, path = image.partition("/")
    if not slash or not (host == "localhost" or {".", ":"}.intersection(host)):
        host, path = _DOCKER_HUB, image
    repository = remote_repositories.get(host)
    if repository is None:
        return image
    found = f"{repository}/{'library/' if host == _DOCKER_HUB and '/' not in path else ''}{path}"
    return found if is_reference(found) else image
