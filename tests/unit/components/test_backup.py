"""The plan of Backup for GKE: what it copies, for how long, and that nothing deletes it."""

from collections.abc import Mapping

import pytest

from tests.stacks import CLOUD_SQL, EXISTING, record_gke

_BACKUP: Mapping[str, object] = {"backup.days": 14}
_FILESTORE: Mapping[str, object] = {"notebook.storage": {"size": "20Gi", "disk": "filestore"}}
_AUTOPILOT: Mapping[str, object] = {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"}


def test_a_stack_without_days_has_no_plan_and_no_agent() -> None:
    record = record_gke()
    assert record.of("BackupPlan") == []
    assert "gkeBackupAgentConfig" not in record.one("Cluster").inputs["addonsConfig"]
    assert "apis-gkebackup" not in {one.name for one in record.of("Service")}
    assert "apis-gkebackup" in {one.name for one in record_gke(_BACKUP).of("Service")}


def test_each_night_is_copied_and_kept_for_the_days_of_the_settings() -> None:
    plan = record_gke(_BACKUP, {"backup.start": "22:05"}).one("BackupPlan").inputs
    assert plan["backupSchedule"] == {"cronSchedule": "5 22 * * *", "paused": False}
    assert plan["retentionPolicy"] == {"backupRetainDays": 14}
    assert plan["location"] == "europe-west1"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["jupyterhub", "jupyterhub-notebooks"]),
        (CLOUD_SQL, ["jupyterhub-notebooks"]),
        (_FILESTORE, ["jupyterhub"]),
    ],
    ids=["sqlite", "cloud-sql", "filestore"],
)
def test_disks_are_copied_and_secrets_are_not(changes: Mapping[str, object], expected: list[str]) -> None:
    assert record_gke(_BACKUP, changes).one("BackupPlan").inputs["backupConfig"] == {
        "selectedNamespaces": {"namespaces": expected},
        "includeVolumeData": True,
        "includeSecrets": False,
        "permissiveMode": True,
    }


def test_the_plan_and_its_backups_outlive_the_stack_and_do_not_block_destroy() -> None:
    plan = record_gke(_BACKUP).one("BackupPlan")
    assert plan.retain_on_delete
    assert not plan.protect
    assert "name" not in plan.inputs, "a kept plan has the name of the next one otherwise"


@pytest.mark.parametrize("changes", [{}, _AUTOPILOT], ids=["standard", "autopilot"])
def test_a_created_cluster_gets_the_agent_and_the_plan_follows_it(changes: Mapping[str, object]) -> None:
    record = record_gke(_BACKUP, changes)
    cluster, plan = record.one("Cluster"), record.one("BackupPlan")
    assert cluster.inputs["addonsConfig"]["gkeBackupAgentConfig"] == {"enabled": True}
    assert cluster.urn in plan.dependencies


def test_an_existing_zonal_cluster_is_backed_up_in_its_region() -> None:
    plan = record_gke(_BACKUP, EXISTING, {"cluster.location": "europe-west1-b"}).one("BackupPlan").inputs
    assert plan["location"] == "europe-west1"
    assert plan["cluster"] == "projects/my-project-123/locations/europe-west1-b/clusters/jupyterhub"
