"""The real hub as a process of this machine, with an API server of its own, and without nodes.

`Kubelet` stands in for nodes. `_Notebook` is the notebook server of every pod.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from kubernetes.client import V1Namespace, V1ObjectMeta, V1ServiceAccount

from hub.contract import HubConfig
from tests.doubles.api_server import ApiServer
from tests.e2e.kubelet import Kubelet
from tests.hub_configs import HUB_CONFIG
from tools.paths import CHECKOUT

NOTEBOOKS = "notebooks"
TOKEN = "f" * 64

_CONFIG = HUB_CONFIG.model_copy(
    update={
        "notebooks_namespace": NOTEBOOKS,
        "images": (),
        "allowed_images": (),
        "additional_resources": {},
        "ephemeral_storage": 2**30,
        "ephemeral_storage_request": 2**28,
        "home_size": "1Gi",
        "start_timeout_seconds": 60,
    }
)
_EXTRA_CONFIG = """
import json
from pathlib import Path
from jupyterhub.proxy import Proxy
from hub import stray_pods


class Routes(stray_pods.PodCheckMixin, Proxy):
    should_start = False
    routes = {{}}
    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {{"routespec": routespec, "target": target, "data": data}}
        Path({routes!r}).write_text(json.dumps(self.routes))
    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)
        Path({routes!r}).write_text(json.dumps(self.routes))
    async def get_all_routes(self):
        return dict(self.routes)

c.JupyterHub.proxy_class = Routes
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{port}"
c.KubeSpawner.port = {notebook_port}
c.JupyterHub.services = [{{"name": "tests", "api_token": {token!r}}}]
c.JupyterHub.load_roles = [{{"name": "tests", "scopes": ["admin:users", "admin:servers"], "services": ["tests"]}}]
"""

_IMPATIENT = """
import asyncio, types
import kubespawner.reflector
from hub import start_watch

# KubeSpawner's reflectors give up after 51 seconds. Here that is one.
async def sleep(seconds):
    await asyncio.sleep(seconds / 50)
