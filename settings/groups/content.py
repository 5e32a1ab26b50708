"""Entries of `notebook.content`."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from settings.types.model import Model
from settings.types.text import Text, at_most, matching

_PART = r"(?!\.)[A-Za-z0-9._-]+"
_NO_URL = "is not the URL of a public git repository, such as https://github.com/example/course"


def _public(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_right = parts.port != 0  # raises if it is too large
    except ValueError:
        raise ValueError(_NO_URL) from None
    if "@" in parts.netloc:
        msg = "has a user name, password or token, which everybody could read; only public repositories are pulled"
        raise ValueError(msg)
    if not is_right or not parts.hostname:
        raise ValueError(_NO_URL)
    return url


GitUrl = Annotated[
    Text,
    matching(r"https://(?:[^@\s/?#]+@)?[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)+/?", _NO_URL),
    at_most(1000, "no repository has such a URL"),
    AfterValidator(_public),
]
"""https URL of a git repository, without credentials."""

Branch = Annotated[
    Text,
    matching(
        r"(?!.*(?:\.\.|//|/$|\.$|\.lock$))[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}",
        "is not the name of a branch, such as main or release/2.0",
    ),
]
"""Name of a branch."""

HomeFolder = Annotated[
    Text,
    matching(
        rf"{_PART}(?:/{_PART})*",
        "is not a folder below the home, such as course: no / first and no part that begins with .",
    ),
    at_most(200, "the limit of file systems is near"),
]
"""Path of a folder below the home."""


class Repository(Model):
    """A git repository that is pulled into each home."""

    repository: GitUrl
    """URL, such as `https://github.com/example/course`."""
    branch: Branch | None = None
    """Branch, such as `main`. Not set: the repository's default."""
    folder: HomeFolder | None = None
    """Folder below the home, such as `course`. Not set: the last part of the URL."""

    @property
    def path(self) -> str:
        """The folder below the home."""
        return (
            self.folder
            or re.sub(r"\.git$", "", self.repository.rstrip("/").rpartition("/")[2]).lstrip(".")
            or "content"
        )
