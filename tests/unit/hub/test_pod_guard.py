import copy
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from jupyterhub.user import User
from kubernetes_asyncio.client import ApiClient, V1Container, V1ObjectMeta, V1Pod, V1PodSpec
from kubespawner import KubeSpawner

from hub.contract import IDENTITY_LABEL, HubConfig, NotebookServiceAccount
from hub.errors import HubError
from hub.pod_guard import PodGuard, mistakes, service_account_of

HOME, ACCOUNT = "claim-alice", "notebooks"
_REMOTE = "europe-west1-docker.pkg.dev/foo/hub-quay-io"


@pytest.fixture
def pod(hub_config: HubConfig) -> dict[str, Any]:
    """A pod of KubeSpawner with this project's configuration (see test_jupyterhub_config.py)."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "jupyter-alice",
            "labels": {"component": "singleuser-server"},
            "annotations": {"hub.jupyter.org/username": "alice"},
            "ownerReferences": [
                {
                    "apiVersion": "v1",
                    "kind": "ServiceAccount",
                    "name": hub_config.default_service_account,
                    "uid": hub_config.owner_uid,
                    "blockOwnerDeletion": False,
                }
            ],
        },
        "spec": {
            "automountServiceAccountToken": False,
            "serviceAccountName": hub_config.default_service_account,
            "containers": [
                {
                    "name": "notebook",
                    "image": "quay.io/jupyter/base-notebook",
                    "args": ["start-singleuser.sh"],
                    "env": [{"name": "JUPYTERHUB_USER", "value": "alice"}],
                    "lifecycle": {},
                    "ports": [{"containerPort": 8888, "name": "notebook-port"}],
                    "resources": {
                        "requests": {"cpu": 0.5, "memory": 2**30, "nvidia.com/gpu": "1", "ephemeral-storage": "1Gi"},
                        "limits": {"cpu": 4.0, "memory": 2**30, "nvidia.com/gpu": "1", "ephemeral-storage": "10Gi"},
                    },
                    "securityContext": {
                        "runAsUser": 1000,
                        "runAsGroup": 100,
                        "runAsNonRoot": True,
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "volumeMounts": [{"mountPath": "/home/jovyan", "name": "home"}],
                }
            ],
            "imagePullSecrets": [],
            "restartPolicy": "OnFailure",
            "securityContext": {
                "fsGroup": 100,
                "fsGroupChangePolicy": "OnRootMismatch",
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": HOME}}],
        },
    }


def changed(pod: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return a copy with a value changed, added, or removed (None)."""
    changed_pod = copy.deepcopy(pod)
    *parents, last = (part.replace("~1", "/") for part in path.split("/"))
    place: Any = changed_pod
    for part in parents:
        place = place[int(part)] if part.isdigit() else place[part]
    if value is None:
        del place[last]
    elif last.isdigit():
        place.insert(int(last), value)
    else:
        place[last] = value
    return changed_pod


CONTAINER = "spec/containers/0"


