"""The database on Cloud SQL."""

import json
from collections.abc import Mapping

import pytest

from components.hub_config import AUTHORITIES_PATH, CODE_FOLDER
from tests.doubles.monitor import SECRET, UNKNOWN, Record, Registration
from tests.stacks import (
    CLOUD_SQL,
    EXISTING,
    POSTGRESQL,
    pod_specs,
    record_gke,
    text_of,
)
from tools.review.offline.outputs import ADDRESS, CA_CERTIFICATES

_KINDS = {"DatabaseInstance", "Database", "User", "ForwardingRule"}


@pytest.fixture(scope="module")
def record() -> Record:
    """A hub in a cluster of its own, with its database on Cloud SQL, and no other address."""
    return record_gke(CLOUD_SQL, {"endpoint.type": "none"})


def _google(record: Record, kind: str) -> Registration:
    (found,) = [resource for resource in record.of(kind) if resource.type.startswith("gcp:")]
    return found


def _settings(record: Record) -> dict[str, object]:
    return record.one("DatabaseInstance").inputs["settings"]


def test_there_is_one_instance_with_a_database_a_user_and_an_address_and_no_volume(record: Record) -> None:
    for kind in ("DatabaseInstance", "User", "ForwardingRule", "Address"):
        assert _google(record, kind).name.startswith("tf-hub-sql-")
    assert _google(record, "Database").inputs["name"] == _google(record, "User").inputs["name"] == "hub"
    assert record.of("PersistentVolumeClaim") == []
    apis = {service.inputs["service"] for service in record.of("Service") if "service" in service.inputs}
    assert {f"{name}.googleapis.com" for name in ("sqladmin", "servicedirectory", "dns")} <= apis


@pytest.mark.parametrize(
    "changes",
    [{}, EXISTING, POSTGRESQL],
    ids=["created", "existing", "postgresql"],
)
def test_with_another_database_there_is_none_of_it(changes: Mapping[str, object]) -> None:
    record = record_gke(changes)
    assert {resource.kind for resource in record.resources if resource.type.startswith("gcp:sql")} == set()
    assert record.of("ForwardingRule") == []
    assert "sqladmin" not in text_of([service.inputs for service in record.of("Service")])
    assert record.outputs[record.one("JupyterHub").urn].get("database_instance") is None


def test_the_only_way_to_it_is_private_and_encrypted(record: Record) -> None:
    assert _settings(record)["ipConfiguration"] == {
        "ipv4Enabled": False,
        "sslMode": "ENCRYPTED_ONLY",
        "pscConfigs": [{"pscEnabled": True, "allowedConsumerProjects": ["my-project-123"]}],
    }
    endpoint, address = record.one("ForwardingRule").inputs, _google(record, "Address")
    assert address.inputs["addressType"] == "INTERNAL"
    assert address.inputs["subnetwork"] == _google(record, "Subnetwork").answer["selfLink"]
    assert endpoint["target"] == record.one("DatabaseInstance").answer["pscServiceAttachmentLink"]
    assert endpoint["network"] == _google(record, "Network").answer["selfLink"]
    assert endpoint["ipAddress"] == address.answer["selfLink"]
    assert endpoint["loadBalancingScheme"] == ""


def test_in_an_existing_cluster_it_is_in_the_network_that_is_looked_up() -> None:
    record = record_gke(CLOUD_SQL, EXISTING, {"endpoint.type": "none"})
    assert record.one("ForwardingRule").inputs["network"] == "projects/foo/global/networks/default"
    assert _google(record, "Address").inputs["subnetwork"].endswith("/subnetworks/default")
    assert record.of("Network") == []


def test_backups_are_made_and_the_disk_grows_by_itself(record: Record) -> None:
    settings = _settings(record)
    assert settings["backupConfiguration"] == {
        "enabled": True,
        "pointInTimeRecoveryEnabled": True,
        "transactionLogRetentionDays": 7,
        "backupRetentionSettings": {"retainedBackups": 14},
    }
    assert settings["diskAutoresize"] is True
    assert "diskSize" not in settings


def test_machine_standby_and_maintenance_are_those_of_the_settings(record: Record) -> None:
    assert (_settings(record)["tier"], _settings(record)["availabilityType"]) == ("db-custom-1-3840", "ZONAL")
    assert _settings(record)["edition"] == "ENTERPRISE"
    other = _settings(
        record_gke(
            CLOUD_SQL,
            {
                "database.tier": "db-custom-2-7680",
                "database.highAvailability": True,
                "cluster.maintenanceStart": "22:30",
            },
        )
    )
    assert (other["tier"], other["availabilityType"]) == ("db-custom-2-7680", "REGIONAL")
    assert other["maintenanceWindow"] == {"day": 7, "hour": 22, "updateTrack": "stable"}


@pytest.mark.parametrize("protect", [True, False])
def test_protection_holds_for_pulumi_and_for_everybody(protect: bool) -> None:  # noqa: FBT001 a parameter
    instance = record_gke(CLOUD_SQL, {"protect": protect}).one("DatabaseInstance")
    assert instance.protect is protect
    assert instance.inputs["deletionProtection"] is protect
    assert instance.inputs["settings"]["deletionProtectionEnabled"] is protect


