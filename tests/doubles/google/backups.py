"""Checks of the API of Backup for GKE.

Source: https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest/v1/projects.locations.backupPlans
(2026-11), and hashicorp/terraform-provider-google#15309 for the deletion.
"""

from tests.doubles.google.wire import Properties

_INVALID = "googleapi: Error 400: "
_MOST_DAYS = 360
"""Most days that a daily backup is kept."""
NOT_EMPTY = f"{_INVALID}backup plan cannot be deleted as it has backups. Delete the backups first., failedPrecondition"
"""Error of a deletion: the stand-in's plans have a backup from the beginning."""


def refusal(plan: Properties) -> str | None:
    """Return Google's error for the schedule of a plan; None if there is none."""
    schedule: Properties = plan.get("backupSchedule") or {}
    retention: Properties = plan.get("retentionPolicy") or {}
    days = retention.get("backupRetainDays")
    if schedule.get("cronSchedule") and days is None:
        return f"{_INVALID}backup_retain_days must be defined with a cron_schedule., badRequest"
    if days is not None and not 0 <= int(days) <= _MOST_DAYS:
        return f"{_INVALID}backup_retain_days must be <= {_MOST_DAYS} * the creation interval., badRequest"
    return None
