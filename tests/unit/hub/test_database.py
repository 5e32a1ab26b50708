import asyncio
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import pytest
from jupyterhub import orm
from jupyterhub.app import JupyterHub
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from traitlets.config import Config

from hub.contract import DATABASE_URL_VARIABLE, HubConfig
from tests.hub_configs import LoadConfig
from tools.paths import CHECKOUT

TABLES_OF_5_5_4 = "4621fec11365"
"""Alembic revision of the schema of JupyterHub 5.5.4."""
ADA = "INSERT INTO users (name, admin, created, cookie_id) VALUES ('ada', 0, '2026-01-01', '')"


@pytest.fixture
def configure(
    load_config: LoadConfig, hub_config: HubConfig, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Config]:
    """Load the configuration of a hub with a PostgreSQL database."""

    def configure(url: str) -> Config:
        monkeypatch.setenv(DATABASE_URL_VARIABLE, url)
        monkeypatch.setenv("PGPASSWORD", "none")  # so that it is restored in the end
        return load_config(hub_config.model_copy(update={"database_url": None}))

    return configure


def _open_database(config: Config) -> Session:
    """Open the database as the hub does at its start."""

    async def open_database() -> Session:
        app = JupyterHub(config=config)
        app.init_db()
        return app.db

    return asyncio.run(open_database())


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2"])
def test_the_driver_is_the_one_in_the_image(configure: Callable[[str], Config], scheme: str) -> None:
    url = make_url(configure(f"{scheme}://hub:password@db.example.org/hub").JupyterHub.db_url)
    assert url.get_dialect().import_dbapi().__name__ == "psycopg2"


def test_a_connection_has_a_default_timeout(configure: Callable[[str], Config]) -> None:
    def options(query: str) -> dict[str, list[str]]:
        url = configure(f"postgresql://hub:password@db.example.org/hub{query}").JupyterHub.db_url
        return parse_qs(urlsplit(str(url)).query)

    assert options("") == {"connect_timeout": ["10"], "tcp_user_timeout": ["10000"]}
    assert options("?sslmode=require&connect_timeout=3") == {
        "connect_timeout": ["3"],
        "tcp_user_timeout": ["10000"],
        "sslmode": ["require"],
    }


def test_a_connection_to_a_silent_server_times_out(
    configure: Callable[[str], Config],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        config = configure(f"postgresql://hub:password@127.0.0.1:{port}/hub?connect_timeout=2")
        with pytest.raises(OperationalError, match="timeout expired"):
            _open_database(config)


def test_the_password_is_passed_to_the_driver_only(
    configure: Callable[[str], Config],
) -> None:
    config = configure("postgresql://hub:a%40b%2Fc%25d+e@db.example.org:5432/hub")
    url = "postgresql+psycopg2://hub@db.example.org:5432/hub?connect_timeout=10&tcp_user_timeout=10000"
    assert config.JupyterHub.db_url == url
    assert os.environ["PGPASSWORD"] == "a@b/c%d+e"


def test_an_unreachable_database_ends_the_hub_without_the_password(
    configure: Callable[[str], Config], capfd: pytest.CaptureFixture[str]
) -> None:
    config = configure("postgresql://hub:a-marker@127.0.0.1:1/hub")
    config.JupyterHub.log_level = "DEBUG"
    with pytest.raises(OperationalError, match="port 1 failed: Connection refused") as caught:
        _open_database(config)
    printed = "".join([*traceback.format_exception(caught.value), *capfd.readouterr()])
    assert "Config changed" in printed
    assert "a-marker" not in printed


def test_a_missing_database_url_ends_the_hub_with_its_variable(configure: Callable[[str], Config]) -> None:
    with pytest.raises(SystemExit, match=f"Not set in the environment: {DATABASE_URL_VARIABLE}"):
        configure("")


def test_an_older_database_is_backed_up_and_upgraded(
    load_config: LoadConfig, hub_config: HubConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    folder = tmp_path / "volume"
    folder.mkdir()
    file = folder / "jupyterhub.sqlite"
    orm.new_session_factory(f"sqlite:///{file}")().close()
    command = [sys.executable, "-m", "jupyterhub.dbutil", "alembic", "downgrade", TABLES_OF_5_5_4]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    with sqlite3.connect(file) as database:
        database.execute(ADA)
    before = file.read_bytes()
    config = load_config(hub_config.model_copy(update={"database_url": f"sqlite:///{file}"}))

    assert [user.name for user in _open_database(config).query(orm.User)] == ["ada"]
    (copy,) = [path for path in folder.iterdir() if path != file]
    assert copy.name.startswith("jupyterhub.sqlite.")
    assert copy.read_bytes() == before

    assert [user.name for user in _open_database(config).query(orm.User)] == ["ada"]
    assert set(folder.iterdir()) == {file, copy}, "an up-to-date database is not copied"

    # The way back of docs/upgrades.md, while the hub runs: it cannot write to the restored file.
    running = _open_database(config)
    running.add(orm.User(name="grace"))
    running.commit()
    shutil.copy(copy, folder / "back")
    (folder / "back").replace(file)
    running.add(orm.User(name="mallory"))
    with pytest.raises(OperationalError, match="readonly"):
        running.commit()
    assert file.read_bytes() == before


AS_HUB = """
import os, sqlite3, sys
from hub.database import _own_file
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(10001)
    os.setuid(10001)
file = sys.argv[1]
"""
"""Runs the rest as the hub's user; any other one, too, cannot write a file without permission."""
WRITE = "sqlite3.connect(file).execute('CREATE TABLE b (c)').connection.commit()"


def test_a_database_of_another_uid_on_a_volume_without_fsgroup_stays_usable() -> None:
    """Like the files that a hub of 0.1.0 left: of UID 1000, readable for others, in a folder that all may write."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        file = folder / "jupyterhub.sqlite"
        connection = sqlite3.connect(file)
        connection.execute("CREATE TABLE a (b)")
        connection.execute("INSERT INTO a VALUES (7)")
        connection.commit()
        connection.close()
        if os.geteuid() == 0:
            os.chown(file, 1000, 1000)
        else:
            file.chmod(0o444)

        def run(code: str) -> int:
            environment = {"PYTHONPATH": str(CHECKOUT), "PATH": os.environ["PATH"]}
            command = [sys.executable, "-c", AS_HUB + code, str(file)]
            return subprocess.run(command, env=environment, check=False).returncode

        assert run(WRITE) != 0, "the test would show nothing otherwise"
        assert run("_own_file(file)") == 0
        assert run("_own_file(file)") == 0
        assert run(WRITE) == 0
        assert sqlite3.connect(file).execute("SELECT b FROM a").fetchall() == [(7,)]
        assert [entry.name for entry in folder.iterdir()] == [file.name]
