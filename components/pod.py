"""What the pods of the stack have in common."""

import pulumi
from pulumi_kubernetes.core import v1 as core

from settings import Resources


def pod_security(*, user: int) -> core.PodSecurityContextArgs:
    """Returns what the `restricted` Pod Security Standard asks of a pod that runs as `user` (uid, gid and fsGroup)."""
    return core.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=user,
        fs_group=user,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security() -> core.SecurityContextArgs:
    """Returns what `restricted` asks of a container, and a read-only root file system on top."""
    return core.SecurityContextArgs(
        allow_privilege_escalation=False,
        capabilities=core.CapabilitiesArgs(drop=["ALL"]),
        read_only_root_filesystem=True,
    )


def requirements(resources: Resources) -> core.ResourceRequirementsArgs:
    """Returns the requests and limits of a container. A limit that is not set is left out."""
    return core.ResourceRequirementsArgs(
        requests=resources.requests.model_dump(exclude_none=True),
        limits=resources.limits.model_dump(exclude_none=True),
    )


def from_secret(variable: str, *, secret: pulumi.Input[str], key: str) -> core.EnvVarArgs:
    """Returns an environment variable that holds `key` of a Secret. The value itself never is in the pod's spec."""
    reference = core.SecretKeySelectorArgs(name=secret, key=key)
    return core.EnvVarArgs(name=variable, value_from=core.EnvVarSourceArgs(secret_key_ref=reference))


def probe(path: str, *, port: int, period: int, failures: int, https: bool = False) -> core.ProbeArgs:
    """Returns an HTTP probe that asks every `period` seconds and gives up after `failures` of them in a row.

    With `https`, any certificate will do.
    """
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path=path, port=port, scheme="HTTPS" if https else None),
        period_seconds=period,
        timeout_seconds=3,
        failure_threshold=failures,
    )
