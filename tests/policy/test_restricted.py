"""Each control of the `restricted` Pod Security Standard is looked at, in each container of each kind of workload."""

from typing import Any

import pytest

from policy.pods import Properties
from policy.restricted import restricted

POD = "kubernetes:core/v1:Pod"
SAFE: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
GOOD: dict[str, Any] = {"name": "hub", "securityContext": SAFE}


def _pod(*containers: Properties, **spec: object) -> dict[str, Any]:
    return {"spec": {"containers": list(containers or (GOOD,)), **spec}}


def _security(**changed: object) -> dict[str, Any]:
    return {"name": "hub", "securityContext": {**SAFE, **changed}}


def _told(pod: Properties, type_: str = POD) -> list[str]:
    return list(restricted(type_, pod))


def test_a_good_pod_is_good() -> None:
    assert _told(_pod()) == []
    capabilities = {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}
    assert _told(_pod(_security(capabilities=capabilities, runAsUser=1000, procMount="Default"))) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"privileged": True}, "leave securityContext.privileged out"),
        ({"allowPrivilegeEscalation": None}, "allowPrivilegeEscalation to false"),
        ({"allowPrivilegeEscalation": True}, "allowPrivilegeEscalation to false"),
        ({"capabilities": {}}, "capabilities.drop to [ALL]"),
        ({"capabilities": {"drop": ["ALL"], "add": ["NET_RAW"]}}, "gains NET_RAW"),
        ({"runAsNonRoot": None}, "runAsNonRoot to true"),
        ({"runAsNonRoot": False}, "runAsNonRoot to true"),
        ({"runAsUser": 0}, "runAsUser to another number"),
        ({"seccompProfile": None}, "seccompProfile.type to RuntimeDefault"),
        ({"seccompProfile": {"type": "Unconfined"}}, "seccompProfile.type to RuntimeDefault"),
        ({"appArmorProfile": {"type": "Unconfined"}}, "appArmorProfile.type to RuntimeDefault"),
        ({"seLinuxOptions": {"type": "spc_t"}}, "seLinuxOptions out"),
        ({"seLinuxOptions": {"user": "system_u"}}, "seLinuxOptions out"),
        ({"seLinuxOptions": {"role": "system_r"}}, "seLinuxOptions out"),
        ({"procMount": "Unmasked"}, "procMount out"),
        ({"windowsOptions": {"hostProcess": True}}, "hostProcess out"),
    ],
)
@pytest.mark.parametrize("part", ["containers", "initContainers", "ephemeralContainers"])
def test_a_container_may_do_no_more_than_it_should(part: str, changed: dict[str, object], told: str) -> None:
    (text,) = _told(_pod(**{part: [_security(**changed)]}))
    assert text.startswith("Container hub ")
    assert told in text


@pytest.mark.parametrize(
    ("container", "told"),
    [
        ({"ports": [{"containerPort": 80, "hostPort": 80}]}, "takes port 80 of the node"),
        ({"livenessProbe": {"httpGet": {"host": "169.254.169.254"}}}, "leave livenessProbe.httpGet.host out"),
        ({"startupProbe": {"tcpSocket": {"host": "a"}}}, "leave startupProbe.tcpSocket.host out"),
        ({"lifecycle": {"preStop": {"httpGet": {"host": "a"}}}}, "leave lifecycle.preStop.httpGet.host out"),
    ],
)
def test_a_container_takes_nothing_of_the_node(container: dict[str, object], told: str) -> None:
    (text,) = _told(_pod({**GOOD, **container}))
    assert told in text


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"hostNetwork": True}, "leave hostNetwork out"),
        ({"hostPID": True}, "leave hostPID out"),
        ({"hostIPC": True}, "leave hostIPC out"),
        ({"volumes": [{"name": "disk", "hostPath": {"path": "/"}}]}, "Volume disk is a hostPath"),
        ({"volumes": [{"name": "disk", "nfs": {"server": "a"}}]}, "Volume disk is a nfs"),
        ({"securityContext": {"sysctls": [{"name": "kernel.msgmax"}]}}, "sets kernel.msgmax"),
        ({"securityContext": {"runAsUser": 0}}, "The pod runs as root"),
        ({"securityContext": {"runAsNonRoot": False}}, "The pod may run as root"),
        ({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}, "The pod has no limits (Unconfined)"),
        ({"securityContext": {"seLinuxOptions": {"type": "spc_t"}}}, "The pod takes other rights of SELinux"),
        ({"securityContext": {"windowsOptions": {"hostProcess": True}}}, "The pod is a process of the node"),
    ],
)
def test_a_pod_shares_nothing_of_the_node(spec: dict[str, object], told: str) -> None:
    (text,) = _told(_pod(**spec))
    assert told in text


def test_what_is_safe_of_the_node_may_be_set() -> None:
    volumes: list[Properties] = [
        {"name": kind, kind: {}, "hostPath": None} for kind in ("csi", "ephemeral", "image", "projected")
    ]
    assert _told(_pod(volumes=volumes, securityContext={"sysctls": [{"name": "net.ipv4.tcp_syncookies"}]})) == []


def test_apparmor_is_not_turned_off_by_an_annotation() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/hub"
    for profile, good in (("unconfined", False), ("runtime/default", True), ("localhost/mine", True)):
        assert (_told({"metadata": {"annotations": {key: profile}}, **_pod()}) == []) is good


def test_what_the_pod_says_holds_for_its_containers() -> None:
    container = {"name": "hub", "securityContext": {**SAFE, "runAsNonRoot": None, "seccompProfile": None}}
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "Localhost", "localhostProfile": "a.json"}}
    assert _told(_pod(container, securityContext=security)) == []


def test_windows_knows_nothing_of_capabilities_and_seccomp() -> None:
    container = {"name": "hub", "securityContext": {"runAsNonRoot": True}}
    assert _told(_pod(container, os={"name": "windows"})) == []
    assert _told(_pod({"name": "hub"}, os={"name": "windows"})) == [
        "Container hub may run as root: set securityContext.runAsNonRoot to true."
    ]


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        *((f"apps/v1:{kind}", "spec.template") for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")),
        ("batch/v1:Job", "spec.template"),
        ("batch/v1:CronJob", "spec.jobTemplate.spec.template"),
        ("core/v1:ReplicationController", "spec.template"),
        ("core/v1:PodTemplate", "template"),
    ],
)
def test_each_kind_of_workload_is_looked_at(type_: str, path: str) -> None:
    props = _pod({"name": "hub"})
    for step in reversed(path.split(".")):
        props = {step: props}
    assert len(_told(props, f"kubernetes:{type_}")) == 4


@pytest.mark.parametrize("type_", ["kubernetes:core/v1:Service", "kubernetes:apps/v1:DeploymentPatch"])
def test_what_is_no_whole_workload_is_not_looked_at(type_: str) -> None:
    assert _told({"spec": {"template": _pod({"name": "hub"})}}, type_) == []
