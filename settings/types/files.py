"""Named type of files in notebook servers."""

import ast
import json
from collections.abc import Mapping
from typing import Annotated, Final

from settings.types.text import Text, at_most, matching

MOST_BYTES: Final = 512 * 1024
"""Maximum size of all files together: Kubernetes takes a ConfigMap of 1 MiB."""

FilePath = Annotated[
    Text,
    matching(
        r"(?!/(?:dev|proc|sys)/)(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._-]+){2,}",
        "is not an absolute path of a file in a folder, such as /etc/gitconfig: letters, digits and . _ - between /",
    ),
    at_most(255, "the limit of Linux"),
]
"""Absolute path of a file."""


def is_within(path: str, folder: str) -> bool:
    """Return whether a path is a folder, or in it."""
    return f"{path}/".startswith(f"{folder}/")


def overlap(path: str, other: str) -> bool:
    """Return whether two paths are the same, or one is in the other."""
    return is_within(path, other) or is_within(other, path)


def readable(files: Mapping[str, str]) -> Mapping[str, str]:
    """Check the files together, JSON and Python for their syntax.

    Raises:
        ValueError: With the first mistake.
    """
    if sum(len(text.encode()) for text in files.values()) > MOST_BYTES:
        msg = f"has more than {MOST_BYTES // 1024} KiB together; put large files into the image or notebook.content"
        raise ValueError(msg)
    for path, text in files.items():
        if any(other.startswith(f"{path}/") for other in files):
            msg = f"has the file {path}, and others in a folder of this name; rename one"
            raise ValueError(msg)
        try:
            if path.endswith(".json"):
                json.loads(text)
            elif path.endswith(".py"):
                ast.parse(text)
        except (ValueError, SyntaxError) as error:
            line = getattr(error, "lineno", 0)
            msg = f"has a mistake in {path}, line {line}: {getattr(error, 'msg', 'it cannot be read')}"
            raise ValueError(msg) from None
    return files
