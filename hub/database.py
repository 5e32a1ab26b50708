"""Where the hub keeps its users, tokens and servers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url

from hub.contract import DATABASE_URL_VARIABLE

if TYPE_CHECKING:
    from traitlets.config import Config

    from hub.contract import HubConfig


def configure(c: Config, hub_config: HubConfig) -> None:
    """Configure the database.

    Raises:
        KeyError: Its URL is secret, and not in the environment.
        sqlalchemy.exc.ArgumentError: That is no URL.
    """
    c.JupyterHub.db_url = hub_config.database_url or _url_without_password(os.environ[DATABASE_URL_VARIABLE])
    # A newer JupyterHub changes the tables itself; it first copies an SQLite file.
    c.JupyterHub.upgrade_db = True


def _url_without_password(text: str) -> str:
    given = make_url(text)
    if given.password is not None:
        # Where PostgreSQL's library looks for it, that of the upgrade's own process too. As a part of the configuration
        # it would be in the log of a hub that is told to debug.
        os.environ["PGPASSWORD"] = given.password
    url = URL.create(
        # The driver in the hub's image. SQLAlchemy 2.1 takes `postgresql://` for another one.
        "postgresql+psycopg2",
        username=given.username,
        host=given.host,
        port=given.port,
        database=given.database,
        # Seconds. Without it a hub waits for minutes for a server that does not answer. It is in the URL, and not in
        # `db_kwargs`, as the URL is all that the upgrade gets.
        query={"connect_timeout": "10", **given.query},
    )
    return str(url)
