"""A running hub with a locked, damaged or full database, and with requests and names that are too large."""

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from aiohttp import web
from jupyterhub import orm
from jupyterhub.handlers.base import BaseHandler
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from traitlets.config import Config

from hub import health, outage
from hub.contract import HubConfig
from hub.limits import MAX_BODY_BYTES
from hub.outage import DatabaseOutageError
from tests.doubles.http_double import HttpDouble
from tests.kubeconfigs import write
from tests.unit.hub.running_hub import RunningHub, Visitor, running, text_of
from tests.waiting import wait_until
from tools.paths import CHECKOUT


@pytest.fixture
def hub(hub_config: HubConfig, tmp_path: Path) -> Generator[RunningHub]:
    with running(tmp_path, hub_config.model_copy(update={"idle_minutes": 0})) as hub:
        yield hub


def _told(hub: RunningHub) -> str:
    return httpx.get(f"{hub.url}/hub/health", timeout=60).text


def _page(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 503
    assert int(answer.headers["refresh"]) > 0
    return text_of(answer)


def test_a_locked_database_is_told_everywhere_and_ends_no_session(hub: RunningHub) -> None:
    ada = hub.visit("ada")
    lock = sqlite3.connect(hub.database, isolation_level=None)
    lock.execute("begin exclusive")
    for path in ("/hub/home", "/hub/spawn", "/hub/login", "/hub/token"):
        assert "The database of this hub is locked by another program" in _page(ada, path)
    answer = ada.get("/hub/api/user")
    assert answer.status_code == 503, "a running notebook treats 403 as the end of the session"
    assert "is locked by another program" in answer.json()["message"]
    wait_until(lambda: "The database is locked by another program" in _told(hub))
    assert httpx.get(f"{hub.url}/hub/health").status_code == 503
    assert httpx.get(f"{hub.url}/hub/health?process").status_code == 200, "a restart repairs no database"
    assert "Health: The database is locked by another program" in hub.log.read_text()
    lock.execute("rollback")
    lock.close()
    assert ada.get("/hub/home").status_code == 200
    wait_until(lambda: "database" not in _told(hub))


def test_the_health_tells_that_kubernetes_does_not_answer(hub: RunningHub) -> None:
    wait_until(lambda: "Kubernetes does not answer" in _told(hub))
    assert "Health: Kubernetes does not answer" in hub.log.read_text()


class _NoPods(HttpDouble):
    """A Kubernetes API server without pods."""

    def application(self) -> web.Application:
        async def pods(_: web.Request) -> web.Response:
            return web.json_response({"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": []})

        application = web.Application()
        application.router.add_get("/api/v1/namespaces/lab-notebooks/pods", pods)
        return application


def test_kubernetes_is_asked_before_the_first_spawner(tmp_path: Path) -> None:
    """In a process of its own, as KubeSpawner's clients belong to the process."""
    program = (
        "import asyncio, types; from traitlets.config import Config; from hub.health import check_kubernetes\n"
        "print(asyncio.run(check_kubernetes(types.SimpleNamespace(config=Config()), 'lab-notebooks')))"
    )
    with _NoPods() as server:
        kubeconfig = write(tmp_path / "kubeconfig", {"lab": server.url}, current="lab")
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=CHECKOUT,
            env={**os.environ, "KUBECONFIG": str(kubeconfig)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout == "None\n", done.stderr


def test_a_hub_that_does_not_see_its_pods_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    class Api:
        async def list_namespaced_pod(self, *_: object, **__: object) -> None:
            """Answer."""

    def load(**_: object) -> None:
        """Find no configuration of the client."""

    def client(_: str) -> Api:
        return Api()

    monkeypatch.setattr(health, "load_config", load)
    monkeypatch.setattr(health, "shared_client", client)
    monkeypatch.setattr(health, "kubernetes_trouble", lambda: "Kubernetes does not list the events (403).")
    app: Any = SimpleNamespace(config=Config())
    assert asyncio.run(health.check_kubernetes(app, "notebooks")) == "Kubernetes does not list the events (403)."


def test_an_error_that_another_request_has_left_signs_nobody_out(tmp_path: Path) -> None:
    db = orm.new_session_factory(f"sqlite:///{tmp_path / 'hub.sqlite'}")()
    db.add(orm.User(name="ada"))
    db.commit()
    db.add(orm.User(name="ada"))
    with pytest.raises(IntegrityError):
        db.commit()

    class Page(BaseHandler):
        def __init__(self) -> None:
            self.application = cast("Any", SimpleNamespace(settings={}))
            self.request = cast("Any", SimpleNamespace(method="GET"))

        @property
        def db(self) -> Session:
            return db

        async def get_current_user(self) -> object:
            return db.query(orm.User).one()

        def _resolve_roles_and_scopes(self) -> None:
            """Not of this test."""

    outage.install()
    page = Page()
    asyncio.run(page.prepare())
    assert not hasattr(page, "_jupyterhub_user"), "JupyterHub sets it after an error, as if nobody were signed in"


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "hub.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("create table alembic_version (version_num text)")
        database.execute("create table t (x text)")
        database.executemany("insert into t values (?)", [("x" * 500,)] * 100)
    url = make_url(f"sqlite:///{file}")
    assert health.database_problem(url, whole=True) is None
    content = bytearray(file.read_bytes())
    content[3 * 4096 : 3 * 4096 + 100] = os.urandom(100)
    file.write_bytes(content)
    assert "damaged" in str(health.database_problem(url, whole=True))
    file.write_bytes(b"x" * 8192)
    assert "The database is damaged: file is not a database" in str(health.database_problem(url, whole=True))


def test_a_full_database_is_told(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")

    @event.listens_for(engine, "connect")
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 4")

    with engine.begin() as connection:
        connection.execute(text("create table t (x text)"))
        with pytest.raises(DatabaseOutageError, match="The database is full: database or disk is full") as caught:
            connection.execute(text("insert into t values (:x)"), {"x": "x" * 100_000})
    assert caught.value.status_code == 503


def test_a_mistake_in_a_statement_is_no_outage(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("create table t (x text unique)"))
        connection.execute(text("insert into t values ('x')"))
        with pytest.raises(Exception, match="UNIQUE") as caught:
            connection.execute(text("insert into t values ('x')"))
    assert not isinstance(caught.value, DatabaseOutageError)


def test_an_unreachable_postgresql_server_is_told() -> None:
    url = make_url("postgresql+psycopg2://hub@127.0.0.1:1/hub")
    told = str(health.database_problem(url, whole=True))
    assert told.startswith("The database does not answer: ")
    assert "Connection refused" in told


def test_the_hub_takes_64_kib_of_cookies_and_bounds_bodies(hub: RunningHub) -> None:
    ada = hub.visit("ada")
    assert ada.get("/hub/home", headers={"X-Large": "x" * 80 * 1024}).status_code == 200
    largest = b" " * (MAX_BODY_BYTES - 2) + b"{}"
    sent = ada.post("/hub/api/users/ada/server", content=largest, headers={"X-XSRFToken": ada.xsrf})
    assert sent.status_code == 201
    url = httpx.URL(hub.url)
    with socket.create_connection((url.host, url.port or 80)) as connection:
        head = f"POST /hub/api/users HTTP/1.1\r\nHost: hub\r\nContent-Length: {MAX_BODY_BYTES + 1}\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    assert ada.call("DELETE", "/users/ada/server").status_code == 204


def test_a_name_that_no_database_takes_is_refused(hub: RunningHub) -> None:
    stranger = Visitor(hub.url, "x" * 256)
    stranger.get("/hub/login")
    answer = stranger.send_form("/hub/login", username=stranger.name, password="")
    assert answer.status_code in {400, 403}
    with sqlite3.connect(hub.database) as database:
        assert database.execute("select count(*) from users where length(name) > 255").fetchone() == (0,)
