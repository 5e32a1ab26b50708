"""Entries of `notebook.spare`."""

from typing import Annotated

from pydantic import Field

from settings.types.choices import ChoiceName
from settings.types.hours import Hours
from settings.types.model import Model
from settings.types.text import WholeNumber

EXAMPLE = {"servers": 10, "choice": "large", "hours": "Mon-Fri 08:00-18:00 Europe/Berlin"}
"""Capacity during a course."""


class Spare(Model):
    """Spare capacity for a number of servers."""

    servers: Annotated[WholeNumber, Field(ge=1, le=5000)]
    """Number of servers, such as 10. 1 to 5000."""
    choice: ChoiceName | None = None
    """Name of the choice of the servers, such as `large`. Not set: the first one of `notebook.choices`; without
    choices a server of `notebook.cpu.default` and `notebook.memory.default`."""
    size: ChoiceName | None = None
    """Name of the size of the choice, such as `l`. Not set: its first one."""
    hours: Hours | None = None
    """Days, times and time zone of the capacity, such as `Mon-Fri 08:00-18:00 Europe/Berlin` or
    `Sat,Sun 20:00-02:00 UTC`. Not set: always."""
