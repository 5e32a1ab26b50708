"""Lines of the hub's log."""

import json
from collections.abc import Sequence
from typing import Final

_HEALTH: Final = "Health: "
"""Mark of the lines in which the hub logs its health (hub/health.py): `Health: good`, or all problems."""
GOOD: Final = "good"
"""The health without problems."""


def message(line: str) -> str:
    """Return the message of a line; with `monitoring.logs: json`, the line is an object."""
    try:
        return str(json.loads(line)["message"]) if line.startswith("{") else line
    except (ValueError, KeyError):
        return line


def last_health(lines: Sequence[str]) -> str | None:
    """Return what the hub last logged about its health: `GOOD`, or its problems; None if nothing yet."""
    messages = map(message, reversed(lines))
    return next((found.partition(_HEALTH)[2] for found in messages if _HEALTH in found), None)
