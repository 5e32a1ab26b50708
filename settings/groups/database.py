"""Keys `database.*`."""

from typing import Literal

from settings.types.database import DatabaseUrl
from settings.types.database_tiers import DatabaseTier
from settings.types.model import Model
from settings.types.text import Flag


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
