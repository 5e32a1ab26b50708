"""The example for GKE, complete: Google's resources in the stand-in, Kubernetes objects in the local cluster."""

import json
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest
import yaml
from kubernetes.client import CoreV1Api, CustomObjectsApi

from hub.contract import NODE_PURPOSE
from settings.reading.keys import PROJECT
from tests import kept_states
from tests.conftest import set_secret
from tests.doubles.google import definitions, refusals
from tests.doubles.google.plugin import engine_with_stand_in, kept_running
from tests.e2e.hub_settings import binding_of
from tests.e2e.hubs import forget, require_success
from tests.previews import Step, gone, is_google, steps
from tests.setting_changes import changed, harmless
from tools.engine import Engine, Stack
from tools.local import api, layout
from tools.paths import CHECKOUT

pytestmark = pytest.mark.scenario

_NAMESPACE, _NOTEBOOKS = "e2e-gke", "e2e-gke-notebooks"
_CHANGED = {
    "namespace": _NAMESPACE,
    "clusterAdmin.bindingName": binding_of(_NAMESPACE),
    "protect": False,
    "hub.keepDatabase": False,
    "notebook.keepHomes": False,
    # The default StorageClasses need Google's disks; see tests/e2e/test_storage.py.
    "hub.storage": {"size": "64Mi", "storageClass": layout.STORAGE_CLASS},
    "registry.create": True,
}
"""Differences from the example: the stack is destroyed in the end, and shares the cluster with others."""
_FAILURES = {
    "gcp:compute/network:Network": "permission",
    "gcp:container/cluster:Cluster": "timeout",
    "gcp:container/nodePool:NodePool": "quota",
    "gcp:compute/globalAddress:GlobalAddress": "quota",
    "gcp:dns/recordSet:RecordSet": "permission",
}
"""Failing types in the order of their creation, and the kinds of failure."""
_HOLD_DATA = {"Namespace", "PersistentVolumeClaim"}
"""Kinds of Kubernetes objects that hold data."""
_SAYS = {"permission": "Permission '", "timeout": "timeout while waiting", "quota": "quota"}


@pytest.fixture(scope="module")
def cluster(live_cluster: Path) -> Generator[Path]:
    """The local cluster, with GKE's custom resource definitions and a node with the label of a core node."""
    core = CoreV1Api(api.connect())
    (node,) = core.list_node().items
    assert node.metadata
    core.patch_node(str(node.metadata.name), {"metadata": {"labels": {NODE_PURPOSE: "core"}}})
    forget(_NAMESPACE, _NOTEBOOKS)
    with definitions.installed():
        yield live_cluster
        forget(_NAMESPACE, _NOTEBOOKS)
    core.patch_node(str(node.metadata.name), {"metadata": {"labels": {NODE_PURPOSE: None}}})


