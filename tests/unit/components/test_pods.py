import json
from typing import Any

from tests.doubles.monitor import Record
from tests.stacks import pod_specs, record_gke, record_hub

_ALLOWED_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}


def _breaches(spec: dict[str, Any]) -> list[str]:
    """Return the violations of the `restricted` Pod Security Standard."""
    pod = spec.get("securityContext", {})
    found = [key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]
    for volume in spec.get("volumes", []):
        found += [f"volume {kind}" for kind in volume if kind != "name" and kind not in _ALLOWED_VOLUMES]
    for container in spec["containers"] + spec.get("initContainers", []):
        context = {**pod, **container.get("securityContext", {})}
        capabilities = context.get("capabilities", {})
        rules = {
            "privileged": not context.get("privileged"),
            "allowPrivilegeEscalation": context.get("allowPrivilegeEscalation") is False,
            "drop ALL": capabilities.get("drop") == ["ALL"],
            "add": set(capabilities.get("add", [])) <= {"NET_BIND_SERVICE"},
            "runAsNonRoot": context.get("runAsNonRoot") is True,
            "runAsUser": context.get("runAsUser") != 0,
            "seccompProfile": context.get("seccompProfile", {}).get("type") in {"RuntimeDefault", "Localhost"},
            "hostPort": not any("hostPort" in port for port in container.get("ports", [])),
        }
        found += [f"{container['name']}: {rule}" for rule, kept in rules.items() if not kept]
    return found


def test_an_ordinary_pod_violates_the_restricted_standard() -> None:
    assert len(_breaches({"containers": [{"name": "a"}], "volumes": [{"name": "b", "hostPath": {}}]})) == 5


def test_every_pod_meets_the_restricted_pod_security_standard(hub: Record) -> None:
    assert {name: _breaches(spec) for name, spec in pod_specs(hub).items()} == {"tf-hub": [], "tf-hub-proxy": []}


def test_every_root_file_system_is_read_only(hub: Record) -> None:
    for spec in pod_specs(hub).values():
        assert all(container["securityContext"]["readOnlyRootFilesystem"] for container in spec["containers"])


def test_only_the_hub_gets_a_service_account_token(hub: Record) -> None:
    tokens = {name: spec["automountServiceAccountToken"] for name, spec in pod_specs(hub).items()}
    assert tokens == {"tf-hub": True, "tf-hub-proxy": False}
    assert not any(account.inputs["automountServiceAccountToken"] for account in hub.of("ServiceAccount"))


def test_pods_get_no_environment_variables_of_services(hub: Record) -> None:
    assert [spec["enableServiceLinks"] for spec in pod_specs(hub).values()] == [False, False]


def test_requests_and_limits_are_those_of_the_settings() -> None:
    hub = record_hub(
        {
            "hub.resources": {"requests": {"cpu": "200m"}, "limits": {"cpu": 2, "memory": "2Gi"}},
            "proxy.resources": {"limits": {"memory": "128Mi"}},
        }
    )
    found = {name: spec["containers"][0]["resources"] for name, spec in pod_specs(hub).items()}
    assert found == {
        "tf-hub": {
            "requests": {"cpu": "200m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
            "limits": {"cpu": "2", "memory": "2Gi", "ephemeral-storage": "1Gi"},
        },
        "tf-hub-proxy": {
            "requests": {"cpu": "50m", "memory": "96Mi", "ephemeral-storage": "64Mi"},
            "limits": {"memory": "128Mi", "ephemeral-storage": "1Gi"},
        },
    }


def test_on_autopilot_requests_of_storage_are_the_limits() -> None:
    # Autopilot would lower the limits to the requests, and stop servers that use more.
    record = record_gke({"cluster.autopilot": True, "notebook.additionalResources": {}})
    for spec in pod_specs(record).values():
        found = spec["containers"][0]["resources"]
        assert found["requests"]["ephemeral-storage"] == found["limits"]["ephemeral-storage"] == "1Gi"
    (data,) = [one.inputs["data"] for one in record.of("ConfigMap") if "hub.json" in one.inputs["data"]]
    config = json.loads(data["hub.json"])
    assert config["ephemeral_storage_request"] == config["ephemeral_storage"] == 10 * 2**30


def test_every_pod_has_probes_and_two_minutes_to_start(hub: Record) -> None:
    for spec in pod_specs(hub).values():
        (container,) = spec["containers"]
        ports = {port["containerPort"] for port in container["ports"]}
        startup = container["startupProbe"]
        assert startup["periodSeconds"] * startup["failureThreshold"] >= 120
        for probe in (startup, container["readinessProbe"], container["livenessProbe"]):
            assert probe["httpGet"]["port"] in ports


def test_each_pod_has_its_own_user_and_account(hub: Record) -> None:
    of_notebooks = {1000, 100}
    specs = pod_specs(hub)
    users = {name: spec["securityContext"]["runAsUser"] for name, spec in specs.items()}
    assert all(user >= 10000 for user in users.values())
    for name, spec in specs.items():
        security = spec["securityContext"]
        assert {security["runAsUser"], security["runAsGroup"], security["fsGroup"]} == {users[name]}
        assert users[name] not in of_notebooks
        assert spec["serviceAccountName"] == name
        assert hub.one("ServiceAccount", name).inputs["automountServiceAccountToken"] is False
    assert len(set(users.values())) == len(users)


def test_every_empty_dir_has_a_size_limit(hub: Record) -> None:
    folders = [
        volume["emptyDir"]
        for spec in pod_specs(hub).values()
        for volume in spec.get("volumes", ())
        if "emptyDir" in volume
    ]
    assert folders
    assert all(folder["sizeLimit"] for folder in folders)