def test_a_valid_notebook_pod_is_accepted(pod: dict[str, Any], hub_config: HubConfig) -> None:
    assert mistakes(pod, hub_config, home=HOME, account=ACCOUNT) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{CONTAINER}/image", "evil/x:1"),
        (f"{CONTAINER}/image", "quay.io/jupyter/base-notebook\n"),
        (f"{CONTAINER}/image", "registry.example/foo/notebook:1.0.0\n"),
        (f"{CONTAINER}/image", None),
        (f"{CONTAINER}/image", ""),
        ("spec/containers/1", {"name": "miner", "image": "evil/x:1"}),
        ("spec/initContainers", [{"name": "miner", "image": "evil/x:1"}]),
        ("spec/initContainers", []),
        ("spec/ephemeralContainers", [{"name": "miner", "image": "evil/x:1"}]),
        ("spec/volumes/1", {"name": "root", "hostPath": {"path": "/"}}),
        ("spec/volumes/1", {"name": "secret", "secret": {"secretName": "x"}}),
        ("spec/volumes/1", {"name": "token", "projected": {"sources": []}}),
        ("spec/volumes/1", {"name": "bob", "persistentVolumeClaim": {"claimName": "claim-bob"}}),
        ("spec/hostNetwork", True),
        ("spec/hostPID", True),
        ("spec/hostIPC", True),
        ("spec/nodeName", "a"),
        ("spec/serviceAccountName", "hub"),
        ("spec/serviceAccountName", None),
        ("spec/automountServiceAccountToken", True),
        ("spec/automountServiceAccountToken", None),
        ("spec/securityContext/runAsNonRoot", None),
        ("spec/securityContext/runAsUser", 0),
        ("spec/securityContext/seccompProfile", {"type": "Unconfined"}),
        ("spec/securityContext/sysctls", [{"name": "a", "value": "b"}]),
        (f"{CONTAINER}/securityContext/privileged", True),
        (f"{CONTAINER}/securityContext/runAsUser", 0),
        (f"{CONTAINER}/securityContext/allowPrivilegeEscalation", True),
        (f"{CONTAINER}/securityContext/allowPrivilegeEscalation", None),
        (f"{CONTAINER}/securityContext/capabilities", {"drop": ["ALL"], "add": ["NET_ADMIN"]}),
        (f"{CONTAINER}/securityContext/capabilities", {"drop": []}),
        (f"{CONTAINER}/securityContext", None),
        (f"{CONTAINER}/env/0", {"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}),
        (f"{CONTAINER}/envFrom", [{"secretRef": {"name": "a"}}]),
        (f"{CONTAINER}/ports/0/hostPort", 80),
        (f"{CONTAINER}/lifecycle", {"postStart": {"exec": {"command": ["sh"]}}}),
        (f"{CONTAINER}/command", ["sh"]),
        (f"{CONTAINER}/resources/requests/cpu", 0.01),
        (f"{CONTAINER}/resources/requests/cpu", 4.5),
        (f"{CONTAINER}/resources/requests/cpu", "nonsense"),
        (f"{CONTAINER}/resources/requests/cpu", None),
        (f"{CONTAINER}/resources/limits/cpu", 64),
        (f"{CONTAINER}/resources/limits/cpu", None),
        (f"{CONTAINER}/resources/limits/memory", "9Gi"),
        (f"{CONTAINER}/resources/limits/memory", None),
        (f"{CONTAINER}/resources/requests/memory", 1),
        (f"{CONTAINER}/resources/limits/nvidia.com~1gpu", "3"),
        (f"{CONTAINER}/resources/limits/ephemeral-storage", "1Ti"),
        (f"{CONTAINER}/resources/limits/ephemeral-storage", None),
        (f"{CONTAINER}/resources/limits", None),
        ("metadata/ownerReferences", None),
        ("metadata/ownerReferences", []),
        ("metadata/namespace", "kube-system"),
        ("metadata/finalizers", ["a/b"]),
    ],
)
def test_a_pod_with_an_invalid_property_is_refused(
    path: str, value: object, pod: dict[str, Any], hub_config: HubConfig
) -> None:
    assert mistakes(changed(pod, path, value), hub_config, home=HOME, account=ACCOUNT)


@pytest.mark.parametrize("manifest", [None, "", [], {}, {"apiVersion": "v1", "kind": "Pod"}])
def test_an_invalid_manifest_is_refused(manifest: object, hub_config: HubConfig) -> None:
    assert mistakes(manifest, hub_config, home=HOME, account=ACCOUNT)


def test_all_violations_are_reported_with_their_paths(pod: dict[str, Any], hub_config: HubConfig) -> None:
    wrong = changed(changed(pod, "spec/hostNetwork", value=True), f"{CONTAINER}/securityContext/privileged", value=True)
    assert {reason.split(":")[0] for reason in mistakes(wrong, hub_config, home=HOME, account=ACCOUNT)} == {
        "spec.hostNetwork",
        "spec.containers.0.securityContext.privileged",
    }


class FakePod(V1Pod):
    """A pod before the guard; its unchanged parts are in `manifest`."""

    def __init__(
        self, manifest: dict[str, Any], account: str | None = ACCOUNT, node_selector: dict[str, str] | None = None
    ) -> None:
        container = V1Container(name="notebook", image=manifest["spec"]["containers"][0]["image"])
        spec = V1PodSpec(containers=[container], service_account_name=account, node_selector=node_selector)
        super().__init__(metadata=V1ObjectMeta(), spec=spec)
        self.manifest = manifest


class Client(ApiClient):
    """A client that serializes pods, without a connection."""

    def __init__(self) -> None:
        """Open no connection."""

    def sanitize_for_serialization(self, obj: Any) -> Any:  # noqa: ANN401 ApiClient's own
        """Return the JSON form."""
        if not isinstance(obj, FakePod):
            return super().sanitize_for_serialization(obj)
        owners = super().sanitize_for_serialization(obj.metadata.owner_references)
        owned = changed(obj.manifest, "metadata/ownerReferences", owners)
        with_account = changed(owned, "spec/serviceAccountName", obj.spec.service_account_name)
        return changed(with_account, "spec/nodeSelector", obj.spec.node_selector or {})


def person(name: str = "alice", groups: Sequence[str] = ()) -> User:
    """Return the parts of JupyterHub's User that the guard uses."""
    return cast("User", SimpleNamespace(name=name, groups=[SimpleNamespace(name=group) for group in groups]))


def spawner(user: User | None = None, chosen: Mapping[str, str] | None = None) -> KubeSpawner:
    """Return the parts of KubeSpawner that the guard uses."""
    attributes = {"user": user or person(), "name": "", "extra_resource_limits": chosen or {}, "pvc_name": HOME}
    return cast("KubeSpawner", SimpleNamespace(api=SimpleNamespace(api_client=Client()), **attributes))


