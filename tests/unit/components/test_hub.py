import json
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from tests.doubles.monitor import Record
from tests.stacks import POSTGRESQL, pod_specs, record_hub


def test_there_is_one_hub_pod_and_a_broken_one_is_replaced(hub: Record) -> None:
    spec = hub.one("StatefulSet").inputs["spec"]
    assert spec["replicas"] == 1
    assert spec["podManagementPolicy"] == "Parallel"


def test_pulumi_does_not_await_the_hubs_objects_as_the_rollout_does(hub: Record) -> None:
    for resource in (hub.one("StatefulSet"), hub.one("Service", "tf-hub-api")):
        assert resource.inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "jsonpath={.metadata.uid}"


def test_the_pod_has_a_dns_name_before_it_is_ready(hub: Record) -> None:
    service = hub.one("Service", "tf-hub-0").inputs
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["publishNotReadyAddresses"]
    assert hub.one("StatefulSet").inputs["spec"]["serviceName"] == "tf-hub-0"


def test_proxy_and_notebooks_reach_the_hub_by_a_cluster_ip(hub: Record) -> None:
    service = hub.one("Service", "tf-hub-api").inputs
    (container,) = pod_specs(hub)["tf-hub"]["containers"]
    url = urlsplit(str(json.loads(hub.one("ConfigMap").inputs["data"]["hub.json"])["hub_connect_url"]))
    assert "clusterIP" not in service["spec"]
    assert "publishNotReadyAddresses" not in service["spec"]
    assert url.hostname == "tf-hub-api." + service["metadata"]["namespace"]
    assert url.port == service["spec"]["ports"][0]["port"] == container["ports"][0]["containerPort"]


def test_the_hub_starts_with_the_config_file_of_the_config_map(hub: Record) -> None:
    spec = pod_specs(hub)["tf-hub"]
    (container,) = spec["containers"]
    command, option, file = container["args"]
    mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
    variables = {variable["name"]: variable.get("value") for variable in container["env"]}
    folder = str(PurePosixPath(file).parent)
    volume = next(volume for volume in spec["volumes"] if volume["name"] == mounts[folder]["name"])
    assert (command, option) == ("jupyterhub", "-f")
    assert volume["configMap"]["name"] == hub.one("ConfigMap").answer["metadata"]["name"]
    assert mounts[folder]["readOnly"]
    assert variables["PYTHONPATH"] == str(PurePosixPath(folder).parent)
    assert "command" not in container


def test_the_hub_writes_to_volumes_only(hub: Record) -> None:
    spec = pod_specs(hub)["tf-hub"]
    kinds = {volume["name"]: next(key for key in volume if key != "name") for volume in spec["volumes"]}
    mounts = {mount["mountPath"]: kinds[mount["name"]] for mount in spec["containers"][0]["volumeMounts"]}
    database = json.loads(hub.one("ConfigMap").inputs["data"]["hub.json"])["database_url"].removeprefix("sqlite:///")
    assert mounts[str(PurePosixPath(database).parent)] == "persistentVolumeClaim"
    assert mounts["/tmp"] == "emptyDir"  # noqa: S108 inside the pod
    assert {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"} in spec["containers"][0]["env"]


def test_print_in_the_configuration_is_in_the_log_at_once(hub: Record) -> None:
    assert {"name": "PYTHONUNBUFFERED", "value": "1"} in pod_specs(hub)["tf-hub"]["containers"][0]["env"]


def test_the_volume_claim_of_the_database_follows_the_settings() -> None:
    hub = record_hub({"hub.storage": {"size": "3Gi", "storageClass": "fast"}})
    claim = hub.one("PersistentVolumeClaim", "tf-hub-database")
    volumes = pod_specs(hub)["tf-hub"]["volumes"]
    assert claim.inputs["spec"]["storageClassName"] == "fast"
    assert claim.inputs["spec"]["resources"]["requests"] == {"storage": "3Gi"}
    assert {"persistentVolumeClaim": {"claimName": "tf-hub-database"}, "name": "database"} in volumes


def test_a_hub_with_postgresql_has_no_volume_and_no_url_in_its_config() -> None:
    hub = record_hub(POSTGRESQL)
    spec = pod_specs(hub)["tf-hub"]
    (container,) = spec["containers"]
    assert hub.of("PersistentVolumeClaim") == []
    assert {volume["name"] for volume in spec["volumes"]} == {"announcement", "code", "tmp"}
    assert {mount["name"] for mount in container["volumeMounts"]} == {"announcement", "code", "tmp"}
    assert json.loads(hub.one("ConfigMap").inputs["data"]["hub.json"])["database_url"] is None


def test_without_a_storage_class_the_cluster_default_is_used(hub: Record) -> None:
    assert "storageClassName" not in hub.one("PersistentVolumeClaim").inputs["spec"]


def test_pulumi_does_not_await_the_volume_claim(hub: Record) -> None:
    assert hub.one("PersistentVolumeClaim").inputs["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"


_WAIT = {"Rollout", "ConnectionCheck"}
"""Kinds that wait for hub and proxy."""


def test_hub_and_proxy_do_not_depend_on_each_other(hub: Record) -> None:
    pods = {hub.one("StatefulSet").urn, hub.one("Deployment").urn}
    services = {service.urn for service in hub.of("Service")}
    for resource in (resource for resource in hub.resources if resource.kind not in _WAIT):
        assert not resource.dependencies & (pods | services)
