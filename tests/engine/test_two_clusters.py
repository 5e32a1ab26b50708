"""A stack stays in its cluster: two real API servers, one of which belongs to a stranger."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes.client import (
    AppsV1Api,
    V1Container,
    V1LabelSelector,
    V1Namespace,
    V1ObjectMeta,
    V1PodSpec,
    V1PodTemplateSpec,
    V1ServiceAccount,
    V1StatefulSet,
    V1StatefulSetSpec,
)

from components.dynamic.objects import OF_A_HUB
from components.metadata import MARK
from tests.conftest import make_stack, succeed
from tests.doubles.api_server import ApiServer, api_server
from tests.stacks import VALUES
from tools.engine import Engine, Stack
from tools.paths import CHECKOUT

_PROGRAM = """
import pulumi
import settings
from components import cluster
from components.ownership import owned
from components.namespaces import Namespaces, NamespacesArgs
from components.rbac import Rbac, RbacArgs

stack = settings.from_pulumi()
target = cluster.use(cluster.find(stack), stack)
hub = pulumi.ComponentResource("jupyterhub:jupyterhub:JupyterHub", stack.name, None,
    pulumi.ResourceOptions.merge(pulumi.ResourceOptions(providers=target.providers), owned(target.identity)))
child = pulumi.ResourceOptions(parent=hub)
names = Namespaces(f"{stack.name}-namespaces", NamespacesArgs(settings=stack), child)
Rbac(f"{stack.name}-rbac", RbacArgs(settings=stack, namespace=names.hub, notebooks_namespace=names.notebooks), child)
cluster.guard(target, hub)
"""
"""The parts of a hub that need no nodes and no controllers."""
_EARLIER = _PROGRAM.replace(
    "target = cluster.use(cluster.find(stack), stack)",
    """
import pulumi_kubernetes
from components.cluster import Cluster, kubeconfig
provider = pulumi_kubernetes.Provider("cluster", kubeconfig="", cluster_identifier=f"jupyterhub/{pulumi.get_stack()}",
    context=kubeconfig.find(stack.kubernetes.context).context,
    delete_unreachable=False, skip_update_unreachable=False, enable_server_side_apply=True)
target = Cluster(providers=[provider], admin_user=None)
""",
).replace(
    "pulumi.ResourceOptions.merge(pulumi.ResourceOptions(providers=target.providers), owned(target.identity))",
    "pulumi.ResourceOptions(providers=target.providers)",
)
"""The same before the stack knew its cluster, and marked its objects."""
_IDENTITY = "urn:pulumi:{}::jupyterhub::pulumi-python:dynamic/jupyterhub:ClusterIdentity::cluster-identity"
_REFUSED = "leads to another cluster than the one that this stack's hub is in. Nothing was changed."


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Clusters:
    own: ApiServer
    other: ApiServer
    kubeconfig: Path
    """Both contexts; the own one is the current one."""

    def use(self, server: ApiServer, *, also_named: str | None = None) -> None:
        """Make a cluster the current one, perhaps also under the context of the other."""
        files = [yaml.safe_load(one.kubeconfig.read_text()) for one in (self.own, self.other)]
        merged = {
            **files[0],
            **{part: files[0][part] + files[1][part] for part in ("contexts", "clusters", "users")},
            "current-context": server.name,
        }
        if also_named is not None:
            merged["contexts"] = [
                {"name": also_named, "context": {"cluster": server.name, "user": server.name}},
                {"name": server.name, "context": {"cluster": server.name, "user": server.name}},
            ]
        self.kubeconfig.write_text(yaml.safe_dump(merged))


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Generator[_Clusters]:
    folder = tmp_path_factory.mktemp("clusters")
    with api_server("own", folder / "own") as own, api_server("other", folder / "other") as other:
        yield _Clusters(own=own, other=other, kubeconfig=folder / "kubeconfig")


@pytest.fixture(scope="module")
def stack(clusters: _Clusters, built_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A hub in its own cluster, and the same objects, of somebody else, in the other."""
    clusters.use(clusters.own)
    made = _stack("dev", clusters, built_engine, tmp_path_factory.mktemp("stack"))
    succeed(made, "up", "--yes")
    other = clusters.other.core
    for namespace, account in (("jupyterhub", "tf-hub"), ("jupyterhub-notebooks", "notebooks")):
        other.create_namespace(V1Namespace(metadata=V1ObjectMeta(name=namespace)))
        other.create_namespaced_service_account(namespace, V1ServiceAccount(metadata=V1ObjectMeta(name=account)))
    return made


