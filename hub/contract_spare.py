"""Contract: spare capacity that changes with the time."""

from __future__ import annotations

from hub.contract_part import Part


class Hours(Part):
    """Hours of some days of each week."""

    days: tuple[int, ...]
    """Days on which they begin; Monday is 0."""
    start: int
    """Minutes after midnight at which they begin."""
    end: int
    """Minutes after midnight at which they end; below `start`: on the next day."""
    zone: str
    """Name of the time zone in the IANA database."""


class SpareServers(Part):
    """A number of servers."""

    servers: int
    """The number."""
    hours: Hours | None
    """When; None: always."""


class Spare(Part):
    """A Deployment of placeholders, in `HubConfig.notebooks_namespace`, which the hub scales."""

    deployment: str
    """Name of the Deployment."""
    entries: tuple[SpareServers, ...]
    """Numbers that add up."""
