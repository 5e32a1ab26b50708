"""A running JupyterHub with sign-in from the test double of GitHub; in place of notebooks, servers that only answer."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from hub.contract import GitHub
from tests.doubles.github import GitHub as GitHubDouble
from tests.doubles.github_failures import FAILURES
from tests.hub_configs import HUB_CONFIG
from tests.waiting import wait_until

_LONGEST_WAIT = 120
"""Seconds, on a busy machine."""
CONFIG = """
import asyncio
from pathlib import Path

from jupyterhub.proxy import Proxy
from jupyterhub.spawner import Spawner

from hub import sign_in
from hub.contract import SignIn


class Routes(Proxy):
    should_start = False

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.routes = {}

    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)

    async def get_all_routes(self):
        return self.routes


async def answer(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")
    await writer.drain()
    writer.close()


class Answering(Spawner):
    server_ = None

    async def start(self):
        self.server_ = await asyncio.start_server(answer, "127.0.0.1", 0)
        return self.server_.sockets[0].getsockname()

    async def stop(self, now=False):
        self.server_.close()
        self.server_ = None

    async def poll(self):
        return 0 if self.server_ is None else None


sign_in.configure(c, SignIn.model_validate_json((Path(__file__).parent / "sign_in.json").read_text()))
c.Authenticator.auth_refresh_age = 1
c.JupyterHub.proxy_class = Routes
c.JupyterHub.spawner_class = Answering
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.hub_bind_url = URL
c.JupyterHub.bind_url = URL
"""


class Browser:
    """A user's browser, and the token of the user's server."""

    def __init__(self, url: str, *, login: str) -> None:
        self.login = login
        self.url = url
        self.client = httpx.Client(base_url=url, timeout=30)
        self.token = ""

    def sign_in(self, login: str) -> httpx.Response:
        """Sign in with a GitHub account, and return the hub's response to the callback."""
        page = self.client.get("/hub/oauth_login")
        back = httpx.post(page.headers["Location"], data={"login": login}).headers["Location"]
        return self.client.get(back)

    def new_token(self) -> None:
        """Create an API token."""
        self.client.get("/hub/token")
        xsrf = next(cookie.value for cookie in self.client.cookies.jar if cookie.name == "_xsrf")
        path = f"/hub/api/users/{self.login}/tokens"
        answer = self.client.post(path, headers={"X-XSRFToken": xsrf or ""}, json={})
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]

    def api(self, method: str, path: str, **arguments: object) -> httpx.Response:
        """Send an API request with the token."""
        return httpx.request(
            method,
            f"{self.url}/hub/api{path}",
            headers={"Authorization": f"token {self.token}"},
            json=arguments or None,
            timeout=30,
        )

    def has_server(self) -> bool:
        """Return whether the user's server runs, as the server itself asks."""
        servers = self.api("GET", "/user").json()["servers"]
        return bool(servers) and servers[""]["ready"]

    def page(self, path: str) -> httpx.Response:
        """Open a page with the cookies."""
        return self.client.get(path)


@pytest.fixture(scope="module")
def github() -> Generator[GitHubDouble]:
    with GitHubDouble(client_id="hub", client_secret=secrets.token_hex(20)) as github:
        yield github


