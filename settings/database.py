"""Where the hub keeps its users, tokens and servers."""

import re
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import AfterValidator, SecretStr

from settings.gke.database_tiers import DatabaseTier
from settings.gke.sections import ClusterSettings
from settings.model import Model
from settings.scalars import Flag
from settings.secret import Secret
from settings.sections import SecretsSettings

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

    type: Literal["sqlite", "postgresql", "cloud-sql"] = "sqlite"
    """`sqlite`: a file on the hub's volume; `postgresql`: a server, which is not a part of the stack; `cloud-sql`: an
    instance of Cloud SQL for PostgreSQL, which the stack makes, on GKE."""
    url: DatabaseUrl | None = None
    """Where the server of `postgresql` is, and how the hub signs in there."""
    tier: DatabaseTier = "db-custom-1-3840"
    """The machine of `cloud-sql`."""
    high_availability: Flag = False
    """Whether `cloud-sql` has a second machine in another zone of the region, which takes over by itself."""


_DEFAULT = DatabaseSettings()


def database_mistakes(
    database: DatabaseSettings, secrets: SecretsSettings, cluster: ClusterSettings | None
) -> list[str]:
    """Returns what is missing, or has no effect; where the cluster is wrong in itself, nothing is said of it."""
    mistakes: list[str] = []
    if database.type == "cloud-sql" and cluster is not None and not cluster.on_gke:
        mistakes.append(
            "database.type: cloud-sql is to be had on GKE only, where cluster.mode is existing or create; set that, or "
            "take another database: pulumi config set database.type sqlite"
        )
    if database.type == "postgresql" and database.url is None:
        mistakes.append(
            "database.url: is not set, but database.type is postgresql: "
            "pulumi config set --secret database.url (postgresql://USER:PASSWORD@HOST:5432/NAME)"
        )
    if database.type != "postgresql" and database.url is not None:
        mistakes.append(
            f"database.type: is {database.type}, but database.url is set; for that database: "
            "pulumi config set database.type postgresql; otherwise: pulumi config rm database.url"
        )
    if database.type != "cloud-sql":
        mistakes += [
            f"{key}: has no effect with database.type {database.type}; remove it: pulumi config rm {key}"
            for key, changed in {
                "database.tier": database.tier != _DEFAULT.tier,
                "database.highAvailability": database.high_availability,
                "secrets.databasePasswordGeneration": secrets.database_password_generation != 1,
            }.items()
            if changed
        ]
    return mistakes
