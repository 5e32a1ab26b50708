"""Keys `database.*`."""

from typing import Literal

from settings.types.database import DatabaseUrl
from settings.types.machines import DatabaseTier
from settings.types.model import Model
from settings.types.text import Flag


class DatabaseSettings(Model):
    """The hub's database."""

    type: Literal["sqlite", "postgresql", "cloud-sql"] = "sqlite"
    """Database of the hub, with users, tokens and servers: `sqlite` (a file on the hub's volume), `postgresql` (the
    server of `database.url`) or `cloud-sql` (a Cloud SQL for PostgreSQL instance that the stack creates, on GKE)."""
    url: DatabaseUrl | None = None
    """URL of the PostgreSQL database: postgresql://USER:PASSWORD@HOST:5432/NAME."""
    tier: DatabaseTier = "db-custom-1-3840"
    """Machine type of the Cloud SQL instance: `db-custom-<vCPUs>-<MB of memory>`, or a shared core, `db-f1-micro` or
    `db-g1-small`."""
    high_availability: Flag = False
    """Whether the Cloud SQL instance has a standby in another zone, with automatic failover. Doubles the cost."""
