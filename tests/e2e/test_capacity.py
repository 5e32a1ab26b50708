"""200 people start a server at once, with and without spare capacity, on nodes that kwok makes.

The objects are those of the program; scheduler, controllers, quota and rights are the real ones. Without the autoscaler
no node is added, so a server that runs then has found its room.
"""

import asyncio
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from kubernetes.client import (
    AppsV1Api,
    AuthorizationV1Api,
    V1Container,
    V1Namespace,
    V1ObjectMeta,
    V1Pod,
    V1PodSpec,
    V1ResourceAttributes,
    V1ResourceRequirements,
    V1SubjectAccessReview,
    V1SubjectAccessReviewSpec,
)
from kubernetes.client.exceptions import ApiException
from kubernetes_asyncio.config import load_kube_config  # pyright: ignore[reportUnknownVariableType] -- it has no types

from hub.proxy import WatchedProxy
from tests.conftest import leave_out
from tests.doubles.api_server import api_server
from tests.doubles.monitor import Record
from tests.e2e.course import NAMESPACE, POOL, config_of, measure
from tests.e2e.many_nodes import ManyNodes, many_nodes
from tests.manifests import Manifest, manifest
from tests.stacks import record_hub
from tools.errors import ToolError

pytestmark = pytest.mark.scenario

PEOPLE = 200
SERVER = {"component": "singleuser-server"}
PLACEHOLDER = {"app.kubernetes.io/component": "spare"}
IMAGE_PULL = {"app.kubernetes.io/component": "images"}
PODS_OF_NODE = 15
"""Servers of 0.5 CPUs on a node of 8, with some CPUs left for pulls of images."""
NODE_SECONDS = 5
"""Time until a node is there; a cloud's takes one to three minutes."""
DEPLOYMENT = "tf-hub-spare"


@pytest.fixture(scope="module")
def stack() -> Record:
    """A stack with room for all people in a course, and a quota for just as many."""
    course = {"servers": PEOPLE, "hours": "Mon 08:00-10:00 Europe/Berlin"}
    return record_hub(
        {
            "notebook.quota": {"pods": PEOPLE},
            "notebook.nodeSelector": POOL,
            "notebook.spare": [course],
            "notebook.prepull": True,
        }
    )


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Generator[ManyNodes]:
    """A cluster with two nodes for notebooks."""
    folder = tmp_path_factory.mktemp("nodes")
    try:
        with api_server("nodes", folder / "server") as server:
            made = ManyNodes(server=server, namespace=NAMESPACE, pods_of_node=PODS_OF_NODE, labels=POOL)
            with many_nodes(server, folder, made) as nodes:
                for name in (NAMESPACE, "jupyterhub"):
                    server.core.create_namespace(V1Namespace(metadata=V1ObjectMeta(name=name)))
                nodes.add(2)
                yield nodes
    except ToolError as error:
        leave_out(str(error))
        raise


def _objects(of: Record, *kinds: str) -> Iterator[Manifest]:
    """Yield the objects of the program; of the Deployments, that of the placeholders."""
    for one in (manifest(resource) for resource in of.kubernetes):
        if one["kind"] in kinds and (one["kind"] != "Deployment" or one["metadata"]["name"] == DEPLOYMENT):
            yield one


def _start(nodes: ManyNodes, of: Record, number: int, *, first: int = 0) -> None:
    """Create the pods of servers: what the scheduler sees of those that the hub makes."""
    (placeholder,) = _objects(of, "Deployment")
    spec = placeholder["spec"]["template"]["spec"]
    container = V1Container(
        name="notebook",
        image="registry.example/notebook:1",
        resources=V1ResourceRequirements(**spec["containers"][0]["resources"]),
    )
    core = nodes.server.core
    for index in range(first, first + number):
        pod = V1Pod(
            metadata=V1ObjectMeta(name=f"jupyter-{index}", labels=SERVER),
            spec=V1PodSpec(containers=[container], node_selector=spec["nodeSelector"]),
        )
        core.create_namespaced_pod(NAMESPACE, pod)


def _spawner(**_: object) -> None:
    """Stand in for the spawner, which loads the address of Kubernetes' API."""


def _scale(of: Record, nodes: ManyNodes, now: str) -> None:
    """Let the hub's own code set the number of placeholders at a time."""

    async def run() -> None:
        await load_kube_config(config_file=str(nodes.server.kubeconfig))
        hub = SimpleNamespace(routespec="/", host="http://10.0.0.9:8081")
        app = SimpleNamespace(hub=hub, subdomain_host="", spawner_class=_spawner, config=None)
        proxy = WatchedProxy(app=app, hub=hub)
        proxy.spare, proxy.spare_namespace = config_of(of).spare, NAMESPACE
        await proxy.scale(datetime.fromisoformat(now).replace(tzinfo=UTC))

    asyncio.run(run())


