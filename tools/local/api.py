"""Requests of this package to the cluster's API server."""

import time
from http import HTTPStatus
from pathlib import Path

from kubernetes.client import (
    AppsV1Api,
    CoreV1Api,
    RbacAuthorizationV1Api,
    StorageV1Api,
    V1ObjectMeta,
    V1StorageClass,
)
from kubernetes.client.api_client import ApiClient
from kubernetes.client.exceptions import ApiException
from kubernetes.config import new_client_from_config
from urllib3.exceptions import HTTPError

from components.dynamic.api_client import end_of_log
from components.dynamic.objects import OF_A_HUB
from components.metadata import MARK
from tools.local import layout

_END_SECONDS = 30
_GRACE_SECONDS = 5
_LOG_LINES = 10
_LAST_ROLE = "system::extension-apiserver-authentication-reader"
"""One of the last roles that a new API server creates. Without it the controller manager exits at once."""


def connect(kubeconfig: Path | None = None) -> ApiClient:
    """Return a client with the rights of a kubeconfig; by default cluster-admin on the local cluster."""
    return new_client_from_config(str(kubeconfig or layout.KUBECONFIG))


def answers(kubeconfig: Path | None = None) -> bool:
    """Return whether the API server answers and has created its default roles."""
    try:
        RbacAuthorizationV1Api(connect(kubeconfig)).read_namespaced_role_binding(_LAST_ROLE, "kube-system")
    except (HTTPError, ApiException):
        return False
    return True


def node_is_ready() -> bool:
    """Return whether the node is ready for pods."""
    try:
        status = CoreV1Api(connect()).read_node(layout.NAME).status
    except (HTTPError, ApiException):
        return False
    conditions = (status.conditions if status else None) or []
    return any(condition.type == "Ready" and condition.status == "True" for condition in conditions)


def make_storage_class() -> None:
    """Create the default StorageClass, unless it exists."""
    wanted = V1StorageClass(
        metadata=V1ObjectMeta(
            name=layout.STORAGE_CLASS, annotations={"storageclass.kubernetes.io/is-default-class": "true"}
        ),
        provisioner=layout.PROVISIONER,
        reclaim_policy="Delete",
        volume_binding_mode="WaitForFirstConsumer",
    )
    try:
        StorageV1Api(connect()).create_storage_class(wanted)
    except ApiException as error:
        if error.status != HTTPStatus.CONFLICT:
            raise


def end_pods() -> None:
    """Delete all pods while the kubelet still runs, which removes their mounts and interfaces."""
    core = CoreV1Api(connect())
    deadline = time.monotonic() + _END_SECONDS
    for namespace in _namespaces_with_pods(core):
        core.delete_collection_namespaced_pod(namespace, grace_period_seconds=_GRACE_SECONDS)
    while (left := _namespaces_with_pods(core)) and time.monotonic() < deadline:
        time.sleep(0.3)
    for namespace in left:
        core.delete_collection_namespaced_pod(namespace, grace_period_seconds=0)


def troubles(namespace: str, kubeconfig: Path | None = None) -> list[str]:
    """Return the reasons why pods of a namespace are not ready, with the end of their logs."""
    core = CoreV1Api(connect(kubeconfig))
    found: list[str] = []
    for pod in core.list_namespaced_pod(namespace).items:
        name = pod.metadata.name if pod.metadata and pod.metadata.name else ""
        for container in (pod.status.container_statuses if pod.status else None) or []:
            waiting = container.state.waiting if container.state else None
            if container.ready or waiting is None:
                continue
            found.append(f"pod {name}: {waiting.reason}: {waiting.message or 'no message'}")
            if container.restart_count:
                printed = end_of_log(core, name, namespace, previous=True, lines=_LOG_LINES)
                found += [f"    {line}" for line in printed]
    return found


def hubs(kubeconfig: Path | None = None) -> list[str]:
    """Return namespace and stack of each hub of this program in the cluster."""
    found = AppsV1Api(connect(kubeconfig)).list_stateful_set_for_all_namespaces(label_selector=OF_A_HUB).items
    return [
        f"namespace {one.metadata.namespace} (stack {(one.metadata.annotations or {}).get(MARK, 'unknown')})"
        for one in found
        if one.metadata
    ]


def _namespaces_with_pods(core: CoreV1Api) -> set[str]:
    pods = core.list_pod_for_all_namespaces().items
    return {pod.metadata.namespace for pod in pods if pod.metadata and pod.metadata.namespace}
