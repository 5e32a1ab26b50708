"""The PostgreSQL server that stands in for every Cloud SQL instance, if a test started one."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.doubles.google.wire import Properties

SERVER = "GCP_STAND_IN_POSTGRES"
"""Environment variable with the URL of its superuser."""

CA_CERTIFICATES = "GCP_STAND_IN_POSTGRES_CA"
"""Environment variable with the path of a PEM file: its CA certificates. Read at each lookup."""

_OWNER = "cloudsqlsuperuser"
"""The role of every user of an instance; it owns the databases."""
_ROLE = "SELECT 1 FROM pg_roles WHERE rolname = :name"


def address() -> str | None:
    """Return the host of the server; None without a server."""
    return urlsplit(os.environ[SERVER]).hostname if os.environ.get(SERVER) else None


def ca_certificates() -> list[str]:
    """Return the CA certificates (PEM) of the server; an empty list by default."""
    file = os.environ.get(CA_CERTIFICATES)
    text = Path(file).read_text() if file else ""
    return re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", text, re.DOTALL)


def follow(token: str, inputs: Properties) -> None:
    """Apply a created or updated resource to the server; `inputs` are without the markers of secrets."""
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
    """Execute a command, unless the query for the name returns a row."""
    if not _execute(question, name=name):
        _execute(command)


def _execute(statement: str, **values: str) -> list[tuple[Any, ...]]:
    """Execute SQL as the superuser, and return the rows."""
    from tests.doubles.sql import execute  # noqa: PLC0415 SQLAlchemy is slow to load, and rarely needed

    return execute(os.environ[SERVER], statement, **values)
