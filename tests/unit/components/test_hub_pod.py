"""What an operator adds to the pods of hub and proxy."""

from typing import Any, Final

from components.hub_paths import CODE_FOLDER, DATABASE_FOLDER
from settings.types.files import overlap
from settings.types.hub_files import OWN_FOLDERS
from tests.doubles.monitor import Record
from tests.stacks import pod_specs, record_gke, record_hub

_POD: Final = {
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "dedicated", "value": "services", "effect": "NoSchedule"}],
    "priorityClass": "services",
    "labels": {"team": "physics"},
    "annotations": {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},
    "imagePullPolicy": "Always",
    "imagePullSecrets": ["registry"],
    "disruptionBudget": True,
}


def _workloads(of: Record) -> list[dict[str, Any]]:
    return [resource.inputs["spec"] for resource in of.of("StatefulSet") + of.of("Deployment")]


def test_hub_and_proxy_run_where_and_as_their_pod_options_say() -> None:
    record = record_hub({"hub.pod": _POD, "proxy.pod": _POD})
    for spec in pod_specs(record).values():
        assert spec["nodeSelector"] == {"disk": "ssd"}
        assert spec["tolerations"] == [
            {"key": "dedicated", "operator": "Equal", "value": "services", "effect": "NoSchedule"}
        ]
        assert spec["priorityClassName"] == "services"
        assert spec["imagePullSecrets"] == [{"name": "registry"}]
        assert spec["containers"][0]["imagePullPolicy"] == "Always"
    for spec in _workloads(record):
        metadata = spec["template"]["metadata"]
        assert metadata["labels"]["team"] == "physics"
        assert metadata["annotations"] == {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
        assert "team" not in spec["selector"]["matchLabels"], "a selector is immutable"


def test_by_default_the_pods_are_as_they_were(hub: Record) -> None:
    for spec in pod_specs(hub).values():
        assert not spec.keys() & {"nodeSelector", "tolerations", "priorityClassName", "imagePullSecrets"}
        assert "imagePullPolicy" not in spec["containers"][0]
    assert all("annotations" not in spec["template"]["metadata"] for spec in _workloads(hub))
    assert not hub.of("PodDisruptionBudget")


def test_a_created_cluster_keeps_its_core_nodes_beside_other_labels() -> None:
    spec = pod_specs(record_gke({"hub.pod": {"nodeSelector": {"disk": "ssd"}}}))["tf-hub"]
    assert spec["nodeSelector"] == {"hub.jupyter.org/node-purpose": "core", "disk": "ssd"}


def test_a_disruption_budget_forbids_to_evict_the_pods_of_its_workload_only() -> None:
    record = record_hub({"hub.pod": {"disruptionBudget": True}, "proxy.pod": {"disruptionBudget": True}})
    for kind, name in (("StatefulSet", "tf-hub-hub"), ("Deployment", "tf-hub-proxy")):
        spec = record.one("PodDisruptionBudget", name).inputs["spec"]
        assert spec["maxUnavailable"] == 0
        assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        assert spec["selector"] == record.one(kind).inputs["spec"]["selector"]


def test_variables_files_and_volumes_of_the_operator_are_in_the_hub_alone() -> None:
    record = record_hub(
        {
            "hub.environment": {"HTTPS_PROXY": "http://proxy:3128", "TEXT": "$(JPY_COOKIE_SECRET)"},
            "hub.secretKeyRefs": {"LDAP_PASSWORD": {"secret": "ldap", "key": "password"}},
            "hub.files": {"/etc/krb5.conf": "[libdefaults]\n"},
            "hub.volumes": [
                {"name": "ca", "path": "/srv/ca", "configMap": "company-ca"},
                {"name": "ldap", "path": "/srv/ldap", "secret": "ldap-certificate"},
                {"name": "data", "path": "/srv/data", "claim": "hub-data", "writable": True},
            ],
        }
    )
    hub, proxy = pod_specs(record)["tf-hub"], pod_specs(record)["tf-hub-proxy"]
    assert proxy == pod_specs(record_hub())["tf-hub-proxy"]
    variables = {variable.pop("name"): variable for variable in hub["containers"][0]["env"]}
    assert variables["HTTPS_PROXY"] == {"value": "http://proxy:3128"}
    assert variables["TEXT"] == {"value": "$$(JPY_COOKIE_SECRET)"}, "Kubernetes replaces nothing in it"
    assert variables["LDAP_PASSWORD"] == {"valueFrom": {"secretKeyRef": {"name": "ldap", "key": "password"}}}
    volumes = {volume.pop("name"): volume for volume in hub["volumes"]}
    (files,) = [one for one in record.of("ConfigMap") if "hub.json" not in one.inputs["data"]]
    assert files.inputs["data"] == {"0-krb5.conf": "[libdefaults]\n"}
    assert files.inputs["immutable"]
    assert volumes["files"] == {"configMap": {"name": files.answer["metadata"]["name"]}}
    assert volumes["own-ca"] == {"configMap": {"name": "company-ca"}}
    assert volumes["own-ldap"] == {"secret": {"secretName": "ldap-certificate"}}
    assert volumes["own-data"] == {"persistentVolumeClaim": {"claimName": "hub-data", "readOnly": False}}
    mounts = {mount["mountPath"]: mount for mount in hub["containers"][0]["volumeMounts"]}
    assert mounts["/etc/krb5.conf"] == {
        "name": "files",
        "mountPath": "/etc/krb5.conf",
        "subPath": "0-krb5.conf",
        "readOnly": True,
    }
    assert {path: mounts[path]["readOnly"] for path in ("/srv/ca", "/srv/ldap", "/srv/data")} == {
        "/srv/ca": True,
        "/srv/ldap": True,
        "/srv/data": False,
    }


def test_no_path_of_an_operator_hides_a_folder_of_the_program() -> None:
    for folder in (CODE_FOLDER, DATABASE_FOLDER):
        assert any(overlap(folder, own) for own in OWN_FOLDERS)