@pytest.fixture(scope="module")
def stack(
    built_engine: Engine, cluster: Path, image_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[Stack]:
    """The example stack. Only its own kubeconfig gives access to the cluster."""
    folder = tmp_path_factory.mktemp("gke")
    content = yaml.safe_load((CHECKOUT / "Pulumi.gke.yaml").read_text())
    content["config"] |= {f"jupyterhub:{key}": value for key, value in {**_CHANGED, **image_settings}.items()}
    file = folder / "settings.yaml"
    file.write_text(yaml.safe_dump(content))
    engine = engine_with_stand_in(built_engine, folder, kubeconfig=cluster, fail={})
    with kept_running(engine) as running:
        stack = Stack(name="gke", engine=running, folder=folder, kubeconfig=folder / "none")
        (folder / "passphrase").write_text(kept_states.PASSPHRASE)
        stack.prepare(file, {})
        set_secret(stack, "github.clientSecret", "the-client-secret")
        yield stack


def _succeed(stack: Stack, *arguments: str) -> str:
    done = stack.run(*arguments)
    require_success(done, _NAMESPACE)
    return done.stdout


def test_the_example_previews_without_a_cluster_and_shows_no_secret(stack: Stack) -> None:
    printed = _succeed(stack, "preview", "--diff")
    for kind in ("container/cluster:Cluster", "Gateway", "StatefulSet", "CertificateMapEntry", "RecordSet"):
        assert kind in printed
    assert "the-client-secret" not in printed


@pytest.mark.parametrize("kind", _FAILURES)
def test_a_refused_resource_fails_the_update_with_googles_error(stack: Stack, kind: str) -> None:
    refusals.demand(stack.folder / "fail.json", {kind: _FAILURES[kind]})
    done = stack.run("up", "--yes", "--skip-preview")
    refusals.demand(stack.folder / "fail.json", {})
    assert done.returncode != 0
    assert _SAYS[_FAILURES[kind]] in done.stdout
    assert "Traceback" not in done.stdout


def test_the_next_update_completes_and_the_hub_runs(stack: Stack) -> None:
    _succeed(stack, "up", "--yes")
    assert stack.output("hub_url") == "https://hub.example.org"
    assert stack.output("oauth_callback_url") == "https://hub.example.org/hub/oauth_callback"
    pods = CoreV1Api(api.connect()).list_namespaced_pod(_NAMESPACE).items
    assert [pod.status.phase for pod in pods if pod.status] == ["Running", "Running"]
    kept_states.write_if_requested(stack, _config(stack))


def test_the_api_server_accepts_the_gateway_and_its_policies(stack: Stack) -> None:
    assert stack
    objects = CustomObjectsApi(api.connect())
    for group, plural, count in (
        ("gateway.networking.k8s.io", "gateways", 1),
        ("gateway.networking.k8s.io", "httproutes", 2),
        ("networking.gke.io", "healthcheckpolicies", 1),
        ("networking.gke.io", "gcpbackendpolicies", 1),
    ):
        found = objects.list_namespaced_custom_object(group, "v1", _NAMESPACE, plural)
        assert len(found["items"]) == count, plural


def test_a_second_update_and_a_refresh_change_nothing(stack: Stack) -> None:
    _succeed(stack, "up", "--yes", "--expect-no-changes")
    _succeed(stack, "refresh", "--yes", "--expect-no-changes")


def _config(stack: Stack) -> dict[str, object]:
    return yaml.safe_load((stack.workspace / f"Pulumi.{stack.name}.yaml").read_text())["config"]


def _preview(stack: Stack, changes: Mapping[str, object]) -> list[Step]:
    """Return the steps of a preview with changed settings, and restore the settings."""
    before, file = _config(stack), stack.folder / "changed.yaml"
    try:
        file.write_text(yaml.safe_dump({"config": changed(before, changes)}))
        stack.prepare(file, {})
        return steps(stack)
    finally:
        file.write_text(yaml.safe_dump({"config": before}))
        stack.prepare(file, {})


def test_an_ordinary_setting_replaces_nothing_that_holds_data(stack: Stack) -> None:
    values = {key.partition(":")[2]: value for key, value in _config(stack).items() if key.startswith(PROJECT)}
    for changes in harmless(values):
        found = _preview(stack, {**changes, "hub.storage": {"size": "64Mi"}})
        assert gone(step for step in found if is_google(step.urn)) == set()
        assert not gone(found) & _HOLD_DATA


def test_no_token_and_no_secret_is_in_the_state(stack: Stack) -> None:
    state = _succeed(stack, "stack", "export")
    assert "the-client-secret" not in state
    assert "client-key-data" not in state


def test_destroy_leaves_nothing_in_google_cloud_or_in_the_cluster(stack: Stack) -> None:
    _succeed(stack, "destroy", "--yes")
    assert json.loads((stack.folder / "cloud.json").read_text()) == {}
    names = {space.metadata.name for space in CoreV1Api(api.connect()).list_namespace().items if space.metadata}
    assert not names & {_NAMESPACE, _NOTEBOOKS}
