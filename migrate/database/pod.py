"""A pod with the volume of a database, with the image and the user of the stopped hub."""

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, cast

import yaml
from kubernetes.client import (
    CoreV1Api,
    V1Capabilities,
    V1Container,
    V1EmptyDirVolumeSource,
    V1ObjectMeta,
    V1PersistentVolumeClaimVolumeSource,
    V1Pod,
    V1PodSecurityContext,
    V1PodSpec,
    V1ResourceRequirements,
    V1SeccompProfile,
    V1SecurityContext,
    V1Volume,
    V1VolumeMount,
)
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] -- it has no types
from websocket import WebSocketException

from migrate.connection import ApiObject
from migrate.database.place import POD, Place
from tools.errors import ToolError
from tools.waiting import wait_for

_PROGRAM: Final = Path(__file__).with_name("in_pod.py")
_CHART_USER: Final = 1000
"""User and group of the chart's hub, if its Deployment names none."""
_START_SECONDS: Final = 300
"""Time for a node to have the image and the volume."""
_LONGEST_SECONDS: Final = 3600
"""Time after which Kubernetes stops a pod that an interrupted run has left."""
_CHUNK: Final = 1 << 20
_STATUS: Final = 3
"""Channel on which Kubernetes tells how the program has ended."""


@contextmanager
def database_pod(core: CoreV1Api, place: Place, *, read_only: bool) -> Generator[Callable[..., dict[str, Any]]]:
    """Run a pod with the database during the block; yields a function that runs `in_pod` in it.

    Raises:
        ToolError: The pod does not start, or the program says what is wrong.
    """
    delete(core, place.namespace)
    core.create_namespaced_pod(place.namespace, manifest(place, read_only=read_only))
    try:
        wait_in_cluster(lambda: _runs(core, place.namespace), _START_SECONDS, _reason(core, place))

        def run(command: str, *words: str, text: str = "") -> dict[str, Any]:
            return _run(core, place, [command, place.file, *words], text)

        yield run
    finally:
        delete(core, place.namespace)


def manifest(place: Place, *, read_only: bool) -> V1Pod:
    """Return the pod, as Pod Security restricted demands it."""
    hub, container, mount = place.workload.spec.template.spec, place.container, place.mount
    of_pod = hub.security_context or V1PodSecurityContext()
    own = container.security_context or V1SecurityContext()
    user = own.run_as_user or of_pod.run_as_user or _CHART_USER
    group = own.run_as_group or of_pod.run_as_group or of_pod.fs_group or user
    return V1Pod(
        metadata=V1ObjectMeta(name=POD, labels={"app.kubernetes.io/name": POD}),
        spec=V1PodSpec(
            restart_policy="Never",
            active_deadline_seconds=_LONGEST_SECONDS,
            termination_grace_period_seconds=0,
            automount_service_account_token=False,
            enable_service_links=False,
            node_selector=hub.node_selector,
            tolerations=hub.tolerations,
            image_pull_secrets=hub.image_pull_secrets,
            security_context=V1PodSecurityContext(
                run_as_non_root=True,
                run_as_user=user,
                run_as_group=group,
                fs_group=of_pod.fs_group,
                fs_group_change_policy=of_pod.fs_group_change_policy,
                seccomp_profile=V1SeccompProfile(type="RuntimeDefault"),
            ),
            containers=[
                V1Container(
                    name="database",
                    image=container.image,
                    image_pull_policy=container.image_pull_policy,
                    command=["sleep", str(_LONGEST_SECONDS)],
                    resources=V1ResourceRequirements(
                        requests={"cpu": "10m", "memory": "128Mi"}, limits={"cpu": "1", "memory": "1Gi"}
                    ),
                    security_context=V1SecurityContext(
                        allow_privilege_escalation=False,
                        capabilities=V1Capabilities(drop=["ALL"]),
                        read_only_root_filesystem=True,
                    ),
                    volume_mounts=[
                        V1VolumeMount(
                            name="database",
                            mount_path=mount.mount_path,
                            sub_path=mount.sub_path,
                            read_only=read_only,
                        ),
                        V1VolumeMount(name="tmp", mount_path="/tmp"),  # noqa: S108 inside the pod
                    ],
                )
            ],
            volumes=[
                V1Volume(
                    name="database",
                    persistent_volume_claim=V1PersistentVolumeClaimVolumeSource(claim_name=place.claim),
                ),
                V1Volume(name="tmp", empty_dir=V1EmptyDirVolumeSource()),
            ],
        ),
    )


def delete(core: CoreV1Api, namespace: str) -> None:
    """Delete the pod, and wait until it is gone."""
    try:
        core.delete_namespaced_pod(POD, namespace, grace_period_seconds=0)
    except ApiException as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
    undeleted = f"{namespace}/{POD} is not deleted"
    wait_in_cluster(lambda: _found(core, namespace) is None, _START_SECONDS, lambda: undeleted)


def wait_in_cluster(condition: Callable[[], bool], seconds: float, problem: Callable[[], str]) -> None:
    """Wait until a condition is true.

    Raises:
        ToolError: It is not in time, with the problem and what to do.
    """
    again = f"Waited {seconds:.0f} s; run the same command again."
    wait_for(condition, seconds=seconds, problem=lambda: f"{problem()}. {again}")


def _found(core: CoreV1Api, namespace: str) -> ApiObject:
    pods: list[ApiObject] = core.list_namespaced_pod(namespace, field_selector=f"metadata.name={POD}").items
    return pods[0] if pods else None


def _runs(core: CoreV1Api, namespace: str) -> bool:
    pod = _found(core, namespace)
    return pod is not None and pod.status.phase == "Running"


def _reason(core: CoreV1Api, place: Place) -> Callable[[], str]:
    def reason() -> str:
        selector = f"involvedObject.name={POD},type=Warning"
        events: list[ApiObject] = core.list_namespaced_event(place.namespace, field_selector=selector).items
        last = f": {events[-1].message}" if events else ""
        return f"The pod {place.namespace}/{POD} does not start{last}"

    return reason


def _run(core: CoreV1Api, place: Place, words: list[str], text: str) -> dict[str, Any]:
    client = cast(
        "Any",
        stream(
            core.connect_get_namespaced_pod_exec,
            POD,
            place.namespace,
            command=["python3", "-c", _PROGRAM.read_text(), *words],
            stdin=bool(text),
            stdout=True,
            stderr=True,
            _preload_content=False,
        ),
    )
    try:
        for start in range(0, len(text), _CHUNK):
            client.write_stdin(text[start : start + _CHUNK])
        client.run_forever()
    except (OSError, WebSocketException) as error:
        message = f"The connection to the pod {place.namespace}/{POD} ended: {error}. Run the same command again."
        raise ToolError(message) from None
    printed, wrong = str(client.read_stdout()), str(client.read_stderr())
    status: dict[str, Any] = yaml.safe_load(str(client.read_channel(_STATUS))) or {}
    if status.get("status") != "Success":
        message = f"{place}: {wrong.strip() or 'the program in the pod was stopped; run the same command again'}."
        raise ToolError(message)
    found: dict[str, Any] = json.loads(printed)
    return found
