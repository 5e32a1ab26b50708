"""GKE upgrades nodes, and so ends notebooks, only in the windows of the settings."""

import pytest

from components.gke.maintenance import policy
from settings import ClusterSettings
from tests.stacks import record_gke


@pytest.mark.parametrize(
    ("days", "hours", "first", "end", "recurrence"),
    [
        (("saturday", "sunday"), 6, "2026-01-10T22:30:00Z", "2026-01-11T04:30:00Z", "FREQ=WEEKLY;BYDAY=SA,SU"),
        (("sunday", "monday", "sunday"), 24, "2026-01-05T22:30:00Z", "2026-01-06T22:30:00Z", "FREQ=WEEKLY;BYDAY=MO,SU"),
    ],
    ids=["weekend", "any-order"],
)
def test_the_first_window_is_on_the_first_of_its_days(
    days: tuple[str, ...], hours: int, first: str, end: str, recurrence: str
) -> None:
    cluster = ClusterSettings.model_validate(
        {"maintenanceStart": "22:30", "maintenanceDays": days, "maintenanceHours": hours}
    )
    window = policy(cluster).recurring_window
    assert vars(window) == {"start_time": first, "end_time": end, "recurrence": recurrence}


def test_an_exclusion_lasts_until_the_end_of_its_last_day() -> None:
    exams = {"name": "exams", "first": "2027-01-18", "last": "2027-02-13"}
    maintenance = record_gke({"cluster.maintenanceExclusions": [exams]}).one("Cluster").inputs["maintenancePolicy"]
    assert maintenance["maintenanceExclusions"] == [
        {
            "exclusionName": "exams",
            "startTime": "2027-01-18T00:00:00Z",
            "endTime": "2027-02-14T00:00:00Z",
            "exclusionOptions": {"scope": "NO_MINOR_OR_NODE_UPGRADES"},
        }
    ]
