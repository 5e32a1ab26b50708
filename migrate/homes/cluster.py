"""Claims and volumes of homes in a cluster."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from kubernetes.client import CoreV1Api
from kubernetes.client.exceptions import ApiException
from kubespawner.slugs import multi_slug, safe_slug
from pydantic import ValidationError

from migrate.connection import ApiObject
from migrate.homes.steps import Home, Record, Reference
from tools.errors import ToolError

ANNOTATION: Final = "jupyterhub-on-gke/moved-home"
"""Annotation of a volume with its `Record`."""
USER: Final = "hub.jupyter.org/username"
"""Annotation of a home's claim with the name of its user."""
SERVER: Final = "hub.jupyter.org/servername"
"""Annotation of a home's claim with the name of its server."""
_OF_BINDING: Final = (
    "pv.kubernetes.io/",
    "volume.kubernetes.io/",
    "volume.beta.kubernetes.io/",
    "kubectl.kubernetes.io/",
)
_LONGEST: Final = 48
"""Longest slug of KubeSpawner in the name of a claim."""


def homes(core: CoreV1Api, old: str, new: str, *, back: bool = False) -> list[Home]:
    """Return the homes of a hub, and those whose move to another one has begun.

    Args:
        core: The cluster.
        old: Namespace of the old hub's servers.
        new: Namespace of this hub's notebooks.
        back: Whether they move from this hub to the old one: those that came from it.

    Raises:
        ToolError: A namespace does not exist, or may not be read.
    """
    source, target = (new, old) if back else (old, new)
    try:
        for namespace in (old, new):
            core.read_namespace(namespace)
        all_volumes: list[ApiObject] = core.list_persistent_volume().items
        claims: dict[str, list[ApiObject]] = {
            name: core.list_namespaced_persistent_volume_claim(name).items for name in (old, new)
        }
        pods: list[ApiObject] = core.list_namespaced_pod(source).items
    except ApiException as error:
        message = f"The cluster does not tell the homes of {old} and {new}: {error.reason}. {_hint(error)}"
        raise ToolError(message) from None
    volumes: dict[str, ApiObject] = {volume.metadata.name: volume for volume in all_volumes}
    records = {name: record for name, volume in volumes.items() if (record := record_of(volume))}
    for claim in [] if back else claims[old]:
        name = claim.spec.volume_name
        if name in volumes and name not in records and (record := _record(claim, volumes[name], new)):
            records[name] = record
    return [
        _home(volumes[name], record.back if back else record, claims[source], claims[target], pods)
        for name, record in sorted(records.items())
        if (record.source.namespace, record.target.namespace) == (old, new)
    ]


def reread(core: CoreV1Api, home: Home) -> Home:
    """Return a home as it is now: its volume and its two claims."""
    record = home.record
    volume: ApiObject = core.read_persistent_volume(home.volume)
    return _home(volume, record, _claims(core, record.source), _claims(core, record.target), [])


def _claims(core: CoreV1Api, reference: Reference) -> list[ApiObject]:
    """Return the claim, if it is there."""
    try:
        return [core.read_namespaced_persistent_volume_claim(reference.name, reference.namespace)]
    except ApiException as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return []


def record_of(volume: ApiObject) -> Record | None:
    """Return what a volume remembers of its move."""
    annotations: dict[str, str] = volume.metadata.annotations or {}
    text = annotations.get(ANNOTATION)
    if text is None:
        return None
    try:
        return Record.model_validate(json.loads(text))
    except (ValueError, ValidationError):
        message = (
            f"The annotation {ANNOTATION} of the volume {volume.metadata.name} cannot be read; correct or remove it."
        )
        raise ToolError(message) from None


def name_of_claim(user: str, server: str) -> str:
    """Return the name of a home's claim, as KubeSpawner makes it of `claim-{user_server}`."""
    names = [safe_slug(name, max_length=_LONGEST) for name in (user, server) if name]
    if len("--".join(names)) > _LONGEST:
        return f"claim-{multi_slug([user, server], max_length=_LONGEST)}"
    return f"claim-{'--'.join(names)}"


def _record(claim: ApiObject, volume: ApiObject, target: str) -> Record | None:
    annotations: dict[str, str] = claim.metadata.annotations or {}
    user, server = annotations.get(USER), annotations.get(SERVER, "")
    if user is None:
        return None  # no home of KubeSpawner
    return Record(
        source=Reference(namespace=claim.metadata.namespace, name=claim.metadata.name),
        target=Reference(namespace=target, name=name_of_claim(user, server)),
        user=user,
        server=server,
        policy=volume.spec.persistent_volume_reclaim_policy,
        access_modes=tuple(claim.spec.access_modes),
        labels=claim.metadata.labels or {},
        annotations={name: text for name, text in annotations.items() if not name.startswith(_OF_BINDING)},
    )


def _home(
    volume: ApiObject,
    record: Record,
    sources: Iterable[ApiObject],
    targets: Iterable[ApiObject],
    pods: Iterable[ApiObject],
) -> Home:
    name, reference = volume.metadata.name, volume.spec.claim_ref
    claims = [claim for claim in targets if claim.metadata.name == record.target.name]
    return Home(
        volume=name,
        record=record,
        is_recorded=record_of(volume) is not None,
        policy=volume.spec.persistent_volume_reclaim_policy,
        claim=Reference(namespace=reference.namespace, name=reference.name) if reference else None,
        source_exists=any(claim.metadata.name == record.source.name for claim in sources),
        target_exists=bool(claims),
        target_is_bound=any(claim.spec.volume_name == name and claim.status.phase == "Bound" for claim in claims),
        users=tuple(pod.metadata.name for pod in pods if record.source.name in _claims_of(pod)),
    )


def _claims_of(pod: ApiObject) -> set[str]:
    if pod.status.phase in {"Succeeded", "Failed"}:
        return set()
    volumes: list[ApiObject] = pod.spec.volumes or []
    claims: list[ApiObject] = [volume.persistent_volume_claim for volume in volumes]
    return {str(claim.claim_name) for claim in claims if claim}


def _hint(error: ApiException) -> str:
    if error.status == HTTPStatus.NOT_FOUND:
        return "Bring the new hub up first (pulumi up), and check both names."
    return "Check the context of the kubeconfig, and the rights of its account on volumes and claims."
