"""Daily backups of the disks of homes and hub."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import gkebackup

from components.cluster.target import Gke
from components.gke.cost_labels import cost_labels
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class BackupArgs:
    """Inputs of `Backup`."""

    settings: Settings
    """The stack's settings: namespaces, database, homes, and how long backups are kept."""
    gke: Gke
    """The cluster."""


class Backup(pulumi.ComponentResource):
    """A plan of Backup for GKE: snapshots of the disks behind all claims of the stack, also of claims that come later.

    Google deletes no plan that has backups, so it is retained: `pulumi destroy` neither loses them nor fails.
    """

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/backup:Backup", name, None, opts)
        settings, backup = args.settings, args.settings.backup
        hour, minute = map(int, backup.start.split(":"))
        plan = gkebackup.BackupPlan(
            # Auto-named: the plan of an earlier cluster may still have backups.
            f"{name}-plan",
            cluster=args.gke.cluster,
            location=settings.cluster.region,
            description=f"Homes and database of the hub {settings.name}",
            retention_policy=gkebackup.BackupPlanRetentionPolicyArgs(backup_retain_days=backup.days),
            backup_schedule=gkebackup.BackupPlanBackupScheduleArgs(
                cron_schedule=f"{minute} {hour} * * *", paused=backup.paused
            ),
            backup_config=gkebackup.BackupPlanBackupConfigArgs(
                selected_namespaces=gkebackup.BackupPlanBackupConfigSelectedNamespacesArgs(
                    namespaces=backed_up_namespaces(settings)
                ),
                include_volume_data=True,
                # The stack has them; a backup is no place for secrets.
                include_secrets=False,
                # Only disks are restored, so no other object may let a backup fail.
                permissive_mode=True,
            ),
            labels=cost_labels(settings),
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        self.register_outputs({"plan": plan.name})


def backed_up_namespaces(settings: Settings) -> list[str]:
    """Return the namespaces that have disks."""
    hub = [settings.namespace] if settings.database.type == "sqlite" else []
    # Backup for GKE copies no Filestore shares.
    homes = [] if settings.notebook.storage.disk == "filestore" else [settings.notebooks_namespace]
    return [*hub, *homes]
