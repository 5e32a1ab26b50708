"""Volume expansion, StorageClasses and service accounts of users, for a hub in an existing GKE cluster.

Google's resources are in the stand-in; the cluster is the local one, whose volumes are folders.
"""

import json
import time
from collections.abc import Generator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from kubernetes.client import CoreV1Api, StorageV1Api, V1ObjectMeta, V1Service, V1ServiceSpec, V1StorageClass
from kubernetes.client.exceptions import ApiException

from tests.conftest import make_stack, succeed
from tests.doubles.google.plugin import engine_with_stand_in, kept_running
from tests.e2e.hub_settings import binding_of
from tests.e2e.hubs import forget, pods, require_success, run_in_server
from tests.waiting import wait_until
from tools.engine import Engine, Stack
from tools.local import api, layout

pytestmark = pytest.mark.scenario

_NAMESPACE, _NOTEBOOKS = "e2e-storage", "e2e-storage-notebooks"
_ADDRESS = "127.100.0.16"
_GROWING = f"{_NAMESPACE}-growing"
_ACCOUNT = "the-data@my-project-123.iam.gserviceaccount.com"
_OWN = f"{_NAMESPACE}-homes-pd-ssd-regional-delete"
_HOMES = {"size": "64Mi", "storageClass": _GROWING}
_SETTINGS: Mapping[str, object] = {
    "namespace": _NAMESPACE,
    "protect": False,
    "gcp.project": "my-project-123",
    "cluster.mode": "existing",
    "cluster.location": "europe-west4",
    "clusterAdmin.bindingName": binding_of(_NAMESPACE),
    "endpoint.type": "none",
    "auth.type": "dummy",
    "identity.notebooks": [{"name": "data", "googleServiceAccount": _ACCOUNT, "users": ["ada"]}],
    "hub.keepDatabase": False,
    "hub.storage": {"size": "64Mi", "storageClass": layout.STORAGE_CLASS},
    "notebook.keepHomes": False,
    "notebook.cpu": {"default": "0.1", "max": "2"},
    "notebook.memory": {"default": "256Mi", "max": "1Gi"},
    "notebook.storage": _HOMES,
    # As for an image that is not of this project.
    "notebook.command": ["jupyterhub-singleuser"],
    "notebook.homePath": "/home/rstudio",
    "notebook.runAs": {"user": 1001, "group": 1002},
    "notebook.labels": {"team": "data"},
    "notebook.memoryLimitPercent": 150,
    "notebook.files": {"/etc/stack/motd": "Hello\n"},
    "notebook.namedServers": {"max": 1, "home": "shared"},
    "notebook.sharedMemory": "100Mi",
    "notebook.scratch": {"size": "64Mi", "storageClass": _GROWING},
    "notebook.environment": {"LOGIN": "{unescaped_username}", "URL": "db://$(PASSWORD)@host"},
    "notebook.folders": [
        {
            "name": "shared",
            "path": "/shared",
            "storage": {"size": "64Mi", "storageClass": _GROWING},
            "writers": {"users": ["ada"]},
        },
        {
            "name": "own",
            "path": "/home/rstudio/own",
            "claim": "folder-shared",
            "subPath": "people/{username}",
            "access": "write",
        },
    ],
}


@pytest.fixture(scope="module")
def stack(
    built_engine: Engine, live_cluster: Path, image_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[Stack]:
    """The deployed hub, with a StorageClass of the cluster that allows volume expansion."""
    forget(_NAMESPACE, _NOTEBOOKS)
    classes, folder = StorageV1Api(api.connect()), tmp_path_factory.mktemp("storage")
    classes.create_storage_class(
        V1StorageClass(
            metadata=V1ObjectMeta(name=_GROWING),
            provisioner=layout.PROVISIONER,
            reclaim_policy="Delete",
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
        )
    )
    engine = engine_with_stand_in(built_engine, folder, kubeconfig=live_cluster)
    with kept_running(engine) as running:
        stack = Stack(name="storage", engine=running, folder=folder, kubeconfig=folder / "none")
        _write(stack, image_settings)
        done = stack.run("up", "--yes")
        try:
            require_success(done, _NAMESPACE)
            _expose()
            yield stack
            require_success(stack.run("destroy", "--yes"), _NAMESPACE)
        finally:
            forget(_NAMESPACE, _NOTEBOOKS)


def _expose() -> None:
    """Expose the hub at an address of this machine, which the settings for GKE do not allow."""
    core = CoreV1Api(api.connect())
    service = core.read_namespaced_service("tf-hub-lb", _NAMESPACE)
    assert service.spec
    spec = V1ServiceSpec(
        type="LoadBalancer", load_balancer_ip=_ADDRESS, selector=service.spec.selector, ports=service.spec.ports
    )
    core.create_namespaced_service(_NAMESPACE, V1Service(metadata=V1ObjectMeta(name="exposed"), spec=spec))
    for _ in range(100):
        try:
            httpx.get(f"http://{_ADDRESS}/hub/health").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"the hub does not answer at {_ADDRESS}", pytrace=False)


