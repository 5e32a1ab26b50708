"""The real JupyterHub as a process, with this hub's configuration, and without Kubernetes and proxy."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx

from hub.contract import HubConfig
from tests.unit.hub.conftest import CONFIG_FILE
from tools.paths import CHECKOUT

ADMIN_PASSWORD = "a password of the admins"  # noqa: S105 of the tests

_CONFIG = """
import kubespawner.clients, kubespawner.spawner
from tests.unit.hub import no_cluster

kubespawner.clients.load_config = kubespawner.spawner.load_config = lambda **_: None
load_subconfig("jupyterhub_config.py", path={folder!r})
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_connect_url = "http://127.0.0.1:{port}"
c.JupyterHub.proxy_class = no_cluster.NoProxy
c.JupyterHub.spawner_class = no_cluster.NoCluster
"""


@dataclass(frozen=True, kw_only=True)
class RunningHub:
    """A hub that answers."""

    url: str
    database: Path
    log: Path

    def visit(self, name: str, password: str = "") -> "Visitor":
        """Sign somebody in."""
        visitor = Visitor(self.url, name)
        visitor.sign_in(password)
        return visitor


class Visitor(httpx.Client):
    """A browser of one user, without JavaScript. Requests have the cookies, and follow no redirects."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(base_url=url, timeout=60)
        self.name = name

    def sign_in(self, password: str) -> None:
        """Sign in with the name."""
        self.get("/hub/login")
        answer = self.send_form("/hub/login", username=self.name, password=password)
        assert answer.status_code == 302, answer.text

    def sign_in_with_github(self) -> httpx.Response:
        """Sign in with the GitHub account of the name, and return the hub's answer."""
        page = self.get("/hub/oauth_login")
        return self.get(httpx.post(page.headers["Location"], data={"login": self.name}).headers["Location"])

    def send_form(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as one of the hub's own pages does."""
        return self.post(path, data={**fields, "_xsrf": self.xsrf}, headers={"Sec-Fetch-Mode": "navigate"})

    def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Call the API as the hub's own pages do."""
        return self.request(method, f"/hub/api{path}", json=body, headers={"X-XSRFToken": self.xsrf})

    @property
    def xsrf(self) -> str:
        """The token that the hub's own pages know, and those of other sites do not."""
        return next(cookie.value or "" for cookie in self.cookies.jar if cookie.name == "_xsrf")

    def server(self) -> dict[str, object] | None:
        """Return the model of the own server, or None if there is none."""
        return self.call("GET", self.path).json()["servers"].get("")

    def start(self) -> httpx.Response:
        """Start the server, and wait until it runs or is refused."""
        answer = self.call("POST", f"{self.path}/server")
        while answer.is_success and not (self.server() or {}).get("ready"):
            time.sleep(0.1)
        return answer

    @property
    def path(self) -> str:
        """The path of the user in the API."""
        return f"/users/{quote(self.name.lower(), safe='')}"


def text_of(answer: httpx.Response) -> str:
    """Return what a page says."""
    main = re.sub(r"(?s)<(script|style).*?</\1>", "", answer.text)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


@contextmanager
def running(
    folder: Path, config: HubConfig, *, extra_config: str = "", environment: Mapping[str, str] | None = None
) -> Generator[RunningHub]:
    """Run a hub until the block ends. Whether a server starts, and how, is decided by its image: see `no_cluster`.

    Args:
        folder: Folder of the hub's files. A database in it, `jupyterhub.sqlite`, is the hub's.
        config: The content of `hub.json`.
        extra_config: Further lines of the configuration file.
        environment: Further environment variables.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database, log, own = folder / "jupyterhub.sqlite", folder / "log.txt", folder / "hub_under_test.py"
    for source in (CONFIG_FILE, *CONFIG_FILE.parent.glob("*.html")):
        shutil.copy(source, folder)
    (folder / "hub.json").write_text(
        config.model_copy(update={"database_url": f"sqlite:///{database}"}).model_dump_json()
    )
    own.write_text(_CONFIG.format(folder=str(folder), port=port) + extra_config)
    variables = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONUNBUFFERED": "1",
        "CONFIGPROXY_AUTH_TOKEN": "a" * 64,
        "JPY_COOKIE_SECRET": "b" * 64,
        "JUPYTERHUB_CRYPT_KEY": "c" * 64,
        "JUPYTERHUB_ADMIN_PASSWORD": ADMIN_PASSWORD,
        **(environment or {}),
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", own], cwd=folder, env=variables, stdout=output, stderr=output
        )
    try:
        _wait(f"http://127.0.0.1:{port}", process, log)
        yield RunningHub(url=f"http://127.0.0.1:{port}{config.base_url.rstrip('/')}", database=database, log=log)
    finally:
        process.terminate()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        try:
            httpx.get(f"{url}/hub/health", timeout=5)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())