@pytest.mark.parametrize("keep", [True, False])
def test_the_instance_outlives_the_stack_if_databases_do_and_what_is_in_it_goes_with_it(keep: bool) -> None:  # noqa: FBT001 a parameter
    record = record_gke(CLOUD_SQL, {"hub.keepDatabase": keep})
    assert record.one("DatabaseInstance").retain_on_delete is keep
    for kind in ("Database", "User"):
        assert _google(record, kind).inputs["deletionPolicy"] == "ABANDON"


def test_all_of_it_has_the_google_provider_and_the_component_as_parent_and_waits_for_the_apis(record: Record) -> None:
    (provider,) = record.of("gcp")
    (component,) = [part for part in record.components if part.type == "jupyterhub:gke/database:Database"]
    for resource in (_google(record, kind) for kind in (*_KINDS, "Address")):
        assert resource.parent == component.urn
        assert resource.provider == f"{provider.urn}::google"
    # Children are not asked for before their component is there.
    apis = {service.urn for service in record.of("Service") if "service" in service.inputs}
    assert apis <= component.dependencies


def test_the_hub_gets_the_url_by_its_secret_once_it_can_sign_in_there(record: Record) -> None:
    (secret,) = [found for found in record.of("Secret") if "JPY_COOKIE_SECRET" in found.inputs["stringData"]]
    url = secret.inputs["stringData"]["JUPYTERHUB_DATABASE_URL"]
    address, _, query = url.partition("?")
    assert address == f"postgresql://hub:{record.one('User').inputs['password']}@{ADDRESS}:5432/hub"
    assert query == f"sslmode=verify-ca&sslrootcert={AUTHORITIES_PATH}"
    assert record.one("User").inputs["password"].startswith(f"{SECRET} tf-hub-sql-password.value")
    assert {_google(record, kind).urn for kind in ("User", "Database", "ForwardingRule")} <= secret.dependencies
    names = {variable["name"] for variable in pod_specs(record)["tf-hub"]["containers"][0]["env"]}
    assert "JUPYTERHUB_DATABASE_URL" in names
    assert json.loads(record.one("ConfigMap").inputs["data"]["hub.json"])["database_url"] is None


def _authorities(record: Record) -> object:
    """What the file that the URL names has in the hub's pod; None if there is none."""
    folder, _, name = AUTHORITIES_PATH.rpartition("/")
    (mount,) = [one for one in pod_specs(record)["tf-hub"]["containers"][0]["volumeMounts"] if one["name"] == "code"]
    assert folder == mount["mountPath"] == CODE_FOLDER
    return record.one("ConfigMap").inputs["data"].get(name)


def test_the_hub_knows_every_authority_of_the_instance_in_the_same_order_each_time(record: Record) -> None:
    assert len(CA_CERTIFICATES) > 1, "the test would show nothing otherwise"
    assert tuple(sorted(CA_CERTIFICATES)) != CA_CERTIFICATES, "the test would show nothing otherwise"
    assert _authorities(record) == "active CA certificate\nnext CA certificate\n"
    assert "CA certificate" in text_of(record.one("ConfigMap").public), "they are public, and a preview shows them"


def test_nobody_asks_for_the_authorities_before_there_is_an_instance() -> None:
    assert _authorities(record_gke(CLOUD_SQL, preview=True)) == UNKNOWN


def test_a_server_of_somebody_else_has_no_authorities_here() -> None:
    assert _authorities(record_gke(POSTGRESQL)) is None


def test_the_password_is_in_the_secret_and_with_its_user_and_is_shown_nowhere(record: Record) -> None:
    password = record.one("User").inputs["password"]
    holders = {found.kind for found in record.resources if password in text_of(found.inputs)}
    assert holders == {"Secret", "User"}
    assert password not in text_of([found.public for found in record.resources])
    assert password not in text_of(record.outputs)


def test_another_generation_of_the_password_restarts_the_hub_and_nothing_else(record: Record) -> None:
    after = record_gke(CLOUD_SQL, {"endpoint.type": "none", "secrets.databasePasswordGeneration": 2})
    changed = {found.name for found in after.resources if found.inputs != _inputs(record).get(found.urn)}
    assert changed == {"tf-hub-sql-password", "tf-hub-sql-user", "tf-hub-secret-environment", "tf-hub-hub-statefulset"}


def _inputs(record: Record) -> dict[str, dict[str, object]]:
    return {found.urn: found.inputs for found in record.resources}


def test_the_name_of_the_instance_is_told_and_no_secret_is(record: Record) -> None:
    outputs = record.outputs[record.one("JupyterHub").urn]
    assert outputs["database_instance"] == record.one("DatabaseInstance").answer["name"]


def test_the_preview_of_an_empty_project_plans_it_without_an_address_that_is_known() -> None:
    record = record_gke(CLOUD_SQL, preview=True)
    assert {resource.kind for resource in record.resources} >= _KINDS
    assert "Calling __str__" not in text_of([resource.inputs for resource in record.resources])
