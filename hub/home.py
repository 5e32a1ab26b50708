"""Makes a home larger when its owner's server starts, if the stack gives more than it has. None ever gets smaller."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, cast

from aiohttp import ClientError
from kubernetes_asyncio.client.exceptions import ApiException

from hub import quantity

if TYPE_CHECKING:
    import logging
    from collections.abc import Awaitable

_SECONDS = 5
"""In which Kubernetes has to answer. A server starts with the home as it is, too."""


class _Api(Protocol):
    def read_namespaced_persistent_volume_claim(
        self, name: str, namespace: str, *, _request_timeout: float
    ) -> Awaitable[object]: ...

    def patch_namespaced_persistent_volume_claim(
        self, name: str, namespace: str, body: object, *, _request_timeout: float
    ) -> Awaitable[object]: ...


class _Resources(Protocol):
    requests: dict[str, str]


class _ClaimSpec(Protocol):
    resources: _Resources


class _Claim(Protocol):
    spec: _ClaimSpec


class Spawner(Protocol):
    """What is needed of KubeSpawner."""

    namespace: str
    pvc_name: str
    storage_capacity: str
    """How large a home is to be."""
    log: logging.Logger

    @property
    def api(self) -> _Api:
        """Client of Kubernetes' core API."""
        ...


async def grow(spawner: Spawner) -> None:
    """Ask for as much as the stack gives, if the home has less; a mounted disk grows while it is in use."""
    name, namespace, wanted = spawner.pvc_name, spawner.namespace, spawner.storage_capacity
    try:
        claim = await spawner.api.read_namespaced_persistent_volume_claim(name, namespace, _request_timeout=_SECONDS)
        asked = cast("_Claim", claim).spec.resources.requests["storage"]
        if quantity.parse(asked) >= quantity.parse(wanted):
            return
        larger = {"spec": {"resources": {"requests": {"storage": wanted}}}}
        await spawner.api.patch_namespaced_persistent_volume_claim(name, namespace, larger, _request_timeout=_SECONDS)
        spawner.log.info("%s grows from %s to %s", name, asked, wanted)
    except ApiException as error:
        # Not found: it is being made just now. Forbidden: its class does not let it grow, or the quota is used up.
        if error.status != HTTPStatus.NOT_FOUND:
            spawner.log.warning("%s does not grow to %s: %s", name, wanted, error.body or error.reason)
    except (ClientError, OSError) as error:
        spawner.log.warning("%s does not grow to %s now: Kubernetes gives no answer (%s)", name, wanted, error)