def test_the_api_server_takes_the_objects_of_the_program(nodes: ManyNodes, stack: Record) -> None:
    nodes.apply(
        *_objects(stack, "PriorityClass", "ResourceQuota", "Role", "RoleBinding", "ServiceAccount"),
        *_objects(stack, "Deployment", "DaemonSet"),
    )
    quota = nodes.server.core.read_namespaced_resource_quota("tf-hub-pods", NAMESPACE)
    assert quota.spec
    assert quota.spec.hard == {"pods": str(PEOPLE)}


def test_images_are_pulled_on_each_node(nodes: ManyNodes) -> None:
    nodes.until(lambda: len(nodes.running(**IMAGE_PULL)) == nodes.count)


def test_without_room_most_people_wait_for_nodes(nodes: ManyNodes, stack: Record) -> None:
    _start(nodes, stack, PEOPLE)
    nodes.until(lambda: len(nodes.running(**SERVER)) + len(nodes.pending(**SERVER)) == PEOPLE)
    assert len(nodes.running(**SERVER)) <= nodes.count * 16
    with nodes.autoscaled(NODE_SECONDS):
        nodes.until(lambda: len(nodes.running(**SERVER)) == PEOPLE)


def test_people_go_and_their_nodes_too(nodes: ManyNodes) -> None:
    nodes.server.core.delete_collection_namespaced_pod(NAMESPACE, label_selector="component=singleuser-server")
    nodes.until(lambda: not nodes.pods(**SERVER))
    nodes.remove_all()
    nodes.add(2)


def test_outside_of_the_hours_there_are_no_placeholders(nodes: ManyNodes, stack: Record) -> None:
    _scale(stack, nodes, "2026-11-29T10:00")
    assert nodes.pods(**PLACEHOLDER) == []


def test_in_the_hours_the_hub_makes_room_for_all(nodes: ManyNodes, stack: Record) -> None:
    _scale(stack, nodes, "2026-11-30T07:00")  # Monday, 08:00 in Berlin
    with nodes.autoscaled(1):
        nodes.until(lambda: len(nodes.running(**PLACEHOLDER)) == PEOPLE)
    assert AppsV1Api(nodes.server.client).read_namespaced_deployment(DEPLOYMENT, NAMESPACE).spec.replicas == PEOPLE


def test_with_room_everybody_starts_without_another_node(nodes: ManyNodes, stack: Record) -> None:
    before = nodes.count
    _start(nodes, stack, PEOPLE)
    nodes.until(lambda: len(nodes.running(**SERVER)) == PEOPLE)
    assert nodes.count == before


def test_a_full_quota_counts_people_and_no_placeholders(nodes: ManyNodes, stack: Record) -> None:
    assert nodes.pods(**PLACEHOLDER)
    with pytest.raises(ApiException) as refused:
        _start(nodes, stack, 1, first=PEOPLE)
    assert refused.value.status == 403
    assert "exceeded quota: tf-hub-pods" in str(refused.value.body)


def test_the_room_comes_back_while_people_work(nodes: ManyNodes) -> None:
    with nodes.autoscaled(1):
        nodes.until(lambda: len(nodes.running(**PLACEHOLDER)) == PEOPLE)
    assert len(nodes.running(**SERVER)) == PEOPLE, "no placeholder ends a server"


def test_placeholders_end_with_the_hours_and_servers_stay(nodes: ManyNodes, stack: Record) -> None:
    _scale(stack, nodes, "2026-11-30T09:00")  # 10:00 in Berlin
    nodes.until(lambda: not nodes.pods(**PLACEHOLDER))
    assert len(nodes.running(**SERVER)) == PEOPLE


@pytest.mark.parametrize(
    ("resource", "subresource", "name", "allowed"),
    [
        ("deployments", "scale", DEPLOYMENT, True),
        ("deployments", "scale", "another", False),
        ("deployments", "", DEPLOYMENT, False),
        ("daemonsets", "", "tf-hub-images-user", False),
    ],
)
def test_the_hub_may_set_the_number_of_placeholders_and_nothing_else_of_them(
    nodes: ManyNodes,
    resource: str,
    subresource: str,
    name: str,
    allowed: bool,  # noqa: FBT001 a parameter of the test
) -> None:
    attributes = V1ResourceAttributes(
        namespace=NAMESPACE, verb="patch", group="apps", resource=resource, subresource=subresource, name=name
    )
    spec = V1SubjectAccessReviewSpec(user="system:serviceaccount:jupyterhub:tf-hub", resource_attributes=attributes)
    answer = AuthorizationV1Api(nodes.server.client).create_subject_access_review(V1SubjectAccessReview(spec=spec))
    assert answer.status
    assert answer.status.allowed is allowed


@pytest.mark.usefixtures("nodes")  # which says whether kwok can be built
def test_a_course_at_the_hub_starts_on_the_nodes_that_are_there(tmp_path: Path) -> None:
    seen = measure(tmp_path, people=30, seconds=5, spare=30, node_seconds=3600)
    assert len(seen.without_node) == 30
    assert seen.nodes == 5, "six servers on each"
