"""Choices: the servers that people can choose."""

from __future__ import annotations

from hub.contract_part import Part


class ChoiceImage(Part):
    """An image of a choice."""

    image: str
    """Image reference."""
    title: str
    """Title on the spawn page."""


class ChoiceSize(Part):
    """Resources and nodes of a server."""

    name: str
    """Name in links and records."""
    title: str
    """Title on the spawn page; empty: the resources in words."""
    cpu: float
    """Guaranteed CPUs."""
    cpu_limit: float
    """Largest number of CPUs."""
    memory: int
    """Guaranteed bytes of memory."""
    memory_limit: int
    """Largest number of bytes of memory."""
    additional_resources: dict[str, int]
    """Number of each extended resource."""
    node_selector: dict[str, str]
    """Labels of the nodes."""


class Choice(Part):
    """A server that people can choose."""

    name: str
    """Unique name in links and records."""
    title: str
    """Title of the card."""
    description: str
    """Text below the title; may be empty."""
    images: tuple[ChoiceImage, ...]
    """Images, the default first; at least one."""
    sizes: tuple[ChoiceSize, ...]
    """Sizes, the default first; at least one."""
    default_url: str | None
    """Page that a started server opens; None: that of all servers."""
    command: tuple[str, ...]
    """Command that starts the server; empty: that of all servers."""
    home_path: str | None
    """Folder of the container where the home is; None: that of all servers."""
    environment: dict[str, str]
    """Environment variables beside those of all servers, with `PERSON_FIELDS` in their values."""
    folders: tuple[str, ...] | None
    """Names of the folders that its servers have; None: all."""
    max_hours: int | None
    """Hours after its start after which a server is stopped, even if it is in use; None: as for all servers."""
    users: tuple[str, ...]
    """Users who can choose it. With `groups` empty, too: everybody."""
    groups: tuple[str, ...]
    """Groups whose members can choose it."""
