"""Kubernetes client of the dynamic resources."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pulumi
    from kubernetes.client import CoreV1Api
    from kubernetes.client.api_client import ApiClient


@dataclass(frozen=True, kw_only=True)
class ApiClientArgs:
    """Inputs of a dynamic resource that reads an object in the Kubernetes API."""

    context: str | None
    """Context of the kubeconfig; None = the current one."""
    kubeconfig: "pulumi.Input[str] | None" = None
    """Kubeconfig as JSON; None = the user's own. It holds no credentials, only the command that gets them."""
    namespace: "pulumi.Input[str]"
    """Namespace of the object."""


def api_client(props: Mapping[str, Any]) -> "ApiClient":
    """Return a client for the cluster of a dynamic resource.

    Args:
        props: Its inputs `kubeconfig` (JSON; missing = the user's own) and `context` (missing = the current one).
            Pulumi drops inputs that are None.
    """
    from kubernetes.client.api_client import ApiClient  # noqa: PLC0415 slow to load, and most previews do not need it
    from kubernetes.client.configuration import Configuration  # noqa: PLC0415 as above
    from kubernetes.config import load_kube_config_from_dict, new_client_from_config  # noqa: PLC0415 as above

    kubeconfig = props.get("kubeconfig")
    if not kubeconfig:
        return new_client_from_config(context=props.get("context"))
    configuration = Configuration()
    load_kube_config_from_dict(json.loads(kubeconfig), client_configuration=configuration)
    return ApiClient(configuration)


def message_of(error: Exception) -> str:
    """Return the message of the API server in an `ApiException`, without headers."""
    try:
        return str(json.loads(getattr(error, "body", None) or "")["message"])
    except (ValueError, KeyError, TypeError):
        return str(getattr(error, "reason", None) or error)


def end_of_log(core: "CoreV1Api", pod: str, namespace: str, *, previous: bool, lines: int) -> list[str]:
    """Return the last lines of a pod's log.

    Args:
        core: The cluster's core API.
        pod: Name of the pod.
        namespace: Its namespace.
        previous: Whether to read the log of the container before its last restart.
        lines: Maximum number of lines.

    Raises:
        kubernetes.client.exceptions.ApiException: There is no log.
    """
    # Not decoded by the client, whose newest versions return the repr of bytes: b'...'.
    answer = cast("Any", core).read_namespaced_pod_log(
        pod, namespace, previous=previous, tail_lines=lines, _preload_content=False
    )
    return bytes(answer.data).decode(errors="replace").splitlines()
