"""The steps of a move."""

import time
from collections.abc import Callable
from typing import Final

from kubernetes.client import (
    CoreV1Api,
    V1ObjectMeta,
    V1PersistentVolumeClaim,
    V1PersistentVolumeClaimSpec,
    V1VolumeResourceRequirements,
)
from kubernetes.client.exceptions import ApiException

from components.dynamic.api_client import message_of
from migrate.connection import ApiObject
from migrate.homes.cluster import ANNOTATION, SERVER, USER, reread
from migrate.homes.steps import RETAIN, Home, Step, next_step
from tools.errors import ToolError

_SECONDS: Final = 60
"""Time for Kubernetes to follow a step."""
_LABELS: Final = {
    "app.kubernetes.io/component": "singleuser-server",
    "app.kubernetes.io/managed-by": "kubespawner",
    "app.kubernetes.io/name": "jupyterhub",
    "component": "singleuser-storage",
}
"""Labels that KubeSpawner gives the claims of homes."""


def move(core: CoreV1Api, home: Home, *, back: bool, tell: Callable[[Step], None]) -> None:
    """Run the remaining steps of a home, and read its state from the cluster after each.

    Args:
        core: The cluster.
        home: The home.
        back: Whether it moves to the hub that it came from.
        tell: Called with each step before it is taken.

    Raises:
        ToolError: Kubernetes refuses a step, or does not follow it in time. A further run goes on there.
    """
    until = time.monotonic() + _SECONDS
    last = None
    while (step := next_step(home)) is not Step.DONE:
        is_new = step is not last
        if is_new:
            tell(step)
            until, last = time.monotonic() + _SECONDS, step
        elif time.monotonic() > until:
            message = f"{home.record.source}: waited {_SECONDS} s to {step.value}. Run the same command again."
            raise ToolError(message)
        else:
            time.sleep(0.5)
        try:
            if is_new:
                _take(core, home, step, back=back)
            home = reread(core, home)
        except ApiException as error:
            message = f"{home.record.source}: Kubernetes refuses to {step.value}: {message_of(error)}"
            raise ToolError(message) from None
    if back:
        core.patch_persistent_volume(home.volume, {"metadata": {"annotations": {ANNOTATION: None}}})


def _take(core: CoreV1Api, home: Home, step: Step, *, back: bool) -> None:
    record = home.record
    if step is Step.RETAIN:
        kept = record.back if back else record
        annotations = {ANNOTATION: kept.model_dump_json()}
        spec = {"persistentVolumeReclaimPolicy": RETAIN}
        core.patch_persistent_volume(home.volume, {"metadata": {"annotations": annotations}, "spec": spec})
    elif step is Step.DELETE:
        core.delete_namespaced_persistent_volume_claim(record.source.name, record.source.namespace)
    elif step is Step.RESERVE:
        reference = {**record.target.model_dump(), "apiVersion": "v1", "kind": "PersistentVolumeClaim"}
        # With the UID of the old claim, the volume would wait for it for ever.
        reference |= {"uid": None, "resourceVersion": None}
        core.patch_persistent_volume(home.volume, {"spec": {"claimRef": reference}})
    elif step is Step.CREATE:
        claim = _claim(home, core.read_persistent_volume(home.volume), back=back)
        core.create_namespaced_persistent_volume_claim(record.target.namespace, claim)
    elif step is Step.RESTORE:
        core.patch_persistent_volume(home.volume, {"spec": {"persistentVolumeReclaimPolicy": record.policy}})


def _claim(home: Home, volume: ApiObject, *, back: bool) -> V1PersistentVolumeClaim:
    record = home.record
    metadata = V1ObjectMeta(
        name=record.target.name,
        labels=record.labels if back else _LABELS,
        annotations=record.annotations if back else {USER: record.user, SERVER: record.server},
    )
    spec = V1PersistentVolumeClaimSpec(
        access_modes=list(record.access_modes),
        storage_class_name=volume.spec.storage_class_name or "",
        volume_name=home.volume,
        resources=V1VolumeResourceRequirements(requests={"storage": volume.spec.capacity["storage"]}),
    )
    return V1PersistentVolumeClaim(metadata=metadata, spec=spec)
