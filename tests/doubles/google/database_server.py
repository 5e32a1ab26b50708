"""The PostgreSQL server that stands in for every instance of Cloud SQL, if a test has started one."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from tests.doubles.google.wire import Properties

SERVER = "GCP_STAND_IN_POSTGRES"
"""The variable with the URL by which its superuser reaches it."""

AUTHORITIES = "GCP_STAND_IN_POSTGRES_AUTHORITIES"
"""The variable with the path of a PEM file: who signs for it, as Google tells. It is read at each question."""

_OWNER = "cloudsqlsuperuser"
"""The role that every user of an instance is in, and that owns its databases."""
_ROLE = "SELECT 1 FROM pg_roles WHERE rolname = :name"


def address() -> str | None:
    """Where the server is; None if there is none."""
    return urlsplit(os.environ[SERVER]).hostname if os.environ.get(SERVER) else None


def authorities() -> list[str]:
    """The certificates (PEM) of who signs for the server; none if nobody said so."""
    file = os.environ.get(AUTHORITIES)
    text = Path(file).read_text() if file else ""
    return re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", text, re.DOTALL)


def follow(token: str, inputs: Properties) -> None:
    """Make in the server what was made or changed in the cloud; `inputs` without marks of secrets."""
    if not token.startswith("gcp:sql/") or not os.environ.get(SERVER):
        return
    name, kind = str(inputs.get("name")), token.rpartition(":")[2]
    if kind == "User":
        _make(_ROLE, name, f'CREATE ROLE "{name}" LOGIN IN ROLE {_OWNER}')
        _execute(f"""ALTER ROLE "{name}" PASSWORD '{inputs["password"]}'""")
    elif kind == "Database":
        _make("SELECT 1 FROM pg_database WHERE datname = :name", name, f'CREATE DATABASE "{name}" OWNER {_OWNER}')
    elif kind == "DatabaseInstance":
        _make(_ROLE, _OWNER, f"CREATE ROLE {_OWNER} CREATEDB CREATEROLE")


def _make(question: str, name: str, command: str) -> None:
    """Do it unless the question about the name gives a row."""
    if not _execute(question, name=name):
        _execute(command)


def _execute(sql: str, **values: str) -> int:
    """Do something on the server as its superuser, and return how many rows that gives."""
    from sqlalchemy import create_engine, text  # noqa: PLC0415 slow to load, and most clouds have no such server
    from sqlalchemy.pool import NullPool  # noqa: PLC0415 see above

    url = os.environ[SERVER].replace("postgresql:", "postgresql+psycopg2:")
    with create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        done = connection.execute(text(sql), values)
        return len(done.all()) if done.returns_rows else 0
