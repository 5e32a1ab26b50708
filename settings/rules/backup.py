"""Rules of the backups."""

from settings.groups.backup import BackupSettings
from settings.groups.cluster import ClusterSettings
from settings.groups.database import DatabaseSettings
from settings.groups.notebook import NotebookSettings
from settings.rules.cluster import gke_only_errors

_KEYS = ("start", "paused")
_FILESTORE = "Backup for GKE does not copy homes and folders on Filestore; see docs/backup.md"


def effect_errors(backup: BackupSettings, cluster: ClusterSettings) -> list[str]:
    """Report backups without GKE, and keys without effect."""
    if backup.days is not None:
        return gke_only_errors(cluster, {"backup.days": backup.days})
    changed = [key for key in _KEYS if getattr(backup, key) != BackupSettings.model_fields[key].default]
    return [
        f"backup.{key}: has no effect without backup.days; set it: pulumi config set backup.days 14; or remove this: "
        f"pulumi config rm backup.{key}"
        for key in changed
    ]


def content_errors(backup: BackupSettings, notebook: NotebookSettings, database: DatabaseSettings) -> list[str]:
    """Report backups that would be empty."""
    if backup.days is None or notebook.storage.disk != "filestore" or database.type == "sqlite":
        return []
    return [
        (
            f"backup.days: there is nothing to back up: the hub has no disk with database.type {database.type}, and "
            f"{_FILESTORE}; remove it: pulumi config rm backup.days"
        )
    ]


def content_warnings(backup: BackupSettings, notebook: NotebookSettings, database: DatabaseSettings) -> list[str]:
    """Report homes and folders that are not in the backups."""
    if backup.days is None:
        return []
    if notebook.storage.disk == "filestore":
        return [f"backup.days: backs up the hub's disk alone. {_FILESTORE}"] if database.type == "sqlite" else []
    return [f"backup.days: backs up no folders. {_FILESTORE}"] if notebook.uses_filestore else []
