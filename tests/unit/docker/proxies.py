"""The real configurable-http-proxy with the project's modules, on loopback addresses."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tests.installed import folder_of
from tests.unit.docker.dockerfile import DOCKER, NODE

TOKEN = "token-of-the-proxy"  # noqa: S105 of a test
MAX_HEADER_BYTES = 80 * 1024

_NPM = NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_OPTIONS = ("--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")


def installed() -> Path:
    """Return the `node_modules` of docker/proxy, in the cache; installed at the first call for a lock file."""

    def install(folder: Path) -> None:
        subprocess.run([NODE, _NPM, "ci", *_OPTIONS], cwd=folder, check=True, capture_output=True)

    files = [DOCKER / "proxy" / name for name in ("package.json", "package-lock.json")]
    return folder_of("proxy", files, install) / "node_modules"


def code(folder: Path) -> Path:
    """Return a copy of the image's /opt/proxy below `folder`."""
    opt = folder / "opt-proxy"
    opt.mkdir(parents=True)
    for file in (DOCKER / "proxy").glob("*.mjs"):
        shutil.copy(file, opt)
    (opt / "node_modules").symlink_to(installed())
    return opt


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A running proxy."""

    port: int
    api_port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """URL for users."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """URL of the API."""
        return f"http://127.0.0.1:{self.api_port}"

    def api(self, method: str = "GET", path: str = "", body: object = None) -> httpx.Response:
        """Send a request for a path, which is not encoded, to the API."""
        url = f"{self.api_url}/api/routes{quote(path)}"
        answer = httpx.request(method, url, json=body, headers={"Authorization": f"token {TOKEN}"})
        return answer.raise_for_status()

    def add(self, path: str, target: str, **data: object) -> None:
        """Add a route as the hub does."""
        self.api("POST", path, {"target": target, "jupyterhub": True, **data})

    def routes(self) -> dict[str, dict[str, Any]]:
        """Return all routes of the hub's."""
        return {path: route for path, route in self.api().json().items() if "jupyterhub" in route}

    def kill(self) -> None:
        """End the process as `kill -9` does."""
        self.process.kill()
        self.process.wait()


def free_ports(count: int) -> list[int]:
    """Return ports that nothing listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def running(
    folder: Path,
    *,
    hub_url: str = "http://127.0.0.1:1",
    other: str = "http://127.0.0.1:1",
    modules: Sequence[str] = ("pages.mjs",),
    ports: Sequence[int] = (),
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Generator[Proxy]:
    """Start a proxy; `folder` is that of its pod.

    Args:
        folder: Folder of its code and of the file with its routes, which a proxy that ran there before has left.
        hub_url: URL of the hub, by default of none.
        other: URL of the API of the proxy that it replaces, by default of none.
        modules: Modules that Node imports first.
        ports: Ports for users and of the API, by default any.
        options: Further options of the command line.
        environment: Further environment variables.
    """
    opt = folder / "opt-proxy" if (folder / "opt-proxy").exists() else code(folder)
    port, api_port = ports or free_ports(2)
    command = [
        str(NODE),
        f"--max-http-header-size={MAX_HEADER_BYTES}",
        *(f"--import={opt / module}" for module in modules),
        str(opt / "node_modules" / ".bin" / "configurable-http-proxy"),
        "--ip=127.0.0.1",
        f"--port={port}",
        "--api-ip=127.0.0.1",
        f"--api-port={api_port}",
        f"--default-target={hub_url}",
        f"--error-target={hub_url}/hub/error",
        f"--storage-backend={opt / 'routes.mjs'}",
        *options,
    ]
    variables = {
        "CONFIGPROXY_AUTH_TOKEN": TOKEN,
        "ROUTES_FILE": str(folder / "routes.json"),
        "OTHER_PROXY": other,
        "PATH": os.environ["PATH"],
        **(environment or {}),
    }
    with subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL) as process:
        proxy = Proxy(port=port, api_port=api_port, process=process)
        try:
            _wait(proxy)
            yield proxy
        finally:
            proxy.kill()


def _wait(proxy: Proxy) -> None:
    while proxy.process.poll() is None:
        try:
            httpx.get(f"{proxy.url}/_chp_healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    msg = f"The proxy ended with code {proxy.process.returncode}"
    raise AssertionError(msg)
