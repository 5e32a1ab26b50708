"""The database on Cloud SQL."""

import json
from collections.abc import Mapping

import pytest

from components.hub_paths import CODE_FOLDER, DATABASE_CA_PATH
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
    """A hub in a created cluster, with a database on Cloud SQL, and without a public address."""
    return record_gke(CLOUD_SQL, {"endpoint.type": "none"})


def _google(record: Record, kind: str) -> Registration:
    (found,) = [resource for resource in record.of(kind) if resource.type.startswith("gcp:")]
    return found


def _settings(record: Record) -> dict[str, object]:
    return record.one("DatabaseInstance").inputs["settings"]


def test_cloud_sql_is_instance_database_user_and_address_without_a_volume(record: Record) -> None:
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
def test_another_database_type_creates_no_cloud_sql_resource(changes: Mapping[str, object]) -> None:
    record = record_gke(changes)
    assert {resource.kind for resource in record.resources if resource.type.startswith("gcp:sql")} == set()
    assert record.of("ForwardingRule") == []
    assert "sqladmin" not in text_of([service.inputs for service in record.of("Service")])
    assert record.outputs[record.one("JupyterHub").urn].get("database_instance") is None


def test_the_instance_has_a_private_address_and_encrypted_connections_only(record: Record) -> None:
    assert _settings(record)["ipConfiguration"] == {
        "ipv4Enabled": False,
        "sslMode": "ENCRYPTED_ONLY",
        "serverCaMode": "GOOGLE_MANAGED_INTERNAL_CA",
        "pscConfigs": [{"pscEnabled": True, "allowedConsumerProjects": ["my-project-123"]}],
    }
    endpoint, address = record.one("ForwardingRule").inputs, _google(record, "Address")
    assert address.inputs["addressType"] == "INTERNAL"
    assert address.inputs["subnetwork"] == _google(record, "Subnetwork").answer["selfLink"]
    assert endpoint["target"] == record.one("DatabaseInstance").answer["pscServiceAttachmentLink"]
    assert endpoint["network"] == _google(record, "Network").answer["selfLink"]
    assert endpoint["ipAddress"] == address.answer["selfLink"]
    assert endpoint["loadBalancingScheme"] == ""


def test_the_endpoint_is_deleted_before_it_is_created_again_with_its_address(record: Record) -> None:
    endpoint = record.one("ForwardingRule")
    assert endpoint.delete_before_replace
    assert endpoint.inputs["recreateClosedPsc"] is True


def test_backups_outlive_the_instance(record: Record) -> None:
    assert _settings(record)["retainBackupsOnDelete"] is True


def test_the_endpoint_of_an_existing_cluster_is_in_its_network() -> None:
    record = record_gke(CLOUD_SQL, EXISTING, {"endpoint.type": "none"})
    assert record.one("ForwardingRule").inputs["network"] == "projects/foo/global/networks/default"
    assert _google(record, "Address").inputs["subnetwork"].endswith("/subnetworks/default")
    assert record.of("Network") == []


def test_the_instance_has_backups_and_a_growing_disk(record: Record) -> None:
    settings = _settings(record)
    assert settings["backupConfiguration"] == {
        "enabled": True,
        "pointInTimeRecoveryEnabled": True,
        "transactionLogRetentionDays": 7,
        "backupRetentionSettings": {"retainedBackups": 14},
    }
    assert settings["diskAutoresize"] is True
    assert "diskSize" not in settings


def test_tier_availability_and_maintenance_are_those_of_the_settings(record: Record) -> None:
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
def test_protect_sets_the_protection_of_pulumi_and_of_google(protect: bool) -> None:  # noqa: FBT001 a parameter
    instance = record_gke(CLOUD_SQL, {"protect": protect}).one("DatabaseInstance")
    assert instance.protect is protect
    assert instance.inputs["deletionProtection"] is protect
    assert instance.inputs["settings"]["deletionProtectionEnabled"] is protect


@pytest.mark.parametrize("keep", [True, False])
def test_a_kept_database_retains_the_instance_and_abandons_its_parts(keep: bool) -> None:  # noqa: FBT001 a parameter
    record = record_gke(CLOUD_SQL, {"hub.keepDatabase": keep})
    assert record.one("DatabaseInstance").retain_on_delete is keep
    for kind in ("Database", "User"):
        assert _google(record, kind).inputs["deletionPolicy"] == "ABANDON"