def _stack(name: str, clusters: _Clusters, engine: Engine, folder: Path, text: str = _PROGRAM) -> Stack:
    program = folder / "program"
    program.mkdir()
    (program / "__main__.py").write_text(text)
    engine = dataclasses.replace(engine, environment={**engine.environment, "PYTHONPATH": str(CHECKOUT)})
    plain = make_stack(name, folder, engine, clusters.kubeconfig, {**VALUES, "protect": "false"})
    made = dataclasses.replace(plain, program=program)
    made.prepare(folder / "settings.yaml", {})
    return made


def _objects(server: ApiServer) -> dict[str, str]:
    """Return the resource version of each object that a hub has here, by name."""
    objects = [*server.core.list_namespace().items, *server.core.list_service_account_for_all_namespaces().items]
    all_metadata: list[Any] = [one.metadata for one in objects]
    return {
        f"{one.namespace}/{one.name}": one.resource_version
        for one in all_metadata
        if "jupyterhub" in f"{one.namespace} {one.name}"
    }


def _state(stack: Stack) -> list[tuple[Any, ...]]:
    state = json.loads(succeed(stack, "stack", "export", "--show-secrets"))
    return [(one["urn"], one.get("id"), one.get("inputs")) for one in state["deployment"]["resources"]]


@pytest.mark.parametrize(
    ("command", "context"),
    [
        ("preview", "current"),
        ("up --skip-preview", "current"),
        ("up --skip-preview", "same"),
        ("destroy --run-program", "current"),
        ("destroy --skip-preview", "same"),
        ("refresh", "same"),
    ],
)
def test_a_command_in_another_cluster_changes_nothing(
    clusters: _Clusters, stack: Stack, command: str, context: str
) -> None:
    clusters.use(clusters.other, also_named="own" if context == "same" else None)
    before, state = _objects(clusters.other), _state(stack)
    done = stack.run(*command.split(), *(() if command == "preview" else ("--yes",)))
    assert done.returncode != 0, done.stdout
    assert _REFUSED in done.stdout, done.stdout
    assert _objects(clusters.other) == before
    assert _state(stack) == state


def test_back_in_its_cluster_the_stack_has_no_changes(clusters: _Clusters, stack: Stack) -> None:
    clusters.use(clusters.own)
    succeed(stack, "preview", "--expect-no-changes")


def test_another_name_of_the_same_cluster_is_accepted(clusters: _Clusters, stack: Stack) -> None:
    clusters.use(clusters.own, also_named="renamed")
    _set(stack, {"kubernetes.context": "renamed"})
    succeed(stack, "up", "--yes")


def test_a_hub_whose_cluster_is_gone_moves_by_forgetting_its_objects(clusters: _Clusters, stack: Stack) -> None:
    clusters.use(clusters.own)
    before = _objects(clusters.own)
    succeed(stack, "state", "delete", _IDENTITY.format(stack.name), "--target-dependents", "--force", "--yes")
    for namespace in ("jupyterhub", "jupyterhub-notebooks"):
        _remove(clusters.other, namespace)
    clusters.use(clusters.other)
    _set(stack, {"kubernetes.context": "other"})
    succeed(stack, "up", "--yes")
    assert _objects(clusters.own) == before
    assert _objects(clusters.other).keys() == before.keys()


def test_a_hub_moves_by_deleting_its_objects_first(clusters: _Clusters, stack: Stack) -> None:
    clusters.use(clusters.other)
    there = _objects(clusters.other).keys()
    target = ("--target", _IDENTITY.format(stack.name), "--target-dependents")
    succeed(stack, "destroy", "--yes", *target)
    kept = {"None/jupyterhub", "None/jupyterhub-notebooks"}
    assert _objects(clusters.other).keys() == kept
    clusters.use(clusters.own)
    _set(stack, {"kubernetes.context": "own"})
    succeed(stack, "up", "--yes")
    assert _objects(clusters.own).keys() == there


