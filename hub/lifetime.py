"""The sentences by which people know beforehand when their server is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.contract import HubConfig


def sentences(config: HubConfig) -> list[str]:
    """Return when this hub stops servers, or nothing if it never does."""
    kernels = config.content.kernel_idle_minutes
    if not config.idle_minutes and not config.max_hours and not kernels:
        return []
    stops: list[str] = []
    if config.idle_minutes:
        tab = "" if config.count_open_tabs else ", even if it is open in a browser"
        stops = [
            f"Your server is stopped after {_amount(config.idle_minutes, 'minute')} without activity{tab}.",
            "Running cells and programs that compute keep it running.",
        ]
    if config.max_hours:
        stops.append(
            f"Your server is stopped {_amount(config.max_hours, 'hour')} after its start, even if it is in use."
        )
    if kernels:
        stops.append(f"A kernel that does nothing is stopped after {_amount(kernels, 'minute')}.")
    return [*stops, "The files in your home folder are kept; unsaved changes and variables are lost."]


def _amount(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