def test_cloud_sql_resources_have_provider_and_parent_and_wait_for_apis(record: Record) -> None:
    (provider,) = record.of("gcp")
    (component,) = [part for part in record.components if part.type == "jupyterhub:gke/cloud_sql:CloudSql"]
    for resource in (_google(record, kind) for kind in (*_KINDS, "Address")):
        assert resource.parent == component.urn
        assert resource.provider == f"{provider.urn}::google"
    # Children are registered after their component.
    apis = {service.urn for service in record.of("Service") if "service" in service.inputs}
    assert apis <= component.dependencies


def test_the_hubs_secret_has_the_url_and_waits_for_the_database(record: Record) -> None:
    (secret,) = [found for found in record.of("Secret") if "JPY_COOKIE_SECRET" in found.inputs["stringData"]]
    url = secret.inputs["stringData"]["JUPYTERHUB_DATABASE_URL"]
    address, _, query = url.partition("?")
    assert address == f"postgresql://hub:{record.one('User').inputs['password']}@{ADDRESS}:5432/hub"
    assert query == f"sslmode=verify-ca&sslrootcert={DATABASE_CA_PATH}"
    assert record.one("User").inputs["password"].startswith(f"{SECRET} tf-hub-sql-password.value")
    assert {_google(record, kind).urn for kind in ("User", "Database", "ForwardingRule")} <= secret.dependencies
    names = {variable["name"] for variable in pod_specs(record)["tf-hub"]["containers"][0]["env"]}
    assert "JUPYTERHUB_DATABASE_URL" in names
    assert json.loads(record.one("ConfigMap").inputs["data"]["hub.json"])["database_url"] is None


def _ca_certificates(record: Record) -> object:
    """Return the content of the file of CA certificates in the hub's pod; None without one."""
    folder, _, name = DATABASE_CA_PATH.rpartition("/")
    (mount,) = [one for one in pod_specs(record)["tf-hub"]["containers"][0]["volumeMounts"] if one["name"] == "code"]
    assert folder == mount["mountPath"] == CODE_FOLDER
    return record.one("ConfigMap").inputs["data"].get(name)


def test_the_hub_has_all_ca_certificates_of_the_instance_in_a_fixed_order(record: Record) -> None:
    assert len(CA_CERTIFICATES) > 1, "a condition of this test"
    assert tuple(sorted(CA_CERTIFICATES)) != CA_CERTIFICATES, "a condition of this test"
    assert _ca_certificates(record) == "active CA certificate\nnext CA certificate\n"
    assert "CA certificate" in text_of(record.one("ConfigMap").public), "certificates are public"


def test_a_preview_without_an_instance_does_not_read_ca_certificates() -> None:
    assert _ca_certificates(record_gke(CLOUD_SQL, preview=True)) == UNKNOWN


def test_another_postgresql_server_has_no_ca_certificates() -> None:
    assert _ca_certificates(record_gke(POSTGRESQL)) is None


def test_the_password_is_only_in_the_secret_and_in_the_database_user(record: Record) -> None:
    password = record.one("User").inputs["password"]
    holders = {found.kind for found in record.resources if password in text_of(found.inputs)}
    assert holders == {"Secret", "User"}
    assert password not in text_of([found.public for found in record.resources])
    assert password not in text_of(record.outputs)


def test_a_new_password_generation_restarts_only_the_hub(record: Record) -> None:
    after = record_gke(CLOUD_SQL, {"endpoint.type": "none", "secrets.databasePasswordGeneration": 2})
    changed = {found.name for found in after.resources if found.inputs != _inputs(record).get(found.urn)}
    assert changed == {"tf-hub-sql-password", "tf-hub-sql-user", "tf-hub-secret-environment", "tf-hub-hub-statefulset"}


def _inputs(record: Record) -> dict[str, dict[str, object]]:
    return {found.urn: found.inputs for found in record.resources}


def test_the_name_of_the_instance_is_exported(record: Record) -> None:
    outputs = record.outputs[record.one("JupyterHub").urn]
    assert outputs["database_instance"] == record.one("DatabaseInstance").answer["name"]


def test_a_preview_of_a_new_stack_plans_cloud_sql() -> None:
    record = record_gke(CLOUD_SQL, preview=True)
    assert {resource.kind for resource in record.resources} >= _KINDS
    assert "Calling __str__" not in text_of([resource.inputs for resource in record.resources])
