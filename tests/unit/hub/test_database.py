import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from jupyterhub import orm
from jupyterhub.app import JupyterHub
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from traitlets.config import Config

from hub.contract import DATABASE_URL_VARIABLE, HubConfig

LoadConfig = Callable[[HubConfig], Config]

TABLES_OF_5_5_4 = "4621fec11365"
"""The revision of the tables that JupyterHub 5.5.4 makes."""
ADA = "INSERT INTO users (name, admin, created, cookie_id) VALUES ('ada', 0, '2026-01-01', '')"


@pytest.fixture
def configure(
    load_config: LoadConfig, hub_config: HubConfig, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Config]:
    """Make the configuration of a hub whose database is a PostgreSQL server."""

    def configure(url: str) -> Config:
        monkeypatch.setenv(DATABASE_URL_VARIABLE, url)
        monkeypatch.setenv("PGPASSWORD", "none")  # so that it is put back in the end
        return load_config(hub_config.model_copy(update={"database_url": None}))

    return configure


def _open_database(config: Config) -> Session:
    """Do what the hub does with its database when it starts."""

    async def open_database() -> Session:
        app = JupyterHub(config=config)
        app.init_db()
        return app.db

    return asyncio.run(open_database())


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2"])
def test_the_driver_is_the_one_in_the_image(configure: Callable[[str], Config], scheme: str) -> None:
    url = make_url(configure(f"{scheme}://hub:password@db.example.org/hub").JupyterHub.db_url)
    assert url.get_dialect().import_dbapi().__name__ == "psycopg2"


def test_a_server_that_does_not_answer_is_given_up_soon(configure: Callable[[str], Config]) -> None:
    def options(query: str) -> dict[str, list[str]]:
        url = configure(f"postgresql://hub:password@db.example.org/hub{query}").JupyterHub.db_url
        return parse_qs(urlsplit(str(url)).query)

    assert options("") == {"connect_timeout": ["10"]}
    assert options("?sslmode=require&connect_timeout=3") == {"connect_timeout": ["3"], "sslmode": ["require"]}


def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up_too(
    configure: Callable[[str], Config],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        config = configure(f"postgresql://hub:password@127.0.0.1:{port}/hub?connect_timeout=2")
        with pytest.raises(OperationalError, match="timeout expired"):
            _open_database(config)


def test_the_password_is_no_part_of_the_configuration_and_reaches_the_driver(
    configure: Callable[[str], Config],
) -> None:
    config = configure("postgresql://hub:a%40b%2Fc%25d+e@db.example.org:5432/hub")
    assert config.JupyterHub.db_url == "postgresql+psycopg2://hub@db.example.org:5432/hub?connect_timeout=10"
    assert os.environ["PGPASSWORD"] == "a@b/c%d+e"


def test_a_server_out_of_reach_ends_the_hub_with_the_reason_and_without_the_password(
    configure: Callable[[str], Config], capfd: pytest.CaptureFixture[str]
) -> None:
    config = configure("postgresql://hub:a-marker@127.0.0.1:1/hub")
    config.JupyterHub.log_level = "DEBUG"
    with pytest.raises(OperationalError, match="port 1 failed: Connection refused") as caught:
        _open_database(config)
    printed = "".join([*traceback.format_exception(caught.value), *capfd.readouterr()])
    assert "Config changed" in printed
    assert "a-marker" not in printed


def test_a_hub_without_the_url_ends_with_the_name_of_its_variable(configure: Callable[[str], Config]) -> None:
    with pytest.raises(SystemExit, match=f"Not set in the environment: {DATABASE_URL_VARIABLE}"):
        configure("")


def test_the_tables_of_an_older_jupyterhub_are_copied_and_then_brought_up_to_date(
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
    assert set(folder.iterdir()) == {file, copy}, "tables that are up to date are not copied"