def _write(stack: Stack, images: Mapping[str, str], **changed: object) -> None:
    """Write the stack file with changed settings (`hub_storage` is `hub.storage`)."""
    values = {**_SETTINGS, **images, **{key.replace("_", "."): value for key, value in changed.items()}}
    assert stack.kubeconfig
    make_stack(stack.name, stack.folder, stack.engine, stack.kubeconfig, values)


def _up(stack: Stack, images: Mapping[str, str], **changed: object) -> str:
    _write(stack, images, **changed)
    done = stack.run("up", "--yes", "--diff")
    require_success(done, _NAMESPACE)
    return done.stdout


def _signed_in(name: str) -> httpx.Client:
    client = httpx.Client(base_url=f"http://{_ADDRESS}", follow_redirects=True, timeout=30)
    client.get("/hub/login")
    form = {"username": name, "password": "any", "_xsrf": client.cookies["_xsrf"]}
    assert client.post("/hub/login", data=form, follow_redirects=False).status_code == 302
    return client


def _server(name: str, method: str) -> None:
    """Start (POST) or stop (DELETE) the server of a user, and wait for it."""
    with closing(_signed_in(name)) as client:
        client.get("/hub/home")
        token = next(cookie.value for cookie in client.cookies.jar if cookie.name == "_xsrf" and cookie.path == "/hub/")
        headers = {"X-XSRFToken": str(token), "Referer": f"{client.base_url}/hub/home"}
        client.request(method, f"/hub/api/users/{name}/server", headers=headers).raise_for_status()
        for _ in range(120):
            servers = client.get(f"/hub/api/users/{name}", headers=headers).json()["servers"]
            if (servers.get("", {}).get("ready") is True) if method == "POST" else not servers:
                return
            time.sleep(1)
    pytest.fail("\n".join([f"the server of {name} does not start or stop", *api.troubles(_NOTEBOOKS)]))


def _requested(claim: str) -> str:
    """Return the storage request of a home."""
    found = CoreV1Api(api.connect()).read_namespaced_persistent_volume_claim(claim, _NOTEBOOKS)
    assert found.spec
    assert found.spec.resources
    assert found.spec.resources.requests
    return found.spec.resources.requests["storage"]


def _database() -> tuple[str, str]:
    """Return the UID and the StorageClass of the hub's volume claim."""
    found = CoreV1Api(api.connect()).read_namespaced_persistent_volume_claim("tf-hub-database", _NAMESPACE)
    assert found.metadata
    assert found.spec
    return str(found.metadata.uid), str(found.spec.storage_class_name)


def test_a_notebook_runs_as_the_service_account_of_its_user(stack: Stack) -> None:
    assert stack
    core = CoreV1Api(api.connect())
    account = core.read_namespaced_service_account("notebooks-data", _NOTEBOOKS)
    assert account.metadata
    assert account.metadata.annotations
    assert account.metadata.annotations["iam.gke.io/gcp-service-account"] == _ACCOUNT
    for name in ("ada", "bob"):
        _server(name, "POST")
    runs_as: dict[str, str | None] = {}
    for name in ("ada", "bob"):
        pod = core.read_namespaced_pod(f"jupyter-{name}", _NOTEBOOKS)
        assert pod.spec
        runs_as[name] = pod.spec.service_account_name
    assert runs_as == {"ada": "notebooks-data", "bob": "notebooks"}


def test_a_notebook_has_the_user_home_and_files_of_the_settings(stack: Stack) -> None:
    assert stack
    script = 'id -u; id -g; pwd; echo "$HOME"; touch file && stat -c %u file; cat /etc/stack/motd'
    assert run_in_server(_NOTEBOOKS, "ada", script).split() == [
        "1001",
        "1002",
        "/home/rstudio",
        "/home/rstudio",
        "1001",
        "Hello",
    ]


def test_folders_are_shared_or_a_users_own_and_written_by_writers_only(stack: Stack) -> None:
    assert stack
    for name in ("ada", "bob"):
        assert (
            run_in_server(_NOTEBOOKS, name, f"echo {name} > /home/rstudio/own/notes && cat /home/rstudio/own/notes")
            == name
        )
    assert run_in_server(_NOTEBOOKS, "ada", "echo data > /shared/data; ls /shared/people") == "ada\nbob"
    assert run_in_server(_NOTEBOOKS, "bob", "cat /shared/data /shared/people/ada/notes") == "data\nada"
    assert "Read-only file system" in run_in_server(_NOTEBOOKS, "bob", "echo other > /shared/data")
    assert run_in_server(_NOTEBOOKS, "bob", "ls /home/rstudio/own") == "notes"


def test_a_server_has_scratch_space_shared_memory_and_variables(stack: Stack) -> None:
    assert stack
    assert run_in_server(_NOTEBOOKS, "ada", "echo a > /scratch/a && cat /scratch/a") == "a"
    assert run_in_server(_NOTEBOOKS, "ada", "df -m --output=size /dev/shm | tail -1") == "100"
    assert run_in_server(_NOTEBOOKS, "ada", "echo $LOGIN $URL") == "ada db://$(PASSWORD)@host"
    _server("bob", "DELETE")
    assert "jupyter-ada-scratch" in _claims()
    wait_until(lambda: "jupyter-bob-scratch" not in _claims())
    _server("bob", "POST")


