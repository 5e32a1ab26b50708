"""A look at a user's home volume before the server starts: it must exist, and grows to the configured size."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import ClientError
from jupyterhub import orm
from kubernetes_asyncio.client.exceptions import ApiException
from sqlalchemy import Text, literal_column

from hub import quantity
from hub.errors import HubError
from hub.kubernetes_view import UnreachableError

if TYPE_CHECKING:
    from kubernetes_asyncio.client import V1PersistentVolumeClaim
    from kubespawner import KubeSpawner

_SECONDS = 5
"""Timeout of Kubernetes' answers."""


async def prepare(spawner: KubeSpawner) -> None:
    """Check the claim of the home, and expand it if it is smaller than configured. Volumes never shrink.

    Raises:
        HubError: Kubernetes does not answer; or the claim is another user's; or it is gone, is being deleted, or has
            lost its volume, and KubeSpawner, which believes its own record, would wait until the timeout. A claim that
            is gone is forgotten: the next start creates one. Homes of another hub may have got their names of this one.
    """
    if not spawner.storage_pvc_ensure:
        return
    require_own(spawner)
    try:
        claim = await _claim(spawner, spawner.pvc_name) or await _under_own_name(spawner)
    except ApiException as error:
        spawner.log.warning("Cannot read %s: %s", spawner.pvc_name, error.body or error.reason)
        return
    except (ClientError, OSError) as error:
        spawner.log.warning("Cannot read %s: Kubernetes does not answer (%r)", spawner.pvc_name, error)
        raise UnreachableError from error
    if claim is None:
        _forget(spawner)
        return
    name = spawner.pvc_name
    if claim.metadata.deletion_timestamp:
        message = f"Your home volume ({name}) is being deleted. Ask the operator of this hub, or try again in a minute."
        raise HubError([message], status=503)
    if claim.status.phase == "Lost":
        message = f"The disk of your home volume ({name}) does not exist any more. Ask the operator of this hub."
        raise HubError([message], status=503)
    await _expand(spawner, claim)


async def _claim(spawner: KubeSpawner, name: str) -> V1PersistentVolumeClaim | None:
    try:
        return await spawner.api.read_namespaced_persistent_volume_claim(
            name, spawner.namespace, _request_timeout=_SECONDS
        )
    except ApiException as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


async def _under_own_name(spawner: KubeSpawner) -> V1PersistentVolumeClaim | None:
    """Find a home whose remembered claim is gone under the name that this hub gives it, and remember that name.

    Raises:
        HubError: It is another user's.
    """
    remembered, own = spawner.pvc_name, spawner._expand_user_properties(spawner.pvc_name_template)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- no public name
    claim = None if own == remembered else await _claim(spawner, own)
    if claim is not None:
        spawner.pvc_name, spawner._pvc_exists = own, False  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        require_own(spawner)
        spawner.log.info("The home of %s is %s, and %s before", spawner.user.name, own, remembered)
    return claim


def require_own(spawner: KubeSpawner) -> None:
    """Refuse the first start of a user whose home would be that of a user who was renamed: it went along.

    Raises:
        HubError: The home is another user's.
    """
    is_shared = "user" not in spawner.pvc_name_template
    if is_shared or spawner._pvc_exists:  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- no public name
        return
    record = literal_column("spawners.state", Text)
    found = spawner.user.db.query(orm.Spawner).filter(
        record.contains(json.dumps(spawner.pvc_name), autoescape=True), orm.Spawner.user_id != spawner.user.orm_user.id
    )
    for other in found:
        if other.state.get("pvc_name") != spawner.pvc_name:
            continue
        name = spawner.user.name
        spawner.log.warning("%s is the home of %s, and not of %s", spawner.pvc_name, other.user.name, name)
        raise HubError(
            [
                f"The home volume {spawner.pvc_name} belongs to another user, who had the name {name} before.",
                "Ask the operator of this hub.",
            ],
            status=HTTPStatus.FORBIDDEN,
        )


def _forget(spawner: KubeSpawner) -> None:
    """Forget a claim that is gone; KubeSpawner creates a claim that it does not remember."""
    if not spawner._pvc_exists:  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- no public name
        return
    spawner._pvc_exists = False  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    spawner.log.warning("%s, the home of %s, does not exist any more", spawner.pvc_name, spawner.user.name)
    raise HubError(
        [
            f"Your home volume ({spawner.pvc_name}) does not exist any more: it was deleted, or this hub has moved.",
            "Your next start creates a new, empty home. If you miss files, ask the operator of this hub before that.",
        ],
        status=503,
    )


async def _expand(spawner: KubeSpawner, claim: V1PersistentVolumeClaim) -> None:
    """Request the configured size if the claim requests less. Kubernetes expands volumes while they are in use."""
    name, wanted = spawner.pvc_name, spawner.storage_capacity
    asked = claim.spec.resources.requests["storage"]
    if quantity.parse(asked) >= quantity.parse(wanted):
        return
    larger = {"spec": {"resources": {"requests": {"storage": wanted}}}}
    try:
        await spawner.api.patch_namespaced_persistent_volume_claim(
            name, spawner.namespace, larger, _request_timeout=_SECONDS
        )
        spawner.log.info("Expanding %s from %s to %s", name, asked, wanted)
    except ApiException as error:
        # 403: its StorageClass does not allow expansion, or the quota is used up.
        spawner.log.warning("Cannot expand %s to %s: %s", name, wanted, error.body or error.reason)
    except (ClientError, OSError) as error:
        spawner.log.warning("Cannot expand %s to %s: Kubernetes does not answer (%s)", name, wanted, error)
