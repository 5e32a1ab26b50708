"""The hub's database on Cloud SQL for PostgreSQL."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import compute, sql

from components.hub_config import AUTHORITIES_PATH
from components.token import Token, TokenArgs
from settings import Settings

_VERSION: Final = "POSTGRES_17"
"""Another one upgrades the instances that are there, in place: they are away for some minutes."""
_HUB: Final = "hub"
"""Name of the database, and of the user as whom the hub signs in."""
_PORT: Final = 5432
_SUNDAY: Final = 7


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """Inputs of `Database`."""

    settings: Settings
    """The stack's settings: project, region, the machine, protection, the password's generation."""
    network: pulumi.Input[str] | None
    """VPC of the cluster."""
    subnetwork: pulumi.Input[str] | None
    """Subnet of the cluster, in which the database gets an address."""


class Database(pulumi.ComponentResource):
    """An instance without a public address, and its private one in the cluster's subnet (Private Service Connect)."""

    url: pulumi.Output[str]
    """Where the database is, and how the hub signs in there. Secret. Known once the hub can."""
    authorities: pulumi.Output[str]
    """Certificates (PEM) of who may sign the server's own: the active authority, and around a rotation the last or the
    next one too. Public. Known once there is an instance."""
    instance: pulumi.Output[str]
    """Name of the instance."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/database:Database", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        instance = sql.DatabaseInstance(
            f"{name}-instance",
            # Pulumi names it, as the name of an instance that was deleted stays taken for a week.
            args=_instance(settings),
            opts=pulumi.ResourceOptions(
                parent=self, protect=settings.protect, retain_on_delete=settings.hub.keep_database
            ),
        )
        # Both stay and go with the instance: PostgreSQL deletes no user who owns something.
        database = sql.Database(
            f"{name}-database", name=_HUB, instance=instance.name, deletion_policy="ABANDON", opts=child
        )
        password = Token(f"{name}-password", TokenArgs(generation=settings.secrets.database_password_generation), child)
        user = sql.User(
            f"{name}-user",
            name=_HUB,
            instance=instance.name,
            password=password.value,
            deletion_policy="ABANDON",
            opts=child,
        )
        address = compute.Address(
            f"{name}-address",
            region=settings.cluster.region,
            address_type="INTERNAL",
            subnetwork=args.subnetwork,
            opts=child,
        )
        endpoint = compute.ForwardingRule(
            f"{name}-endpoint",
            region=settings.cluster.region,
            # So Google has it for Private Service Connect.
            load_balancing_scheme="",
            target=instance.psc_service_attachment_link,
            network=args.network,
            ip_address=address.self_link,
            # The hub knows the address and needs no name.
            no_automate_dns_zone=True,
            opts=child,
        )
        # By its link and not its name: before there is an instance, that is known, and nobody could answer.
        listed = sql.get_ca_certs_output(instance=instance.self_link, opts=pulumi.InvokeOutputOptions(parent=self))
        # Sorted, as another order would restart the hub.
        self.authorities = listed.certs.apply(lambda certs: "".join(sorted(f"{one.cert.strip()}\n" for one in certs)))
        self.instance = instance.name
        self.url = pulumi.Output.all(password.value, address.address, endpoint.id, database.id, user.id).apply(
            lambda known: (
                f"postgresql://{_HUB}:{known[0]}@{known[1]}:{_PORT}/{_HUB}"
                # The authority is the instance's own, so whoever has its word is the instance, whatever its address.
                f"?sslmode=verify-ca&sslrootcert={AUTHORITIES_PATH}"
            )
        )
        self.register_outputs({"instance": self.instance})


def _instance(settings: Settings) -> "sql.DatabaseInstanceArgs":
    return sql.DatabaseInstanceArgs(
        database_version=_VERSION,
        region=settings.cluster.region,
        deletion_protection=settings.protect,
        settings=sql.DatabaseInstanceSettingsArgs(
            # Stated, as Google's own default is the dearer Enterprise Plus.
            edition="ENTERPRISE",
            tier=settings.database.tier,
            availability_type="REGIONAL" if settings.database.high_availability else "ZONAL",
            # The one above holds for Pulumi, and this one for everybody.
            deletion_protection_enabled=settings.protect,
            # From the least, 10 GB, as a hub's tables are some MB. A size that is stated would be below the grown one
            # some day, which takes another instance.
            disk_autoresize=True,
            ip_configuration=sql.DatabaseInstanceSettingsIpConfigurationArgs(
                ipv4_enabled=False,
                ssl_mode="ENCRYPTED_ONLY",
                psc_configs=[
                    sql.DatabaseInstanceSettingsIpConfigurationPscConfigArgs(
                        psc_enabled=True, allowed_consumer_projects=[settings.gcp.project_id]
                    )
                ],
            ),
            backup_configuration=sql.DatabaseInstanceSettingsBackupConfigurationArgs(
                enabled=True,
                point_in_time_recovery_enabled=True,
                transaction_log_retention_days=7,
                backup_retention_settings=(
                    sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs(retained_backups=14)
                ),
            ),
            maintenance_window=sql.DatabaseInstanceSettingsMaintenanceWindowArgs(
                day=_SUNDAY,
                hour=int(settings.cluster.maintenance_start.partition(":")[0]),
                update_track="stable",
            ),
        ),
    )
