"""Keys `database.*`."""

from typing import Literal

from settings.types.database import PORT, DatabaseUrl, port_of
from settings.types.machines import DatabaseTier
from settings.types.model import Model
from settings.types.text import Flag


class DatabaseSettings(Model):
    """The database of the hub, with users, tokens and servers."""

    type: Literal["sqlite", "postgresql", "cloud-sql"] = "sqlite"
    """Kind of database: `sqlite` (a file on the hub's volume), `postgresql` (a server of your own, `database.url`) or
    `cloud-sql` (a Cloud SQL for PostgreSQL instance that the stack creates; GKE only)."""
    url: DatabaseUrl | None = None
    """URL of the PostgreSQL database: `postgresql://USER:PASSWORD@HOST:5432/NAME`."""
    tier: DatabaseTier = "db-custom-1-3840"
    """Machine type of the Cloud SQL instance: `db-custom-<vCPUs>-<memory in MB>`, or `db-f1-micro` or `db-g1-small`
    with a shared vCPU."""
    high_availability: Flag = False
    """Whether the Cloud SQL instance has a standby in another zone, with automatic failover. It doubles the cost."""

    @property
    def port(self) -> int:
        """Port of the PostgreSQL server. That of `url` belongs to a secret."""
        return PORT if self.url is None else port_of(self.url.get_secret_value())
