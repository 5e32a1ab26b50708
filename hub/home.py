"""Expansion of home volumes to the configured size when a server starts. Volumes never shrink."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import ClientError
from kubernetes_asyncio.client.exceptions import ApiException

from hub import quantity

if TYPE_CHECKING:
    from kubespawner import KubeSpawner

_SECONDS = 5
"""Timeout of Kubernetes' answers. Without one the server starts with the volume as it is."""


async def expand(spawner: KubeSpawner) -> None:
    """Request the configured size if the claim requests less. Kubernetes expands volumes while they are in use."""
    name, namespace, wanted = spawner.pvc_name, spawner.namespace, spawner.storage_capacity
    try:
        claim = await spawner.api.read_namespaced_persistent_volume_claim(name, namespace, _request_timeout=_SECONDS)
        asked = claim.spec.resources.requests["storage"]
        if quantity.parse(asked) >= quantity.parse(wanted):
            return
        larger = {"spec": {"resources": {"requests": {"storage": wanted}}}}
        await spawner.api.patch_namespaced_persistent_volume_claim(name, namespace, larger, _request_timeout=_SECONDS)
        spawner.log.info("Expanding %s from %s to %s", name, asked, wanted)
    except ApiException as error:
        # 404: KubeSpawner is creating it. 403: its StorageClass does not allow expansion, or the quota is used up.
        if error.status != HTTPStatus.NOT_FOUND:
            spawner.log.warning("Cannot expand %s to %s: %s", name, wanted, error.body or error.reason)
    except (ClientError, OSError) as error:
        spawner.log.warning("Cannot expand %s to %s: Kubernetes does not answer (%s)", name, wanted, error)
