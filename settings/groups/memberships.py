"""Where the settings name organizations and groups of people, beside those who may sign in."""

from collections.abc import Iterator
from typing import NamedTuple

from settings.groups.hub import HubSettings
from settings.groups.identity import IdentitySettings
from settings.groups.monitoring import MonitoringSettings
from settings.groups.notebook import NotebookSettings


class Membership(NamedTuple):
    """The organizations and groups of one entry of a setting."""

    place: str
    """The entry, such as `notebook.choices[0]`."""
    organizations: tuple[str, ...]
    """GitHub organizations and teams."""
    groups: tuple[str, ...]
    """Groups of the hub."""


def memberships(
    identity: IdentitySettings, notebook: NotebookSettings, hub: HubSettings, monitoring: MonitoringSettings
) -> Iterator[Membership]:
    """Yield each entry that may name organizations or groups."""
    for index, account in enumerate(identity.notebooks):
        yield Membership(f"identity.notebooks[{index}]", account.organizations, account.groups)
    for index, choice in enumerate(notebook.choices):
        yield Membership(f"notebook.choices[{index}]", choice.organizations, choice.groups)
    for index, folder in enumerate(notebook.folders):
        place = f"notebook.folders[{index}]"
        yield Membership(place, folder.organizations, folder.groups)
        yield Membership(f"{place}.writers", folder.writers.organizations, folder.writers.groups)
    for key, entries in (("services", hub.services), ("roles", hub.roles)):
        for index, entry in enumerate(entries):
            yield Membership(f"hub.{key}[{index}]", entry.organizations, entry.groups)
    yield Membership("monitoring", monitoring.organizations, monitoring.groups)