def _refused(stack: Stack, clusters: _Clusters, reason: str, *command: str) -> None:
    before = _objects(clusters.own)
    done = stack.run(*command)
    assert done.returncode != 0
    assert reason in done.stdout
    assert "pulumi config set name NAME" in done.stdout
    assert "pulumi config set namespace NAMESPACE" in done.stdout
    assert _objects(clusters.own) == before


def _set(stack: Stack, values: dict[str, object]) -> None:
    file = stack.folder / "settings.yaml"
    content = yaml.safe_load(file.read_text())
    content["config"] |= {f"jupyterhub:{key}": value for key, value in values.items()}
    file.write_text(yaml.safe_dump(content))
    stack.prepare(file, {})


def _remove(server: ApiServer, namespace: str) -> None:
    """Delete a namespace with everything in it."""
    server.core.delete_namespace(namespace)
    while namespace in {one.metadata.name for one in server.core.list_namespace().items if one.metadata}:
        time.sleep(0.2)


def test_what_a_stack_kept_is_found_again_by_itself_only(
    clusters: _Clusters, stack: Stack, built_engine: Engine, tmp_path: Path
) -> None:
    clusters.use(clusters.own)
    second = _stack("second", clusters, built_engine, tmp_path)
    succeed(stack, "destroy", "--yes")
    assert _objects(clusters.own).keys() == {"None/jupyterhub", "None/jupyterhub-notebooks"}
    _refused(second, clusters, "Namespace jupyterhub belongs to another stack, organization/jupyterhub/dev", "preview")
    succeed(stack, "up", "--yes")


def test_a_new_stack_needs_no_second_operation_at_a_time(
    clusters: _Clusters, built_engine: Engine, tmp_path: Path
) -> None:
    clusters.use(clusters.own)
    second = _stack("second", clusters, built_engine, tmp_path)
    _set(second, {"name": "second", "namespace": "second"})
    succeed(second, "preview", "--parallel", "1")


@pytest.mark.parametrize(
    ("names", "command"),
    [
        ({}, "preview"),
        ({}, "up --skip-preview --yes"),
        ({"name": "second"}, "preview"),
        ({"name": "second", "namespace": "second"}, "preview"),
    ],
)
def test_a_second_stack_needs_names_of_its_own(
    clusters: _Clusters,
    stack: Stack,
    built_engine: Engine,
    tmp_path: Path,
    names: dict[str, object],
    command: str,
) -> None:
    assert stack.name == "dev"
    second = _stack("second", clusters, built_engine, tmp_path)
    _set(second, names)
    if "namespace" in names:
        succeed(second, "preview")
    else:
        reason = "Namespace jupyterhub belongs to another stack, organization/jupyterhub/dev"
        _refused(second, clusters, reason, *command.split())


def test_a_stack_of_the_same_name_in_another_backend_needs_names_of_its_own(
    clusters: _Clusters, stack: Stack, built_engine: Engine, tmp_path: Path
) -> None:
    clusters.use(clusters.own)
    shutil.copy(stack.folder / "passphrase", tmp_path)
    namesake = _stack(stack.name, clusters, built_engine, tmp_path)
    hubs = AppsV1Api(clusters.own.client)
    hub = _stateful_set()
    hubs.create_namespaced_stateful_set("jupyterhub", hub)
    reason = "Namespace jupyterhub has a hub of a stack of the same name, organization/jupyterhub/dev"
    for command in ("preview", "up --skip-preview --yes", "up --skip-preview --yes"):
        _refused(namesake, clusters, reason, *command.split())
    succeed(stack, "preview", "--expect-no-changes")
    state = succeed(stack, "stack", "export", "--show-secrets")
    succeed(namesake, "stack", "import", stdin=state)
    succeed(namesake, "preview", "--expect-no-changes")
    hubs.delete_namespaced_stateful_set("tf-hub", "jupyterhub")


def _stateful_set() -> V1StatefulSet:
    """Return a hub without pods."""
    labels = {key: value for key, _, value in (label.partition("=") for label in OF_A_HUB.split(","))}
    template = V1PodTemplateSpec(
        metadata=V1ObjectMeta(labels=labels), spec=V1PodSpec(containers=[V1Container(name="hub", image="hub")])
    )
    return V1StatefulSet(
        metadata=V1ObjectMeta(name="tf-hub", labels=labels),
        spec=V1StatefulSetSpec(
            replicas=0, service_name="", selector=V1LabelSelector(match_labels=labels), template=template
        ),
    )


