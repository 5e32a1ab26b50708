"""Named type of `notebook.namedServers`."""

from typing import Annotated, Literal

from pydantic import Field

from settings.types.model import Model
from settings.types.text import WholeNumber


class NamedServers(Model):
    """Further servers of a user, beside the default one."""

    max: Annotated[WholeNumber, Field(ge=0, le=100)]
    """Maximum number for each user. 0: none."""
    home: Literal["own", "shared"]
    """`own`: a home for each server. `shared`: the home of the default server for all; on disks, all servers of a user
    then run on one node."""
