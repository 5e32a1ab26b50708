"""Keys `backup.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.model import Model
from settings.types.text import Flag, TimeOfDay, WholeNumber


class BackupSettings(Model):
    """Daily backups of the disks of homes and hub, by Backup for GKE. GKE only."""

    days: Annotated[WholeNumber, Field(ge=1, le=360)] | None = None
    """Days for which each daily backup of the homes, and of the hub's SQLite database, is kept, such as `14`. 1 to 360.
    Not set: no backups. The backups outlive the stack."""
    start: TimeOfDay = "01:00"
    """Start of the daily backup, in UTC."""
    paused: Flag = False
    """Whether no more backups are made. Existing ones are kept until they are `backup.days` old. Pause the backups
    before you remove `backup.days`: the schedule outlives the stack, too."""
