"""What the hub needs from the platform that it runs on: GKE, or any other Kubernetes cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.cluster.target import Gke
from components.endpoint import DnsRecord
from components.gke.backup import Backup, BackupArgs
from components.gke.cloud_sql import CloudSql, CloudSqlArgs
from components.gke.iap import IdentityAwareProxy, IdentityAwareProxyArgs
from components.gke.public_address import GatewayAddress, PublicAddress, PublicAddressArgs
from components.gke.storage_classes import StorageClasses, StorageClassesArgs, scratch_storage_class
from settings import Settings, url_of


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What the hub's objects refer to. The defaults are those of a cluster without anything of Google Cloud."""

    public_url: pulumi.Input[str] | None
    """URL of the hub for browsers; None = the address that the cluster assigns to the load balancer."""
    address: pulumi.Input[str] | None
    """IP address of the load balancer; None = the cluster assigns one."""
    home_storage_class: pulumi.Input[str] | None
    """StorageClass of new homes; None = the cluster's default."""
    database_storage_class: pulumi.Input[str] | None
    """StorageClass of the hub's volume; None = the cluster's default."""
    scratch_storage_class: pulumi.Input[str] | None = None
    """StorageClass of scratch space; None = the cluster's default."""
    folder_storage_class: pulumi.Input[str] | None = None
    """StorageClass of folders on Filestore; None = there are none."""
    gateway: GatewayAddress | None = None
    """Address and certificate of a Gateway; None = there is no Gateway."""
    dns_records: pulumi.Output[Sequence[DnsRecord]] | None = None
    """DNS records that people have to create; None = there are none."""
    database: CloudSql | None = None
    """The database on Cloud SQL; None = it is elsewhere."""
    iap: IdentityAwareProxy | None = None
    """Google's Identity-Aware Proxy; None = people sign in otherwise."""


def platform(
    name: str, settings: Settings, gke: Gke | None, namespace: pulumi.Input[str], after_admin: pulumi.ResourceOptions
) -> Platform:
    """Create what the hub needs from the platform.

    Args:
        name: Prefix of the resources' names.
        settings: The stack's settings.
        gke: The GKE cluster; None = another cluster, whose objects the settings name.
        namespace: Namespace of the hub.
        after_admin: Options of Kubernetes objects, which need the rights of a cluster-admin.
    """
    if gke is None:
        return Platform(
            public_url=settings.url,
            address=settings.endpoint.address,
            home_storage_class=settings.notebook.storage.storage_class,
            database_storage_class=settings.hub.storage.storage_class,
            scratch_storage_class=scratch_storage_class(settings),
        )
    after_apis = pulumi.ResourceOptions(parent=after_admin.parent, depends_on=gke.apis)
    classes = StorageClasses(f"{name}-storage", StorageClassesArgs(settings=settings, gke=gke), after_admin)
    public, iap, database = None, None, None
    path = settings.hub.path
    if settings.endpoint.has_own_address:
        address_args = PublicAddressArgs(settings=settings, subnetwork=gke.subnetwork)
        public = PublicAddress(f"{name}-public", address_args, after_apis)
    if settings.auth.type == "iap":
        iap_args = IdentityAwareProxyArgs(settings=settings, namespace=namespace, apis=gke.apis)
        iap = IdentityAwareProxy(f"{name}-iap", iap_args, after_apis)
    if settings.database.type == "cloud-sql":
        database = CloudSql(f"{name}-sql", CloudSqlArgs(settings=settings, gke=gke), after_apis)
    if settings.backup.days is not None:
        Backup(f"{name}-backup", BackupArgs(settings=settings, gke=gke), after_apis)
    return Platform(
        public_url=settings.url or (public.ip.apply(lambda ip: f"{url_of(ip)}{path}") if public else None),
        address=public.ip if public else settings.endpoint.address,
        home_storage_class=classes.homes,
        database_storage_class=classes.database,
        scratch_storage_class=classes.scratch,
        folder_storage_class=classes.folders,
        gateway=public.gateway if public else None,
        dns_records=public.dns_records if public else None,
        database=database,
        iap=iap,
    )
