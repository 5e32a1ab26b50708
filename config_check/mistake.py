"""What the child process tells the program."""

from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file."""

    file: str
    """The file, such as `hub/jupyterhub_config.py`."""
    line: int | None
    """Number of the line, from 1. None if it is not known."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake in the hub's configuration."""

    place: Place
    """Where it is."""
    text: str
    """What is wrong, in one line: `KubeSpawner.imgae: is not known, ...`."""
