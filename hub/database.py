"""The hub's database: users, tokens and servers."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url

from hub.contract import DATABASE_URL_VARIABLE

if TYPE_CHECKING:
    from traitlets.config import Config

    from hub.contract import HubConfig


LOCK_SECONDS = 3
"""Time for which the hub waits for another program's lock on an sqlite file."""


def configure(c: Config, hub_config: HubConfig) -> None:
    """Configure the database.

    Raises:
        KeyError: The URL is secret, and not in the environment.
        sqlalchemy.exc.ArgumentError: It is not a URL.
    """
    c.JupyterHub.db_url = hub_config.database_url or _url_without_password(os.environ[DATABASE_URL_VARIABLE])
    _own_file(make_url(c.JupyterHub.db_url).database if hub_config.database_url else None)
    # A newer JupyterHub migrates the tables at its start, after a copy of an SQLite file.
    c.JupyterHub.upgrade_db = True
    if c.JupyterHub.db_url.startswith("sqlite:"):
        # The whole hub waits for a lock, 5 s by default. JupyterHub itself sets `check_same_thread`.
        c.JupyterHub.db_kwargs = {"connect_args": {"check_same_thread": False, "timeout": LOCK_SECONDS}}


def _own_file(path: str | None) -> None:
    """Replace a database file that only another user may write by a copy.

    In version 0.1.0 the hub had another UID. A volume that ignores fsGroup (NFS, a folder of the node) keeps its files.
    """
    if path is None or os.access(path, os.W_OK) or not (Path(path).is_file() and os.access(Path(path).parent, os.W_OK)):
        return
    copy = Path(f"{path}.copy")
    try:
        shutil.copyfile(path, copy)
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)


def _url_without_password(text: str) -> str:
    given = make_url(text)
    if given.password is not None:
        # libpq reads it, in the process that migrates the tables too. In `db_url` it would be in debug logs.
        os.environ["PGPASSWORD"] = given.password
    url = URL.create(
        # The driver in the hub's image. For `postgresql://` SQLAlchemy 2.1 uses another one.
        "postgresql+psycopg2",
        username=given.username,
        host=given.host,
        port=given.port,
        database=given.database,
        # Seconds and milliseconds for a new connection and for an answer; libpq's defaults are minutes. They are in the
        # URL, since the migration does not get `db_kwargs`.
        query={"connect_timeout": "10", "tcp_user_timeout": "10000", **given.query},
    )
    return str(url)