def test_every_pod_gets_its_owner_and_is_deleted_with_the_stack(pod: dict[str, Any], hub_config: HubConfig) -> None:
    owned = PodGuard(hub_config).modify_pod_hook(spawner(), FakePod(pod))
    assert Client().sanitize_for_serialization(owned)["metadata"] == pod["metadata"]


def test_an_allowed_image_is_pulled_through_the_remote_repository(pod: dict[str, Any], hub_config: HubConfig) -> None:
    config = hub_config.model_copy(update={"remote_repositories": {"quay.io": _REMOTE}})
    made = PodGuard(config).modify_pod_hook(spawner(), FakePod(pod))
    assert made.spec is not None
    assert made.spec.containers[0].image == f"{_REMOTE}/jupyter/base-notebook"


def test_the_remote_repository_itself_is_no_way_to_another_image(pod: dict[str, Any], hub_config: HubConfig) -> None:
    config = hub_config.model_copy(update={"remote_repositories": {"quay.io": _REMOTE}})
    wrong = FakePod(changed(pod, f"{CONTAINER}/image", f"{_REMOTE}/evil/x:1"))
    with pytest.raises(HubError):
        PodGuard(config).modify_pod_hook(spawner(), wrong)


def test_a_refused_pod_gets_http_403_with_the_reasons(pod: dict[str, Any], hub_config: HubConfig) -> None:
    wrong = FakePod(changed(pod, f"{CONTAINER}/image", "evil/x:1"))
    with pytest.raises(HubError) as caught:
        PodGuard(hub_config).modify_pod_hook(spawner(), wrong)
    assert caught.value.status_code == 403
    assert "'evil/x:1' is not allowed on this hub." in caught.value.jupyterhub_message


@pytest.fixture
def with_accounts(hub_config: HubConfig) -> HubConfig:
    """A hub with service accounts for some users and groups."""
    accounts = (
        NotebookServiceAccount(name="notebooks-physics", users=(), groups=("physics",)),
        NotebookServiceAccount(name="notebooks-staff", users=("bob",), groups=("maths:staff",)),
    )
    return hub_config.model_copy(update={"service_accounts": accounts})


@pytest.mark.parametrize(
    ("name", "groups", "account"),
    [
        ("alice", [], "notebooks"),
        ("alice", ["maths"], "notebooks"),
        ("alice", ["physics"], "notebooks-physics"),
        ("alice", ["maths:staff", "physics"], "notebooks-physics"),
        ("bob", [], "notebooks-staff"),
        ("bob", ["physics"], "notebooks-staff"),
    ],
    ids=["nobody", "another-team", "team", "first-of-two", "name", "name-before-team"],
)
def test_a_pod_runs_as_the_service_account_of_its_user(
    name: str, groups: list[str], account: str, pod: dict[str, Any], with_accounts: HubConfig
) -> None:
    user = person(name, groups)
    assert service_account_of(user, with_accounts) == account
    made = PodGuard(with_accounts).modify_pod_hook(spawner(user), FakePod(pod))
    assert made.spec.service_account_name == account
    # A NetworkPolicy opens the metadata server to pods with the label.
    labels = made.metadata.labels or {}
    assert labels.get(IDENTITY_LABEL) == (None if account == "notebooks" else account)


@pytest.mark.parametrize("other", ["notebooks-staff", "default", None])
def test_a_pod_with_another_service_account_is_refused(
    other: str | None, pod: dict[str, Any], with_accounts: HubConfig
) -> None:
    with pytest.raises(HubError):
        PodGuard(with_accounts).modify_pod_hook(spawner(), FakePod(pod, other))


@pytest.mark.parametrize(
    ("accelerator", "chosen", "selector"),
    [
        ("nvidia-l4", {"nvidia.com/gpu": "1"}, {"cloud.google.com/gke-accelerator": "nvidia-l4", "own": "x"}),
        ("nvidia-l4", {}, {"own": "x"}),
        ("nvidia-l4", {"example.org/fpga": "1"}, {"own": "x"}),
        (None, {"nvidia.com/gpu": "1"}, {"own": "x"}),
    ],
    ids=["gpu", "none", "another", "any-gpu"],
)
def test_a_pod_with_a_gpu_selects_nodes_with_the_accelerator(
    accelerator: str | None,
    chosen: dict[str, str],
    selector: dict[str, str],
    pod: dict[str, Any],
    hub_config: HubConfig,
) -> None:
    config = hub_config.model_copy(update={"accelerator": accelerator})
    made = PodGuard(config).modify_pod_hook(spawner(chosen=chosen), FakePod(pod, node_selector={"own": "x"}))
    assert made.spec.node_selector == selector
