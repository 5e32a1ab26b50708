"""The hub's watch on the real proxy."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jupyterhub.httpclient import JupyterHubHTTPClient

from hub.proxy import WatchedProxy
from tests.unit.docker import proxies

_LONGEST_WAIT = 30


def _watched(ports: list[int], users: dict[str, str]) -> tuple[WatchedProxy, dict[str, Any]]:
    """Return a hub's proxy, and its users with running servers at the given addresses."""
    hub = SimpleNamespace(routespec="/", host="http://10.0.0.9:8081")
    app = SimpleNamespace(hub=hub, subdomain_host="", spawner_class=object)
    proxy = WatchedProxy(
        app=app, hub=hub, should_start=False, api_url=f"http://127.0.0.1:{ports[1]}", auth_token=proxies.TOKEN
    )
    return proxy, {name: _user(name, address) for name, address in users.items()}


def _user(name: str, address: str) -> SimpleNamespace:
    spawner = SimpleNamespace(
        ready=True, pending=None, proxy_spec=f"/user/{name}/", server=SimpleNamespace(host=address)
    )
    return SimpleNamespace(name=name, spawners={"": spawner})


async def _until(condition: Callable[[], bool]) -> None:
    async def met() -> None:
        while not condition():
            await asyncio.sleep(0.1)

    await asyncio.wait_for(met(), _LONGEST_WAIT)


def _targets(proxy: proxies.Proxy) -> dict[str, str]:
    return {path: route["target"] for path, route in proxy.routes().items()}


def test_a_proxy_that_lost_all_routes_gets_them_without_any_request(tmp_path: Path) -> None:
    ports = proxies.free_ports(2)
    expected = {"/": "http://10.0.0.9:8081", "/user/ada": "http://10.0.0.1:8888", "/user/bob": "http://10.0.0.2:8888"}

    async def run() -> None:
        watched, users = _watched(ports, {"ada": "http://10.0.0.1:8888", "bob": "http://10.0.0.2:8888"})
        with proxies.running(tmp_path / "first", ports=ports) as proxy:
            await watched.check_routes(users, {})
            await _until(lambda: _targets(proxy) == expected)
        # Another pod, with another folder: nothing is left of the first one.
        with proxies.running(tmp_path / "second", ports=ports) as proxy:
            await _until(lambda: _targets(proxy) == expected and watched.outage is None)
        await JupyterHubHTTPClient.loop_instance().close()

    asyncio.run(run())


def test_old_routes_of_a_restarted_proxy_are_corrected(tmp_path: Path) -> None:
    ports = proxies.free_ports(2)
    file = tmp_path / "routes.json"

    async def run() -> None:
        watched, users = _watched(ports, {"ada": "http://10.0.0.1:8888", "bob": "http://10.0.0.2:8888"})
        with proxies.running(tmp_path, ports=ports) as proxy:
            await watched.check_routes(users, {})
            await _until(lambda: file.exists() and "/user/bob" in file.read_text())
            proxy.kill()
            # While the proxy is away, ada's server ends, and bob's starts again in another pod.
            del users["ada"]
            users["bob"] = _user("bob", "http://10.0.0.1:8888")
            await _until(lambda: watched.outage is not None)
        with proxies.running(tmp_path, ports=ports) as proxy:
            assert proxy.routes().keys() == {"/user/ada", "/user/bob"}
            expected = {"/": "http://10.0.0.9:8081", "/user/bob": "http://10.0.0.1:8888"}
            await _until(lambda: _targets(proxy) == expected and watched.outage is None)
        await JupyterHubHTTPClient.loop_instance().close()

    asyncio.run(run())
