"""Which notebook images may run. One rule, used for what people choose and for the finished pod."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.contract import HubConfig

# The grammar of image references, github.com/distribution/reference. Patterns alone would let anything through
# behind the `*`: spaces, line ends, `..`.
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAG = r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"@sha(?:256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})"
_REFERENCE = re.compile(rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*(?:{_TAG})?(?:{_DIGEST})?")
_LONGEST = 512


def offered(config: HubConfig) -> tuple[str, ...]:
    """Return the images that the form proposes, the default one first."""
    return tuple(dict.fromkeys((config.image, *config.images)))


def why_refused(image: str, config: HubConfig) -> str | None:
    """Return why people may not run `image`, or None if they may."""
    if image in offered(config):
        return None
    if len(image) > _LONGEST or not _REFERENCE.fullmatch(image):
        return f"is not the name of an image. Write it like {config.image}."
    if any(fnmatchcase(image, pattern) for pattern in config.allowed_images):
        return None
    return f"is not allowed on this hub. Allowed: {', '.join((*offered(config), *config.allowed_images))}."