kubespawner.reflector.asyncio = types.SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
start_watch.PATIENCE_SECONDS = 2
c.JupyterHub.last_activity_interval = 1
"""


class _Notebook(BaseHTTPRequestHandler):
    """The notebook server of every pod."""

    answers = threading.Event()
    """Whether it is ready."""

    def do_GET(self) -> None:
        self.send_response(200 if self.answers.is_set() else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] -- any arguments
        """Log nothing."""


@dataclass(kw_only=True)
class KubernetesHub:
    """The hub, its API server, and the nodes."""

    server: ApiServer
    kubelet: Kubelet
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    notebooks_answer: threading.Event = _Notebook.answers
    """Whether the notebook servers are ready."""

    @property
    def log(self) -> str:
        """The hub's log."""
        return (self.folder / "hub.log").read_text()

    @property
    def routes(self) -> dict[str, Any]:
        """The routes of the proxy."""
        return json.loads((self.folder / "routes.json").read_text())

    def start(self) -> None:
        """Start the hub, and wait until it answers."""
        environment = {
            **os.environ,
            "KUBECONFIG": str(self.server.kubeconfig),
            "PYTHONPATH": str(self.folder),
            "CONFIGPROXY_AUTH_TOKEN": "a" * 64,
            "JPY_COOKIE_SECRET": "b" * 64,
            "JUPYTERHUB_CRYPT_KEY": "c" * 64,
        }
        config = self.folder / "hub" / "jupyterhub_config.py"
        with (self.folder / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", config],
                env=environment,
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.until(lambda: self.api("GET", "").status_code == 200)

    def configure(self, line: str) -> None:
        """Add a line to the configuration of the stopped hub."""
        with (self.folder / "hub" / "extra_config.py").open("a") as file:
            file.write(f"{line}\n")

    def kill(self) -> None:
        """End the hub at once, as the loss of its node does."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End the hub, as a rollout does."""
        assert self.process
        self.process.terminate()
        self.process.wait()

    def api(self, method: str, path: str, *, token: str = TOKEN, json: object = None) -> httpx.Response:
        """Send a request to the hub's API."""
        url = f"http://127.0.0.1:{self.port}/hub/api/{path}"
        headers = {"Authorization": f"token {token}"}
        try:
            return httpx.request(method, url, headers=headers, timeout=120, json=json)
        except httpx.TransportError:
            return httpx.Response(503)

    def server_of(self, user: str) -> dict[str, Any]:
        """Return the hub's view of a server, empty if there is none."""
        return self.api("GET", f"users/{user}").json().get("servers", {}).get("", {})

    def start_server(self, user: str, **options: str) -> httpx.Response:
        """Start the server of a user, who is created if necessary."""
        self.api("POST", f"users/{user}")
        return self.api("POST", f"users/{user}/server", json={"user_options": options})

    def running(self, user: str, **options: str) -> None:
        """Start the server of a user, and wait until it is ready."""
        answer = self.start_server(user, **options)
        assert answer.status_code in {201, 202}, answer.text
        self.until(lambda: self.server_of(user).get("ready") is True)

    def progress(self, user: str) -> str:
        """Return the events of the progress page, until it ends."""
        return self.api("GET", f"users/{user}/server/progress").text

    def pods(self) -> dict[str, str]:
        """Return the UIDs of the pods by name."""
        found = self.server.core.list_namespaced_pod(NOTEBOOKS).items
        return {str(pod.metadata.name): str(pod.metadata.uid) for pod in found if pod.metadata}

    def token_of(self, user: str) -> str:
        """Return the API token of a user's server."""
        pod = self.server.core.read_namespaced_pod(f"jupyter-{user}", NOTEBOOKS)
        assert pod.spec
        return next(str(item.value) for item in pod.spec.containers[0].env or [] if item.name == "JUPYTERHUB_API_TOKEN")

    def forget_server(self, user: str) -> None:
        """Remove the server of a user from the database of a stopped hub, as if it was restored from before."""
        with sqlite3.connect(self.folder / "hub.sqlite") as database:
            query = "select s.id, s.server_id from spawners s join users u on u.id = s.user_id where u.name = ?"
            ((spawner, server),) = database.execute(query, (user,)).fetchall()
            database.execute("update spawners set server_id = null, state = null where id = ?", (spawner,))
            database.execute("delete from servers where id = ?", (server,))
            database.execute("delete from api_tokens where user_id = (select id from users where name = ?)", (user,))

    def until(self, condition: Callable[[], bool], *, seconds: int = 180) -> None:
        """Fail with the hub's log unless a condition becomes true in time."""
        end = time.monotonic() + seconds
        assert self.process
        while not condition():
            if time.monotonic() > end or self.process.poll() is not None:
                pytest.fail(f"not within {seconds} s:\n{self.log[-6000:]}", pytrace=False)
            time.sleep(0.2)


@contextmanager
def kubernetes_hub(
    server: ApiServer,
    folder: Path,
    *,
    port: int,
    config: HubConfig = _CONFIG,
    has_nodes: bool = False,
    extra_config: str = _IMPATIENT,
) -> Generator[KubernetesHub]:
    """Start a hub with its database in `folder`.

    Args:
        server: The API server.
        folder: The folder.
        port: The hub's port.
        config: The hub's settings, without those that depend on this machine.
        has_nodes: Whether the cluster has nodes, and so needs no stand-in.
        extra_config: Further lines of the hub's configuration.
    """
    namespace = config.notebooks_namespace
    server.core.create_namespace(V1Namespace(metadata=V1ObjectMeta(name=namespace)))
    shutil.copytree(CHECKOUT / "hub", folder / "hub", ignore=shutil.ignore_patterns("__pycache__"))
    account = V1ServiceAccount(metadata=V1ObjectMeta(name="notebooks"))
    owner = server.core.create_namespaced_service_account(namespace, account).metadata
    assert owner
    here = _on_this_machine(config, folder, port, str(owner.uid))
    (folder / "hub" / "hub.json").write_text(here.model_dump_json())
    kubelet = Kubelet(server=server, namespace=namespace)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Notebook) as notebook:
        _Notebook.answers.set()
        threading.Thread(target=notebook.serve_forever, daemon=True).start()
        if not has_nodes:
            kubelet.start()
        extra = _EXTRA_CONFIG.format(
            routes=str(folder / "routes.json"), port=port, notebook_port=notebook.server_port, token=TOKEN
        )
        (folder / "hub" / "extra_config.py").write_text(extra + extra_config)
        hub = KubernetesHub(server=server, kubelet=kubelet, folder=folder, port=port)
        try:
            hub.start()
            yield hub
        finally:
            kubelet.ended.set()
            hub.kill()
            notebook.shutdown()


def _on_this_machine(config: HubConfig, folder: Path, port: int, owner_uid: str) -> HubConfig:
    no_organizations = {
        "callback_url": None,
        "github": HUB_CONFIG.sign_in.github.model_copy(update={"organizations": ()}),
    }
    return config.model_copy(
        update={
            "hub_connect_url": f"http://127.0.0.1:{port}",
            "proxy_api_url": "http://127.0.0.1:1",
            "database_url": f"sqlite:///{folder / 'hub.sqlite'}",
            "default_service_account": "notebooks",
            "owner_uid": owner_uid,
            "sign_in": HUB_CONFIG.sign_in.model_copy(update=no_organizations),
            "idle_minutes": 0,
            "extra_config": True,
        }
    )
