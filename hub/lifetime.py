"""The sentences by which people know beforehand when their server is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hub.contract import HubConfig
    from hub.contract_choices import Choice

VARIABLE: Final = "JUPYTERHUB_LIFETIME"
"""Environment variable with the sentences, for `notebook_activity.py`."""


def sentences(config: HubConfig, choice: Choice | None = None) -> list[str]:
    """Return when this hub stops servers, or those of a choice; nothing if it never does."""
    hours = (choice and choice.max_hours) or config.max_hours
    kernels = config.content.kernel_idle_minutes
    if not config.idle_minutes and not hours and not kernels:
        return []
    stops: list[str] = []
    if config.idle_minutes:
        tab = "" if config.count_open_tabs else ", even if it is open in a browser"
        stops = [
            f"Your server is stopped after {_amount(config.idle_minutes, 'minute')} without activity{tab}.",
            "Running cells and programs that compute keep it running.",
        ]
    if hours:
        stops.append(f"Your server is stopped {_amount(hours, 'hour')} after its start, even if it is in use.")
    if kernels:
        stops.append(f"A kernel that does nothing is stopped after {_amount(kernels, 'minute')}.")
    return [*stops, "The files in your home folder are kept; unsaved changes and variables are lost."]


def of_choice(choice: Choice) -> str:
    """Return when servers of a choice are stopped, as a note on its card; empty if it says nothing of its own."""
    return f"Stopped after {_amount(choice.max_hours, 'hour')}" if choice.max_hours else ""


def _amount(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
