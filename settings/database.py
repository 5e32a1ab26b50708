"""Where the hub keeps its users, tokens and servers."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl

from pydantic import AfterValidator, SecretStr, model_validator

from settings.model import Model
from settings.secret import Secret

_TEXT = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"
_URL = re.compile(
    rf"postgresql(?:\+psycopg2)?://{_TEXT}(?::{_TEXT})?@(?:[A-Za-z0-9][-.A-Za-z0-9]*|\[[0-9A-Fa-f:.]+\])"
    rf"(?::[1-9][0-9]{{0,4}})?/{_TEXT}(?:\?(?P<options>\S*))?"
)
_PASSWORDS = {"password", "sslpassword"}


def _database_url(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    match = _URL.fullmatch(url)
    if match is None:
        msg = (
            "is not where a PostgreSQL database is; right ones look like postgresql://USER:PASSWORD@HOST:5432/NAME, "
            "with what is no letter or digit in USER and PASSWORD written as in URLs, such as %40 for @"
        )
        raise ValueError(msg)
    if _PASSWORDS & {name.lower() for name, _ in parse_qsl(match["options"] or "", keep_blank_values=True)}:
        # hub/database.py keeps the one before the @, and no other, out of what a hub may write into its log.
        msg = "has a password behind the ?; write it before the @, as in postgresql://USER:PASSWORD@HOST:5432/NAME"
        raise ValueError(msg)
    return value


DatabaseUrl = Annotated[Secret, AfterValidator(_database_url)]
"""URL of a PostgreSQL database, with user, host and name: `postgresql://user:password@host:5432/name`."""


class DatabaseSettings(Model):
    """The hub's database."""

    type: Literal["sqlite", "postgresql"] = "sqlite"
    """`sqlite`: a file on the hub's volume; `postgresql`: a server, which is not a part of the stack."""
    url: DatabaseUrl | None = None
    """Where that server is, and how the hub signs in there."""

    @model_validator(mode="after")
    def _url_of_a_server(self) -> Self:
        if self.type == "postgresql" and self.url is None:
            msg = (
                "database.url: is not set, but database.type is postgresql: "
                "pulumi config set --secret database.url (postgresql://USER:PASSWORD@HOST:5432/NAME)"
            )
            raise ValueError(msg)
        if self.type == "sqlite" and self.url is not None:
            msg = (
                "database.type: is sqlite, but database.url is set; for that database: "
                "pulumi config set database.type postgresql; otherwise: pulumi config rm database.url"
            )
            raise ValueError(msg)
        return self
