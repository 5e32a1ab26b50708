"""The hub's watch on the proxy, which may lose routes in a crash or with its node."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError, ClientTimeout
from jupyterhub.httpclient import fetch
from jupyterhub.proxy import ConfigurableHTTPProxy

from hub.spare import SpareMixin
from hub.stray_pods import PodCheckMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

WATCH_SECONDS: Final = 1
"""Interval of the watch."""

CHECKED: Final = "/hub/checked-routes"
"""Path of the route that marks a process of the proxy whose routes the hub has checked. A new process lacks it, as no
proxy keeps or copies it: it is no route of JupyterHub's."""


class WatchedProxy(SpareMixin, PodCheckMixin, ConfigurableHTTPProxy):
    """configurable-http-proxy whose routes are checked within a second after its process has changed."""

    outage: str | None = None
    """Why the proxy does not answer now; None if it does."""
    count_open_tabs = True
    """Whether requests to a server are activity. The proxy cannot tell those of an open tab from those of a person."""
    _watch: asyncio.Task[None] | None = None

    async def get_all_routes(self) -> dict[str, Any]:
        """Return the routes by path; their data have the server's last activity if requests count."""
        routes = await super().get_all_routes()
        if not self.count_open_tabs:
            for route in routes.values():
                route["data"].pop("last_activity", None)
        return routes

    async def check_routes(
        self, user_dict: Mapping[Any, Any], service_dict: Mapping[Any, Any], routes: dict[str, Any] | None = None
    ) -> None:
        """Check the routes, as JupyterHub does at its start and once a minute; the first call starts the watch."""
        await super().check_routes(user_dict, service_dict, routes)
        if self._watch is None:
            self._watch = asyncio.create_task(self._check_new_processes(user_dict, service_dict))

    async def _check_new_processes(self, user_dict: Mapping[Any, Any], service_dict: Mapping[Any, Any]) -> None:
        checked = False
        while True:
            try:
                checked = checked and await self._is_checked()
                if not checked:
                    # First the mark: a process that ends before the check has lost it, and is checked again.
                    await self.api_request(CHECKED, method="POST", body={"target": self.hub.host})
                    await self.check_routes(user_dict, service_dict)
                    checked = True
                    self.log.info("Checked the routes of a new proxy, or of a new hub")
                self._set_outage(None)
            except Exception as error:  # noqa: BLE001 the watch must never end
                self._set_outage(str(error) or type(error).__name__)
            await asyncio.sleep(WATCH_SECONDS)

    async def _is_checked(self) -> bool:
        """Return whether this process of the proxy has the mark.

        Raises:
            aiohttp.ClientError, TimeoutError: The proxy does not answer.
        """
        answer = await fetch(
            f"{self.api_url}/api/routes{CHECKED}",
            headers={"Authorization": f"token {self.auth_token}"},
            raise_for_status=False,
            timeout=ClientTimeout(total=5),
        )
        answer.release()
        if answer.status not in {200, 404}:
            msg = f"status {answer.status}"
            raise ClientError(msg)
        return answer.status == 200

    def _set_outage(self, outage: str | None) -> None:
        if outage and not self.outage:
            self.log.error("The proxy does not answer at %s: %s", self.api_url, outage)
        elif self.outage and not outage:
            self.log.info("The proxy answers again")
        self.outage = outage
