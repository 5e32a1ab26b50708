"""Spawner and proxy of a hub without Kubernetes."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from jupyterhub.proxy import Proxy
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application

from hub import home
from hub.notebook_spawner import NotebookSpawner


class NoProxy(Proxy):
    """A proxy without routes: tests ask the hub directly."""

    should_start = False

    async def add_route(self, routespec: str, target: str, data: object) -> None:
        """Add nothing."""

    async def delete_route(self, routespec: str) -> None:
        """Delete nothing."""

    async def get_all_routes(self) -> dict[str, object]:
        """Return no routes."""
        return {}

    async def check_routes(self, *_: object, **__: object) -> None:
        """Check nothing."""


class NoCluster(NotebookSpawner):
    """The hub's spawner with its hooks. In place of a pod, it starts an HTTP server that answers 404.

    The tag of the chosen image decides: `slow` starts never, `broken` raises an error that nobody has foreseen.
    """

    _http: HTTPServer | None = None

    def start(self) -> asyncio.Task[str]:
        """Start the server."""
        return asyncio.create_task(self._listen())

    async def _listen(self) -> str:
        home.require_own(self)
        self._pvc_exists = True  # as after KubeSpawner's creation of the claim
        tag = self.image.rpartition(":")[2]
        if tag == "slow":
            await asyncio.Event().wait()
        if tag == "broken":
            raise KeyError("port")
        sock, port = bind_unused_port()
        self._http = http = HTTPServer(Application([]))
        http.add_socket(sock)
        return f"http://127.0.0.1:{port}"

    async def stop(self, now: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 as in JupyterHub
        """Stop the server."""
        if self._http is not None:
            self._http.stop()
            self._http = None

    async def poll(self) -> int | None:
        """Return None while the server runs."""
        return None if self._http else 0

    async def progress(self) -> AsyncGenerator[dict[str, Any]]:
        """Report one event."""
        yield {"progress": 30, "message": "Pulling the image"}
