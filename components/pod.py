"""Parts of the pod specs of hub and proxy."""

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.metadata import labels
from settings import PodOptions, Resources, Settings

TMP_SIZE: Final = "512Mi"
"""Size of the hub's `/tmp`."""
_SCRATCH: Final = "1Gi"
"""Limit of ephemeral storage: the logs of a container, and `/tmp`. A pod above the limit is replaced."""
_SCRATCH_REQUEST: Final = "64Mi"
"""Ephemeral storage that a node must have free."""


def pod_security(*, user: int) -> core.PodSecurityContextArgs:
    """Return the security context of a pod as `restricted` demands, with `user` as UID, GID and fsGroup."""
    return core.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=user,
        fs_group=user,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security() -> core.SecurityContextArgs:
    """Return the security context of a container as `restricted` demands, with a read-only root file system."""
    return core.SecurityContextArgs(
        allow_privilege_escalation=False,
        capabilities=core.CapabilitiesArgs(drop=["ALL"]),
        read_only_root_filesystem=True,
    )


def requirements(resources: Resources, *, autopilot: bool) -> core.ResourceRequirementsArgs:
    """Return the requests and limits of a container, without those that are not set.

    Args:
        resources: Those of CPU and memory.
        autopilot: Whether it runs on Autopilot, which lowers the limit of ephemeral storage to the request. Source:
            https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-resource-requests (2026-11).
    """
    request = _SCRATCH if autopilot else _SCRATCH_REQUEST
    return core.ResourceRequirementsArgs(
        requests={**resources.requests.model_dump(exclude_none=True), "ephemeral-storage": request},
        limits={**resources.limits.model_dump(exclude_none=True), "ephemeral-storage": _SCRATCH},
    )


def from_secret(variable: str, *, secret: pulumi.Input[str], key: str) -> core.EnvVarArgs:
    """Return an environment variable that refers to `key` of a Secret. The pod spec does not contain the value."""
    reference = core.SecretKeySelectorArgs(name=secret, key=key)
    return core.EnvVarArgs(name=variable, value_from=core.EnvVarSourceArgs(secret_key_ref=reference))


def placed(spec: core.PodSpecArgs, options: PodOptions, own_nodes: Mapping[str, str]) -> core.PodSpecArgs:
    """Return a pod spec with nodes, tolerations, priority and pulling of the image as an operator wants them.

    Args:
        spec: The pod spec.
        options: The operator's options.
        own_nodes: Labels of nodes that the stack itself selects.
    """
    nodes = {**own_nodes, **options.node_selector}
    if nodes:
        spec.node_selector = nodes
    if options.tolerations:
        spec.tolerations = [core.TolerationArgs(**one.model_dump()) for one in options.tolerations]
    if options.priority_class is not None:
        spec.priority_class_name = options.priority_class
    if options.image_pull_secrets:
        spec.image_pull_secrets = [core.LocalObjectReferenceArgs(name=name) for name in options.image_pull_secrets]
    return spec


def pod_metadata(settings: Settings, component: str, options: PodOptions) -> meta.ObjectMetaArgs:
    """Return the metadata of the pods of `component`: `hub` or `proxy`."""
    return meta.ObjectMetaArgs(
        labels={**options.labels, **labels(settings, component)}, annotations=options.annotations or None
    )


def probe(path: str, *, port: int, period: int, failures: int, https: bool = False) -> core.ProbeArgs:
    """Return an HTTP probe every `period` seconds that fails after `failures` failed requests in a row.

    With `https`, the certificate is not verified.
    """
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path=path, port=port, scheme="HTTPS" if https else None),
        period_seconds=period,
        timeout_seconds=3,
        failure_threshold=failures,
    )