@pytest.fixture(scope="module")
def hub_url(github: GitHubDouble, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    folder = tmp_path_factory.mktemp("hub")
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    github.callback_url = f"{url}/hub/oauth_callback"
    sign_in = HUB_CONFIG.sign_in.model_copy(
        update={
            "type": "github",
            "callback_url": github.callback_url,
            "github": GitHub(url=github.url, organizations=("physics",), groups=(), admin_teams=(), recheck_minutes=5),
        }
    )
    (folder / "sign_in.json").write_text(sign_in.model_dump_json())
    (folder / "jupyterhub_config.py").write_text(CONFIG.replace("URL", repr(url)))
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
        "GITHUB_CLIENT_ID": github.client_id,
        "GITHUB_CLIENT_SECRET": github.client_secret,
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py"],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: process.poll() is not None or _answers(url), seconds=_LONGEST_WAIT)
        assert process.poll() is None, (folder / "log").read_text()
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/hub/health").status_code == 200
    except httpx.TransportError:
        return False


NAMES = (f"ada{number}" for number in count())


@pytest.fixture
def ada(hub_url: str, github: GitHubDouble) -> Browser:
    """A member with a running server."""
    browser = Browser(hub_url, login=next(NAMES))
    github.add_person(browser.login)
    github.join("physics", browser.login)
    assert browser.sign_in(browser.login).status_code == 302
    browser.new_token()
    assert browser.api("POST", f"/users/{browser.login}/server").status_code in {201, 202}
    wait_until(browser.has_server, seconds=_LONGEST_WAIT)
    return browser


@pytest.mark.parametrize("character", ["x", "é", "%22"])
@pytest.mark.parametrize("length", [100, 1700, 5000])
def test_a_sign_in_works_from_any_link(hub_url: str, github: GitHubDouble, character: str, length: int) -> None:
    browser = Browser(hub_url, login=next(NAMES))
    github.add_person(browser.login)
    github.join("physics", browser.login)
    link = f"/hub/token?a={character * length}"
    page = browser.client.get("/hub/oauth_login", params={"next": link})
    for cookie in page.headers.get_list("Set-Cookie"):
        assert len(cookie) <= 4096, "browsers drop longer ones"
    back = httpx.post(page.headers["Location"], data={"login": browser.login}).headers["Location"]
    answer = browser.client.get(back)
    assert answer.status_code == 302
    goal = urlsplit(answer.headers["Location"])
    assert goal.path in ({"/hub/token"} if length == 100 else {"/hub/token", "/hub/home", "/hub/spawn"})


def _let_the_check_expire() -> None:
    time.sleep(1.1)


def _reports_activity(browser: Browser) -> bool:
    path = f"/users/{browser.login}/activity"
    return browser.api("POST", path, last_activity="2026-01-01T00:00:00Z").status_code == 200


@pytest.mark.parametrize("failure", ["secondary-rate-limit", "saml", "html"])
def test_an_error_of_github_changes_neither_pages_nor_servers(ada: Browser, github: GitHubDouble, failure: str) -> None:
    github.failure = FAILURES[failure]
    try:
        _let_the_check_expire()
        assert ada.has_server()
        _let_the_check_expire()
        assert _reports_activity(ada)
        _let_the_check_expire()
        assert ada.page("/hub/home").status_code == 200
    finally:
        github.failure = None


def test_a_revoked_token_leads_pages_to_the_sign_in_and_lets_the_server_save(
    ada: Browser, github: GitHubDouble
) -> None:
    github.revoke_tokens(ada.login)
    _let_the_check_expire()
    for _ in range(2):
        assert ada.has_server()
        assert _reports_activity(ada)
        answer = ada.page("/hub/home")
        assert answer.status_code == 302
        assert urlsplit(answer.headers["Location"]).path == "/hub/login"
    assert ada.sign_in(ada.login).status_code == 302
    assert ada.page("/hub/home").status_code == 200


def test_a_token_alone_starts_no_server_for_a_user_who_cannot_be_checked(ada: Browser, github: GitHubDouble) -> None:
    ada.api("DELETE", f"/users/{ada.login}/server")
    wait_until(lambda: not ada.has_server(), seconds=_LONGEST_WAIT)
    github.revoke_tokens(ada.login)
    _let_the_check_expire()
    assert ada.api("POST", f"/users/{ada.login}/server").status_code == 403


def test_a_renamed_account_keeps_its_user_and_who_takes_the_name_is_refused(
    ada: Browser, hub_url: str, github: GitHubDouble
) -> None:
    account = github.people.pop(ada.login)
    account.login = f"countess-{ada.login}"
    github.people[account.login] = account
    _let_the_check_expire()
    assert ada.api("GET", "/user").json()["user_info"]["account"] == {
        "provider": github.url,
        "id": str(account.id),
        "login": account.login,
        "user": ada.login,
    }
    github.add_person(ada.login)
    github.join("physics", ada.login)
    refused = Browser(hub_url, login=ada.login).sign_in(ada.login)
    assert refused.status_code == 403
    assert f"The user {ada.login} of this hub belongs to another account" in refused.text
    renamed = Browser(hub_url, login=ada.login)
    assert renamed.sign_in(account.login).status_code == 302
    renamed.new_token()
    assert renamed.has_server()


def test_a_user_who_left_loses_session_token_and_server(ada: Browser, github: GitHubDouble) -> None:
    github.leave("physics", ada.login)
    _let_the_check_expire()
    assert ada.api("GET", "/user").status_code == 403
    assert ada.page("/hub/home").status_code == 302
    github.join("physics", ada.login)
    wait_until(lambda: not ada.has_server(), seconds=_LONGEST_WAIT)
