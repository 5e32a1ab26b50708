"""The spare capacity of a stack, by size of servers."""

import re
from dataclasses import dataclass

from components.notebook_choices import complete_size
from components.notebook_nodes import pulled_image
from hub import contract_spare
from hub.contract_choices import ChoiceSize
from settings import Settings, Spare, weekly_hours

_FREE = "free"
"""Value of a label for servers of the free form; no choice has this name."""


@dataclass(frozen=True, kw_only=True)
class SpareServers:
    """Placeholders of one size."""

    deployment: str
    """Name of their Deployment."""
    key: str
    """The end of that name, which tells the sizes apart; empty for servers of the free form."""
    choice: str
    """Name of the choice."""
    size: ChoiceSize
    """Their resources and nodes."""
    image: str
    """First image of the choice, as nodes pull it."""
    entries: tuple[Spare, ...]
    """Their numbers, which add up."""

    @property
    def has_hours(self) -> bool:
        """Whether their number changes with the time."""
        return any(entry.hours is not None for entry in self.entries)

    @property
    def number(self) -> int:
        """Their number at any time."""
        return sum(entry.servers for entry in self.entries if entry.hours is None)

    @property
    def of_hub(self) -> contract_spare.Spare:
        """What the hub, which sets the number, has to know."""
        return contract_spare.Spare(
            deployment=self.deployment,
            entries=tuple(
                contract_spare.SpareServers(servers=entry.servers, hours=_hours(entry)) for entry in self.entries
            ),
        )


def spare_servers(settings: Settings) -> tuple[SpareServers, ...]:
    """Return the spare capacity of a stack."""
    notebook = settings.notebook
    by_name: dict[str, SpareServers] = {}
    for entry in notebook.spare:
        server = notebook.server_of(entry)
        assert server is not None, "a rule of the settings"  # noqa: S101 for the type checker
        choice, size = server
        key = "" if choice is None else _key(choice.name, *([size.name] if choice.sizes else []))
        name = "-".join(filter(None, (settings.name, "spare", key)))
        known = by_name.get(name)
        images = [image.image for image in choice.images] if choice else []
        by_name[name] = SpareServers(
            deployment=name,
            key=key,
            choice=_FREE if choice is None else choice.name,
            size=complete_size(size, settings),
            image=pulled_image((*images, notebook.image)[0], settings),
            entries=(*(known.entries if known else ()), entry),
        )
    return tuple(by_name.values())


def scaled_by_hub(settings: Settings) -> tuple[SpareServers, ...]:
    """Return those whose number changes with the time."""
    return tuple(spare for spare in spare_servers(settings) if spare.has_hours)


def _key(*names: str) -> str:
    """Join names by two hyphens, with one more in names that have several: size b of choice a is not choice a--b."""
    return "--".join(re.sub("--+", r"\g<0>-", name) for name in names)


def _hours(entry: Spare) -> contract_spare.Hours | None:
    return None if entry.hours is None else contract_spare.Hours(**weekly_hours(entry.hours)._asdict())
