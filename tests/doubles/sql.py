"""SQL statements on the PostgreSQL servers of the tests."""

from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool


def execute(url: str, statement: str, **values: str) -> list[tuple[Any, ...]]:
    """Execute a statement in a transaction of its own, and return its rows.

    Args:
        url: URL of the database, with user and password.
        statement: The statement.
        values: Values of its parameters.
    """
    engine = create_engine(
        url.replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        done = connection.execute(text(statement), values)
        return [tuple(row) for row in done.all()] if done.returns_rows else []
