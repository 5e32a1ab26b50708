"""GKE's checks of maintenance windows and exclusions."""

import pytest

from tests.doubles.google import rules
from tests.doubles.google.wire import Properties


def _window(end: str, days: str) -> Properties:
    return {
        "recurringWindow": {
            "startTime": "2026-01-10T22:00:00Z",
            "endTime": end,
            "recurrence": f"FREQ=WEEKLY;BYDAY={days}",
        }
    }


def _exclusions(*days: tuple[str, str]) -> Properties:
    exclusions = [{"startTime": f"{start}T00:00:00Z", "endTime": f"{end}T00:00:00Z"} for start, end in days]
    return {"maintenanceExclusions": exclusions}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (_window("2026-01-11T04:00:00Z", "SA,SU"), None),
        (_window("2026-01-11T04:00:00Z", "SA"), "48h"),
        (_exclusions(("2027-01-01", "2027-06-30"), ("2027-06-30", "2027-07-01")), None),
        (_exclusions(("2027-01-01", "2027-07-01")), "180 days"),
        (_exclusions(("2027-01-01", "2027-02-02"), ("2027-02-01", "2027-03-01")), "overlap"),
    ],
)
def test_gke_refuses_too_few_windows_and_wrong_exclusions(policy: Properties, expected: str | None) -> None:
    found = rules.refusal(rules.CLUSTER, {"enableAutopilot": True, "initialNodeCount": 0, "maintenancePolicy": policy})
    assert (found is None) if expected is None else (expected in str(found))
