"""The volume of a hub's database, and the hub that has it."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Final

from kubernetes.client import AppsV1Api, CoreV1Api
from kubernetes.client.exceptions import ApiException

from migrate.connection import ApiObject

ANNOTATION: Final = "jupyterhub-on-gke/moved-database"
"""Annotation of a volume with the claim from which its database was copied."""
POD: Final = "moved-database"
"""Name of the pods of this program; an interrupted run may have left one."""
_FILE: Final = "jupyterhub.sqlite"
_ENDED: Final = {"Succeeded", "Failed"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A claim with a database, as the cluster has it."""

    namespace: str
    claim: str
    volume: str | None
    """Name of the PersistentVolume; None if the claim does not exist, or is not bound."""
    moved_from: str | None
    """The claim from which the database was copied, `<namespace>/<name>`."""
    workload: ApiObject
    """Deployment or StatefulSet of the hub; None if no one has the claim."""
    pods: tuple[str, ...]
    """Pods that use the claim, without those of this program."""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.claim}"

    @property
    def scale(self) -> str:
        """The command that stops the hub."""
        kind, name = str(self.workload.kind).lower(), self.workload.metadata.name
        return f"kubectl --namespace {self.namespace} scale {kind} {name} --replicas=0"

    @property
    def container(self) -> ApiObject:
        """The hub's container."""
        return next(one for one in self.workload.spec.template.spec.containers if self._mounts(one))

    @property
    def mount(self) -> ApiObject:
        """Mount of the volume in the hub's container."""
        return self._mounts(self.container)[0]

    @property
    def file(self) -> str:
        """Path of the database in the hub's container."""
        return str(PurePosixPath(self.mount.mount_path, _FILE))

    def _mounts(self, container: ApiObject) -> list[ApiObject]:
        volumes = {one.name for one in self.workload.spec.template.spec.volumes if _has(one, self.claim)}
        mounts: list[ApiObject] = container.volume_mounts or []
        return [mount for mount in mounts if mount.name in volumes]


def find(core: CoreV1Api, apps: AppsV1Api, namespace: str, claim: str) -> Place:
    """Return the place of a database as it is now; see `Place` for what may be missing."""
    volume = _volume(core, namespace, claim)
    deployments: list[ApiObject] = apps.list_namespaced_deployment(namespace).items
    sets: list[ApiObject] = apps.list_namespaced_stateful_set(namespace).items
    for kind, found in (("Deployment", deployments), ("StatefulSet", sets)):
        for one in found:
            one.kind = kind  # lists do not have it
    annotations: dict[str, str] = (volume.metadata.annotations or {}) if volume else {}
    return Place(
        namespace=namespace,
        claim=claim,
        volume=volume.metadata.name if volume else None,
        moved_from=annotations.get(ANNOTATION),
        workload=next((one for one in [*sets, *deployments] if _uses(one.spec.template.spec, claim)), None),
        pods=pods_with(core, namespace, claim),
    )


def pods_with(core: CoreV1Api, namespace: str, claim: str) -> tuple[str, ...]:
    """Return the pods that use a claim, without those of this program."""
    pods: list[ApiObject] = core.list_namespaced_pod(namespace).items
    return tuple(
        pod.metadata.name
        for pod in pods
        if pod.metadata.name != POD and pod.status.phase not in _ENDED and _uses(pod.spec, claim)
    )


def problems(old: Place, new: Place, *, name: str, back: bool) -> list[str]:
    """Return what forbids to copy the database, or to take it back, with what to do.

    Args:
        old: The other hub's database.
        new: This hub's database.
        name: Setting `name` of the stack.
        back: Whether it is taken back.
    """
    found: list[str] = []
    for place, hint in (
        (old, "give the claim of the old hub's database with --claim"),
        (new, "bring the new hub up first (pulumi up), and give its setting `name` with --name"),
    ):
        if back and place is old:
            continue
        if place.volume is None:
            found.append(f"the claim {place} does not exist, or has no volume; {hint}: docs/migrate.md#database")
        elif place.workload is None:
            found.append(f"no Deployment or StatefulSet has the claim {place}, from which the image and the user come")
    if not back and old.workload is not None and old.pods:
        found.append(f"{old} is in use by {', '.join(old.pods)}; stop the old hub first: {old.scale}")
    if new.volume and (others := [pod for pod in new.pods if pod != f"{name}-0"]):
        found.append(f"{new} is in use by {', '.join(others)}, beside the hub; stop what has started it")
    if back and new.volume and new.moved_from is None:
        found.append(f"{new} has no database of another hub")
    if not back and new.moved_from not in (None, str(old)):
        found.append(f"{new} has the database of {new.moved_from}; take it back first: --back --apply")
    return found


def _volume(core: CoreV1Api, namespace: str, claim: str) -> ApiObject:
    try:
        found: ApiObject = core.read_namespaced_persistent_volume_claim(claim, namespace)
    except ApiException as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None
    return core.read_persistent_volume(found.spec.volume_name) if found.spec.volume_name else None


def _uses(spec: ApiObject, claim: str) -> bool:
    volumes: list[ApiObject] = spec.volumes or []
    return any(_has(one, claim) for one in volumes)


def _has(volume: ApiObject, claim: str) -> bool:
    return volume.persistent_volume_claim is not None and volume.persistent_volume_claim.claim_name == claim
