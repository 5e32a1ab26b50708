"""Placeholders of servers that nobody has started yet, at their hours.

The hub looks once a minute, and sets the number of each Deployment to what the clock says. So nothing is missed while
it restarts, or when the clocks change.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import ClientError
from jupyterhub.proxy import Proxy
from kubernetes_asyncio.client.exceptions import ApiException
from kubespawner import KubeSpawner
from kubespawner.clients import shared_client

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hub.contract_spare import Hours, Spare

_SECONDS: Final = 10
"""Timeout of a request."""
_MANAGER: Final = "jupyterhub"
"""Field manager of the number, which is not Pulumi's."""


class SpareMixin(Proxy):
    """Mixin, before a proxy's class: JupyterHub checks the proxy at its start and once a minute, and here the hours."""

    spare: Sequence[Spare] = ()
    """The Deployments."""
    spare_namespace = ""
    """Their namespace."""
    _scaled: Mapping[str, int | None] = {}
    _scaling: asyncio.Task[None] | None = None

    async def check_routes(
        self, user_dict: Mapping[Any, Any], service_dict: Mapping[Any, Any], routes: dict[str, Any] | None = None
    ) -> None:
        """Check the routes, and the hours in the background, as Kubernetes may not answer."""
        # Only a spawner of Kubernetes has loaded the address of its API.
        ready = bool(self.spare) and issubclass(self.app.spawner_class, KubeSpawner)
        if ready and (self._scaling is None or self._scaling.done()):
            self._scaling = asyncio.create_task(self.scale(datetime.now(UTC)))
        await super().check_routes(user_dict, service_dict, routes)

    async def scale(self, now: datetime) -> None:
        """Set the number of placeholders of each Deployment to that of a time."""
        self.app.spawner_class(_mock=True, config=self.app.config)  # loads the address of Kubernetes' API
        self._scaled = {one.deployment: await self._scale(one, now) for one in self.spare}

    async def _scale(self, of: Spare, now: datetime) -> int | None:
        """Return the number of placeholders if Kubernetes has taken it."""
        name = of.deployment
        try:
            number = servers(of, now)
            await shared_client("AppsV1Api").patch_namespaced_deployment_scale(
                name,
                self.spare_namespace,
                {"spec": {"replicas": number}},
                field_manager=_MANAGER,
                _request_timeout=_SECONDS,
            )
        except (ZoneInfoNotFoundError, ApiException, ClientError, OSError, TimeoutError) as error:
            # The preview knows each time zone; an image of the hub with older data may not.
            reason = error.reason if isinstance(error, ApiException) else repr(error)
            self.log.warning("Cannot set the number of placeholders of %s, trying again: %s", name, reason)
            return None
        if number != self._scaled.get(name):
            self.log.info("Spare capacity for %d servers: %s", number, name)
        return number


def servers(spare: Spare, now: datetime) -> int:
    """Return the number of placeholders at a time."""
    return sum(one.servers for one in spare.entries if one.hours is None or is_within(one.hours, now))


def is_within(hours: Hours, now: datetime) -> bool:
    """Return whether a time is within hours, by the clock of their time zone.

    When it is put forward, hours that begin in the missing hour begin after it; when it is put back, the hour that
    comes twice counts twice.
    """
    local = now.astimezone(ZoneInfo(hours.zone))
    minute, today = local.hour * 60 + local.minute, local.weekday()
    if hours.start < hours.end:
        return today in hours.days and hours.start <= minute < hours.end
    yesterday = (local.date() - timedelta(days=1)).weekday()
    return (today in hours.days and minute >= hours.start) or (yesterday in hours.days and minute < hours.end)
