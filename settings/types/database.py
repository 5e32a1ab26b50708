"""Named type for the URL of a PostgreSQL database."""

import re
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, SecretStr

from settings.types.secret import Secret

_TEXT = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"


_URL = re.compile(
    rf"postgresql(?:\+psycopg2)?://{_TEXT}(?::{_TEXT})?@(?:[A-Za-z0-9][-.A-Za-z0-9]*|\[[0-9A-Fa-f:.]+\])"
    rf"(?::[1-9][0-9]{{0,4}})?/{_TEXT}(?:\?(?P<options>\S*))?"
)


_PASSWORDS = {"password", "sslpassword"}
PORT: Final = 5432
"""Port of PostgreSQL servers whose URL has none."""
_LAST_PORT: Final = 65535


def port_of(url: str) -> int:
    """Return the port of the server; as in libpq, one after the ? counts.

    Raises:
        ValueError: It is no port.
    """
    parts = urlsplit(url)
    port = int(dict(parse_qsl(parts.query)).get("port", parts.port or PORT))
    if not 1 <= port <= _LAST_PORT:
        raise ValueError(port)
    return port


def _database_url(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    match = _URL.fullmatch(url)
    if match is None:
        msg = (
            "is not the URL of a PostgreSQL database, such as postgresql://USER:PASSWORD@HOST:5432/NAME, "
            "with special characters of USER and PASSWORD percent-encoded, such as %40 for @"
        )
        raise ValueError(msg)
    if _PASSWORDS & {name.lower() for name, _ in parse_qsl(match["options"] or "", keep_blank_values=True)}:
        # hub/database.py removes only the password before the @ from log messages.
        msg = "has a password after the ?; write it before the @, as in postgresql://USER:PASSWORD@HOST:5432/NAME"
        raise ValueError(msg)
    try:
        port_of(url)
    except ValueError:
        msg = "has a port that is none; PostgreSQL's own is 5432, and the last is 65535"
        raise ValueError(msg) from None
    return value


DatabaseUrl = Annotated[Secret, AfterValidator(_database_url)]
"""URL of a PostgreSQL database, with user, host and name: `postgresql://user:password@host:5432/name`."""