def _claims() -> set[str]:
    found = CoreV1Api(api.connect()).list_namespaced_persistent_volume_claim(_NOTEBOOKS).items
    return {str(claim.metadata.name) for claim in found if claim.metadata}


def test_a_home_grows_at_the_next_start_and_never_shrinks(stack: Stack, image_settings: dict[str, str]) -> None:
    assert (_requested("claim-ada"), _requested("claim-bob")) == ("64Mi", "64Mi")
    _up(stack, image_settings, notebook_storage={**_HOMES, "size": "128Mi"})
    assert set(pods(_NOTEBOOKS)) == {"jupyter-ada", "jupyter-bob"}, "no server stops"
    _server("ada", "DELETE")
    _server("ada", "POST")
    assert (_requested("claim-ada"), _requested("claim-bob")) == ("128Mi", "64Mi")
    _up(stack, image_settings, notebook_storage={**_HOMES, "size": "32Mi"})
    _server("ada", "DELETE")
    _server("ada", "POST")
    assert _requested("claim-ada") == "128Mi"


def test_a_server_starts_where_a_home_cannot_grow(stack: Stack, image_settings: dict[str, str]) -> None:
    classes = StorageV1Api(api.connect())
    classes.patch_storage_class(_GROWING, {"allowVolumeExpansion": False})
    _up(stack, image_settings, notebook_storage={**_HOMES, "size": "1Gi"})
    _server("ada", "DELETE")
    _server("ada", "POST")
    assert _requested("claim-ada") == "128Mi"
    log = CoreV1Api(api.connect()).read_namespaced_pod_log("tf-hub-0", _NAMESPACE)
    assert "Cannot expand claim-ada to 1Gi" in log


def test_a_new_storage_class_is_accepted_and_the_hub_volume_stays(stack: Stack, image_settings: dict[str, str]) -> None:
    before = _database()
    assert before[1] == layout.STORAGE_CLASS
    disk = {"size": "10Gi", "disk": "pd-ssd", "regional": True}
    printed = _up(stack, image_settings, hub_storage={"size": "64Mi"}, notebook_storage=disk)
    assert "tf-hub-hub-database" not in printed, "a changed class of an existing volume is ignored"
    assert _database() == before
    made = StorageV1Api(api.connect()).read_storage_class(_OWN)
    assert made.parameters == {"type": "pd-ssd", "replication-type": "regional-pd"}
    assert made.allow_volume_expansion is True
    assert made.allowed_topologies
    (requirement,) = made.allowed_topologies[0].match_label_expressions or []
    assert requirement.values == [f"europe-west4-{letter}" for letter in "abc"]


def test_the_zones_of_homes_change_in_place(stack: Stack, image_settings: dict[str, str]) -> None:
    classes = StorageV1Api(api.connect())
    (uid,) = [of.metadata.uid for of in classes.list_storage_class().items if of.metadata and of.metadata.name == _OWN]
    disk = {"size": "10Gi", "disk": "pd-ssd", "regional": True}
    _up(
        stack,
        image_settings,
        hub_storage={"size": "64Mi"},
        notebook_storage=disk,
        notebook_accelerator="nvidia-tesla-a100",
    )
    made = classes.read_storage_class(_OWN)
    assert made.metadata
    assert made.metadata.uid == uid
    (requirement,) = (made.allowed_topologies or [])[0].match_label_expressions or []
    assert requirement.values == ["europe-west4-a", "europe-west4-b"]


def test_the_api_server_accepts_the_storage_class_of_filestore(stack: Stack, image_settings: dict[str, str]) -> None:
    _up(stack, image_settings, hub_storage={"size": "64Mi"}, notebook_storage={"size": "20Gi", "disk": "filestore"})
    made = StorageV1Api(api.connect()).read_storage_class(f"{_NAMESPACE}-homes-filestore-128gi-delete")
    assert made.provisioner == "filestore.csi.storage.gke.io"
    assert made.parameters
    assert (made.parameters["max-volume-size"], made.parameters["network"]) == ("128Gi", "default")


def test_a_volume_without_a_storage_class_in_the_state_is_kept(stack: Stack, image_settings: dict[str, str]) -> None:
    before = _database()
    state = json.loads(succeed(stack, "stack", "export"))
    (claim,) = [of for of in state["deployment"]["resources"] if of["urn"].endswith("::tf-hub-hub-database")]
    _remove_class(claim["inputs"])
    succeed(stack, "stack", "import", stdin=json.dumps(state))
    _up(stack, image_settings, hub_storage={"size": "64Mi"})
    assert _database() == before


def _remove_class(inputs: dict[str, Any]) -> None:
    """Remove the StorageClass, as in states of older versions."""
    del inputs["spec"]["storageClassName"]


def test_a_destroy_deletes_storage_classes_of_volumes_that_are_not_kept(stack: Stack) -> None:
    require_success(stack.run("destroy", "--yes"), _NAMESPACE)
    with pytest.raises(ApiException):
        StorageV1Api(api.connect()).read_storage_class(_OWN)
