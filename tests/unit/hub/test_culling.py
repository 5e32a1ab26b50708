"""The real hub with the real idle culler, a server that only answers, and a browser tab that stays open."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from hub.contract import HubConfig
from tests.doubles.http_double import HttpDouble
from tests.unit.hub.choice_configs import choice
from tests.unit.hub.running_hub import running

FAST = """
from hub.proxy import WatchedProxy

c.JupyterHub.proxy_class = WatchedProxy
c.ConfigurableHTTPProxy.api_url = {proxy!r}
c.JupyterHub.last_activity_interval = 1
c.JupyterHub.services[0]["command"] = [
    *(part for part in c.JupyterHub.services[0]["command"] if not part.startswith("--")),
    "--cull-every=1", "--timeout={timeout}", "--max-age={max_age}",
    "--NotebookCuller.choice_hours=brief=0.002", f"--url={{c.JupyterHub.hub_bind_url}}/hub/api",
]
"""


@dataclass(kw_only=True)
class ProxyApi(HttpDouble):
    """The API of configurable-http-proxy, with an open tab of each server: it has always a request to come."""

    routes: dict[str, dict[str, Any]] = field(init=False, default_factory=dict[str, dict[str, Any]])

    def application(self) -> web.Application:
        """Return the API."""
        app = web.Application()
        app.router.add_get("/api/routes", self._list)
        app.router.add_get("/api/routes/{path:.*}", self._list)
        app.router.add_post("/api/routes/{path:.*}", self._add)
        app.router.add_delete("/api/routes/{path:.*}", self._delete)
        return app

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response(self.routes)

    async def _add(self, request: web.Request) -> web.Response:
        last = datetime.now(UTC) + timedelta(hours=1)
        self.routes[f"/{request.match_info['path']}"] = {**await request.json(), "last_activity": last.isoformat()}
        return web.Response(status=201)

    async def _delete(self, request: web.Request) -> web.Response:
        self.routes.pop(f"/{request.match_info['path']}", None)
        return web.Response(status=204)


@pytest.mark.parametrize(
    ("changes", "timeout", "max_age", "reason"),
    [
        # The tab keeps the server for longer than the timeout, and not for longer than the maximum age.
        ({"max_hours": 1}, 10, 15, "(age: "),
        ({"count_open_tabs": False}, 2, 0, "(inactive for "),
    ],
)
def test_an_open_tab_keeps_a_server_if_it_counts_until_its_maximum_age(
    changes: dict[str, object], timeout: int, max_age: int, reason: str, hub_config: HubConfig, tmp_path: Path
) -> None:
    with ProxyApi() as proxy:
        fast = FAST.format(proxy=proxy.url, timeout=timeout, max_age=max_age)
        with running(tmp_path, hub_config.model_copy(update=changes), extra_config=fast) as hub:
            ada = hub.visit("ada")
            assert ada.call("POST", "/users/ada/server").is_success
            while ada.server() is not None:
                time.sleep(0.2)
            assert f"Culling server ada {reason}" in hub.log.read_text()


def test_a_start_without_options_has_the_hours_of_the_first_choice(hub_config: HubConfig, tmp_path: Path) -> None:
    choices = (choice("brief", max_hours=1), choice("long"))
    with ProxyApi() as proxy:
        fast = FAST.format(proxy=proxy.url, timeout=3600, max_age=0)
        with running(tmp_path, hub_config.model_copy(update={"choices": choices}), extra_config=fast) as hub:
            ada, bob = hub.visit("ada"), hub.visit("bob")
            assert bob.call("POST", "/users/bob/server", {"user_options": {"choice": "long"}}).is_success
            assert ada.call("POST", "/users/ada/server").is_success
            while ada.server() is not None:
                time.sleep(0.2)
            assert bob.server() is not None
