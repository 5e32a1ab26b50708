"""Checks of the API of Backup for GKE."""

import pytest

from tests.doubles.google import rules
from tests.doubles.google.wire import Properties
from tests.unit.doubles.google.driver import Driver, RefusedError

_PLAN: Properties = {
    "cluster": "projects/foo/locations/europe-west1/clusters/hub",
    "location": "europe-west1",
    "backupSchedule": {"cronSchedule": "0 1 * * *"},
    "retentionPolicy": {"backupRetainDays": 360},
}


def test_a_plan_with_backups_is_not_deleted(driver: Driver) -> None:
    identity, outputs = driver.create(rules.BACKUP_PLAN, _PLAN)
    assert identity.startswith("projects/foo/locations/europe-west1/backupPlans/hub-")
    with pytest.raises(RefusedError, match="has backups"):
        driver.delete(rules.BACKUP_PLAN, identity, outputs)


@pytest.mark.parametrize("retention", [None, {"backupRetainDays": 361}], ids=["none", "too-long"])
def test_a_schedule_needs_a_retention_of_at_most_360_days(driver: Driver, retention: Properties | None) -> None:
    with pytest.raises(RefusedError, match="backup_retain_days"):
        driver.create(rules.BACKUP_PLAN, {**_PLAN, "retentionPolicy": retention})