def _before(name: str, clusters: _Clusters, engine: Engine, folder: Path) -> Stack:
    """Create a stack as 0.1.0 did, and give it the program of today."""
    clusters.use(clusters.own)
    old = _stack(name, clusters, engine, folder, _EARLIER)
    _set(old, {"name": name, "namespace": name, "kubernetes.context": clusters.own.name})
    succeed(old, "up", "--yes", "--skip-preview")
    (old.program / "__main__.py").write_text(_PROGRAM)
    return old


def test_an_upgrade_is_refused_in_another_cluster_and_marks_the_objects_in_its_own(
    clusters: _Clusters, built_engine: Engine, tmp_path: Path
) -> None:
    old = _before("old", clusters, built_engine, tmp_path)
    state = [one for one in _state(old) if "kubernetes" in one[0]]
    clusters.use(clusters.other, also_named=clusters.own.name)
    for reason, command in (
        ("is not in this cluster", "preview"),
        ("is not in this cluster", "up --yes --skip-preview"),
        ("is another one in this cluster", "up --yes --skip-preview"),
    ):
        if "another" in reason:
            for namespace in ("old", "old-notebooks"):
                clusters.other.core.create_namespace(V1Namespace(metadata=V1ObjectMeta(name=namespace)))
        before = _objects(clusters.other)
        done = old.run(*command.split())
        assert done.returncode != 0
        assert reason in done.stdout, done.stdout
        assert _objects(clusters.other) == before
        assert [one for one in _state(old) if "kubernetes" in one[0]] == state
        assert "ClusterIdentity" not in str(_state(old)), "the other cluster is not remembered"
    clusters.use(clusters.own)
    assert MARK not in _annotations(clusters.own, "old")
    succeed(old, "up", "--yes", "--skip-preview")
    assert _annotations(clusters.own, "old")[MARK] == "organization/jupyterhub/old"


def _annotations(server: ApiServer, namespace: str) -> dict[str, str]:
    core: Any = server.core
    return core.read_namespace(namespace).metadata.annotations or {}


@pytest.mark.parametrize("created", ["Namespace", "RoleBinding"])
def test_an_update_that_was_killed_is_finished_by_the_printed_commands(
    clusters: _Clusters, built_engine: Engine, tmp_path: Path, created: str
) -> None:
    clusters.use(clusters.own)
    killed = _stack("killed", clusters, built_engine, tmp_path)
    name = f"killed-{created.lower()}"
    _set(killed, {"name": name, "namespace": name})
    command = killed.command("up", "--yes", "--skip-preview", "--non-interactive")
    variables = {**os.environ, **killed.environment}
    with subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        while f':{created}"' not in _checkpoint(killed) and process.poll() is None:
            time.sleep(0.05)
        _kill_session(process.pid)
    refused = killed.run("up", "--yes")
    assert refused.returncode != 0
    assert "the stack is currently locked by 1 lock(s)" in refused.stdout
    assert "`pulumi cancel`" in refused.stdout
    succeed(killed, "cancel", "--yes")
    succeed(killed, "up", "--yes")
    succeed(killed, "preview", "--expect-no-changes")


def test_a_renamed_stack_keeps_its_objects(clusters: _Clusters, stack: Stack) -> None:
    clusters.use(clusters.own)
    core: Any = clusters.own.core
    before = core.read_namespace("jupyterhub").metadata.uid
    succeed(stack, "stack", "rename", "renamed")
    renamed = dataclasses.replace(stack, name="renamed")
    stack.workspace.rename(renamed.workspace)
    succeed(renamed, "up", "--yes")
    assert core.read_namespace("jupyterhub").metadata.uid == before
    assert _annotations(clusters.own, "jupyterhub")[MARK] == "organization/jupyterhub/renamed"


def _kill_session(leader: int) -> None:
    """Kill a command with all its children: Pulumi gives its plugins process groups of their own."""
    os.kill(leader, signal.SIGKILL)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text().rpartition(")")[2].split()[3]) == leader:
                os.kill(int(stat.parent.name), signal.SIGKILL)


def _checkpoint(stack: Stack) -> str:
    file = stack.folder / "pulumi" / ".pulumi" / "stacks" / "jupyterhub" / f"{stack.name}.json"
    return file.read_text() if file.exists() else ""
