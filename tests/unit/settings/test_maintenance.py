"""Rules of the maintenance windows against GKE's own rule."""

from settings import ClusterSettings
from settings.rules.maintenance import maintenance_errors
from settings.types.dates import WEEKDAYS

_GOOGLE = {"mode": "create", "location": "europe-west1"}


def test_windows_without_mistakes_are_open_48_hours_in_any_32_days() -> None:
    accepted = 0
    for count in range(1, 8):
        for hours in range(4, 25):
            windows = {"maintenanceDays": WEEKDAYS[:count], "maintenanceHours": hours}
            if maintenance_errors(ClusterSettings.model_validate({**_GOOGLE, **windows})):
                continue
            accepted += 1
            for start in range(7):
                days = [(start + day) % 7 for day in range(32)]
                assert sum(day < count for day in days) * hours >= 48
    assert accepted, "some windows have no mistakes"
