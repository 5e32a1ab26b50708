"""GKE's checks of maintenance windows and exclusions, by its documentation.

Source: https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions (2026-11).
"""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, cast

from tests.doubles.google.wire import Properties

_AT_LEAST = timedelta(hours=48)
_WEEKS = 4
"""Weeks in any 32 days."""
_LONGEST = timedelta(days=180)


def refusal(policy: Properties) -> str | None:
    """Return Google's error for a `maintenancePolicy`; None if there is none."""
    error = "googleapi: Error 400: "
    if (window := policy.get("recurringWindow")) and _of_a_week(window) * _WEEKS < _AT_LEAST:
        return f"{error}maintenance policy would go longer than 32d without 48h maintenance availability., badRequest"
    exclusions = cast("list[dict[str, Any]]", policy.get("maintenanceExclusions") or [])
    times = sorted((_time(one["startTime"]), _time(one["endTime"])) for one in exclusions)
    if any(end - start > _LONGEST or end <= start for start, end in times):
        return f"{error}maintenance exclusion has to be between 0 and 180 days long., badRequest"
    if any(end > start for (_, end), (start, _) in pairwise(times)):
        return f"{error}maintenance exclusions overlap., badRequest"
    return None


def _of_a_week(window: Properties) -> timedelta:
    days = str(window["recurrence"]).rpartition("BYDAY=")[2].split(",")
    return (_time(window["endTime"]) - _time(window["startTime"])) * len(days)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
