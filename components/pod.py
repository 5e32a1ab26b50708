"""Parts of the pod specs of hub and proxy."""

from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core

from settings import ClusterSettings, Resources

TMP_SIZE: Final = "512Mi"
"""Size of the hub's `/tmp`."""
_SCRATCH: Final = ("64Mi", "1Gi")
"""Request and limit of ephemeral storage: the logs of a container, and `/tmp`. A pod above the limit is replaced."""


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


def requirements(resources: Resources, cluster: ClusterSettings) -> core.ResourceRequirementsArgs:
    """Return the requests and limits of a container, without those that are not set."""
    request, limit = _SCRATCH
    if cluster.autopilot:
        request = limit  # Autopilot lowers a limit to the request
    return core.ResourceRequirementsArgs(
        requests={**resources.requests.model_dump(exclude_none=True), "ephemeral-storage": request},
        limits={**resources.limits.model_dump(exclude_none=True), "ephemeral-storage": limit},
    )


def from_secret(variable: str, *, secret: pulumi.Input[str], key: str) -> core.EnvVarArgs:
    """Return an environment variable that refers to `key` of a Secret. The pod spec does not contain the value."""
    reference = core.SecretKeySelectorArgs(name=secret, key=key)
    return core.EnvVarArgs(name=variable, value_from=core.EnvVarSourceArgs(secret_key_ref=reference))


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
