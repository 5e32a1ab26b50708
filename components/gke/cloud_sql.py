"""The hub's database on Cloud SQL for PostgreSQL."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import compute, sql

from components.cluster.target import Gke
from components.dynamic.token import Token, TokenArgs
from components.gke.cost_labels import cost_labels
from components.hub_paths import DATABASE_CA_PATH
from settings import Settings

_VERSION: Final = "POSTGRES_17"
"""A change upgrades existing instances in place, with some minutes of downtime."""
NAME: Final = "hub"
"""Name of the database and of its user."""
_SUNDAY: Final = 7


@dataclass(frozen=True, kw_only=True)
class CloudSqlArgs:
    """Inputs of `CloudSql`."""

    settings: Settings
    """The stack's settings: project, region, machine, protection, the password's generation."""
    gke: Gke
    """The cluster: its VPC, and the subnet in which the database gets an address."""


class CloudSql(pulumi.ComponentResource):
    """An instance with a private address only, in the cluster's subnet (Private Service Connect)."""

    url: pulumi.Output[str]
    """URL of the database with user and password. Secret. Known once the hub can sign in."""
    ca_certificates: pulumi.Output[str]
    """CA certificates (PEM) of the instance: the active one, and around a rotation its predecessor or successor.
    Not secret. Known once the instance exists."""
    address: pulumi.Output[str]
    """Private IP address of the database."""
    instance: pulumi.Output[str]
    """Name of the instance."""

    def __init__(self, name: str, args: CloudSqlArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/cloud_sql:CloudSql", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        instance = sql.DatabaseInstance(
            f"{name}-instance",
            # Auto-named, because the name of a deleted instance stays reserved for a week.
            args=_instance(settings),
            opts=pulumi.ResourceOptions(
                parent=self, protect=settings.protect, retain_on_delete=settings.hub.keep_database
            ),
        )
        # Both are deleted with the instance: PostgreSQL does not drop a user that owns objects.
        database = sql.Database(
            f"{name}-database", name=NAME, instance=instance.name, deletion_policy="ABANDON", opts=child
        )
        password = Token(f"{name}-password", TokenArgs(generation=settings.secrets.database_password_generation), child)
        user = sql.User(
            f"{name}-user",
            name=NAME,
            instance=instance.name,
            password=password.value,
            deletion_policy="ABANDON",
            opts=child,
        )
        address = compute.Address(
            f"{name}-address",
            region=settings.cluster.region,
            address_type="INTERNAL",
            subnetwork=args.gke.subnetwork,
            opts=child,
        )
        endpoint = compute.ForwardingRule(
            f"{name}-endpoint",
            region=settings.cluster.region,
            # Google requires the empty string for Private Service Connect.
            load_balancing_scheme="",
            target=instance.psc_service_attachment_link,
            network=args.gke.network,
            ip_address=address.self_link,
            # The hub uses the address.
            no_automate_dns_zone=True,
            # Google closes the connection when the instance is created again.
            recreate_closed_psc=True,
            # Two rules cannot have the same address.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        # self_link is unknown in a first preview, so the lookup waits for the instance; the name is known too early.
        listed = sql.get_ca_certs_output(instance=instance.self_link, opts=pulumi.InvokeOutputOptions(parent=self))
        # Sorted, because another order would restart the hub.
        self.ca_certificates = listed.certs.apply(
            lambda certs: "".join(sorted(f"{one.cert.strip()}\n" for one in certs))
        )
        self.instance = instance.name
        self.address = address.address
        ready = [endpoint.id, database.id, user.id]
        self.url = pulumi.Output.all(password=password.value, address=address.address, ready=ready).apply(
            lambda args: (
                f"postgresql://{NAME}:{args['password']}@{args['address']}:{settings.database.port}/{NAME}"
                # Each instance has its own CA, so verify-ca identifies it; the host name need not match.
                f"?sslmode=verify-ca&sslrootcert={DATABASE_CA_PATH}"
            )
        )
        self.register_outputs({"instance": self.instance})


def _instance(settings: Settings) -> "sql.DatabaseInstanceArgs":
    return sql.DatabaseInstanceArgs(
        database_version=_VERSION,
        region=settings.cluster.region,
        deletion_protection=settings.protect,
        settings=sql.DatabaseInstanceSettingsArgs(
            # Stated, because Google's default is Enterprise Plus, which costs more.
            edition="ENTERPRISE",
            tier=settings.database.tier,
            availability_type="REGIONAL" if settings.database.high_availability else "ZONAL",
            # The one above applies to Pulumi, this one to everybody.
            deletion_protection_enabled=settings.protect,
            # By default the backups are deleted with the instance.
            retain_backups_on_delete=True,
            user_labels=cost_labels(settings),
            # Starts with the minimum of 10 GB; a hub's tables have some MB. A stated size would become smaller than the
            # grown disk, and Google would have to replace the instance to shrink it.
            disk_autoresize=True,
            ip_configuration=sql.DatabaseInstanceSettingsIpConfigurationArgs(
                ipv4_enabled=False,
                ssl_mode="ENCRYPTED_ONLY",
                # A CA of the instance's own: with a shared one, verify-ca would accept every instance of the region.
                server_ca_mode="GOOGLE_MANAGED_INTERNAL_CA",
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
