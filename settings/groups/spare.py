"""Entries of `notebook.spare`."""

from typing import Annotated

from pydantic import Field

from settings.types.choices import ChoiceName
from settings.types.hours import Hours
from settings.types.model import Model
from settings.types.text import WholeNumber

EXAMPLE = {"servers": 10, "choice": "large", "hours": "Mon-Fri 08:00-18:00 Europe/Berlin"}
"""Room during a course."""


class Spare(Model):
    """Room on running nodes for servers that nobody has started yet."""

    servers: Annotated[WholeNumber, Field(ge=1, le=5000)]
    """Number of servers, such as 10. 1 to 5000."""
    choice: ChoiceName | None = None
    """Name of the choice that the room is for, such as `large`. Not set: the first one of `notebook.choices`; without
    choices a server of `notebook.cpu.default` and `notebook.memory.default`."""
    size: ChoiceName | None = None
    """Name of the size of the choice, such as `l`. Not set: its first one."""
    hours: Hours | None = None
    """Days and times at which there is room, with their time zone, such as `Mon-Fri 08:00-18:00 Europe/Berlin` or
    `Sat,Sun 20:00-02:00 UTC`. Not set: always."""
