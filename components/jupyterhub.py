"""The whole hub, put together from its parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components import hub, preflight
from components.cluster_admin import ClusterAdmin, ClusterAdminArgs
from components.connection import Connection
from components.endpoint import DnsRecord, Endpoint, EndpointArgs
from components.gke.database import Database, DatabaseArgs
from components.gke.gateway import Gateway, GatewayArgs
from components.gke.iap import IdentityAwareProxy, IdentityAwareProxyArgs
from components.gke.security_policy import SecurityPolicy, SecurityPolicyArgs
from components.gke.site import Site, SiteArgs
from components.gke.storage import StorageClasses, StorageClassesArgs
from components.hub import Hub, HubArgs
from components.hub_config import HubConfigMap, HubConfigMapArgs
from components.hub_secret import HubSecret, HubSecretArgs
from components.namespaces import Namespaces, NamespacesArgs
from components.notebook_quota import NotebookQuota, NotebookQuotaArgs
from components.proxy import Proxy, ProxyArgs
from components.rbac import Rbac, RbacArgs
from components.tls import Tls, TlsArgs
from settings import Settings
from settings.types.addresses import callback_of, url_of


@dataclass(frozen=True, kw_only=True)
class JupyterHubArgs:
    """Inputs of `JupyterHub`."""

    settings: Settings
    """The stack's settings."""
    connection: Connection
    """The cluster, whose providers are in the resource options too."""


class JupyterHub(pulumi.ComponentResource):
    """A JupyterHub in a Kubernetes cluster: the cluster of the `kubernetes` provider in the resource options."""

    url: pulumi.Output[str | None]
    """Where people go with their browsers. See `Endpoint.url`."""
    oauth_callback_url: pulumi.Output[str | None]
    """What the OAuth app is to be registered with; none where there is no `url`."""
    namespace: pulumi.Output[str]
    """Namespace of hub and proxy."""
    dns_records: pulumi.Output[Sequence[DnsRecord]] | None
    """Records that the operator has to make; none where there are none to make."""
    database_instance: pulumi.Output[str] | None
    """Name of the instance of Cloud SQL; none where the database is elsewhere."""

    def __init__(self, name: str, args: JupyterHubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:jupyterhub:JupyterHub", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        user = args.connection.operator
        rights = (
            []
            if user is None
            else [ClusterAdmin(f"{name}-admin", ClusterAdminArgs(settings=settings, user=user), child)]
        )
        namespaces = Namespaces(f"{name}-namespaces", NamespacesArgs(settings=settings, rights=rights), child)
        homes: pulumi.Input[str] | None = settings.notebook.storage.storage_class
        volume: pulumi.Input[str] | None = settings.hub.storage.storage_class
        zones, network = args.connection.zones, args.connection.network
        if zones is not None and network is not None:
            classes = StorageClasses(
                f"{name}-storage",
                StorageClassesArgs(settings=settings, zones=zones, network=network, rights=rights),
                child,
            )
            homes, volume = classes.homes, classes.database
        rbac = Rbac(
            f"{name}-rbac",
            RbacArgs(settings=settings, namespace=namespaces.hub, notebooks_namespace=namespaces.notebooks),
            child,
        )
        google = pulumi.ResourceOptions(parent=self, depends_on=args.connection.google_services)
        site = _site(f"{name}-site", args, google)
        iap = _iap(f"{name}-iap", args, namespaces.hub, google)
        public_url = settings.public_url
        if public_url is None and site is not None:
            public_url = site.ip.apply(url_of)
        if settings.notebook.quota:
            NotebookQuota(f"{name}-quota", NotebookQuotaArgs(settings=settings, namespace=namespaces.notebooks), child)
        tls = None
        if settings.endpoint.has_tls:
            tls_args = TlsArgs(settings=settings, namespace=namespaces.hub, kubeconfig=args.connection.kubeconfig)
            tls = Tls(f"{name}-tls", tls_args, child)
        proxy_ = Proxy(
            f"{name}-proxy",
            ProxyArgs(
                settings=settings,
                namespace=namespaces.hub,
                hub_url=hub.connect_url(settings),
                tls_secret=None if tls is None else tls.secret_name,
            ),
            child,
        )
        database = _database(f"{name}-sql", args, google)
        config = HubConfigMap(
            f"{name}-config",
            HubConfigMapArgs(
                settings=settings,
                namespace=namespaces.hub,
                urls=preflight.urls(settings),
                owner_uid=rbac.notebooks_account_uid,
                public_url=public_url,
                iap_audience=None if iap is None else iap.audience,
                home_storage_class=homes,
                database_authorities=None if database is None else database.authorities,
            ),
            child,
        )
        secret = HubSecret(
            f"{name}-secret",
            HubSecretArgs(
                settings=settings,
                namespace=namespaces.hub,
                database_url=None if database is None else database.url,
            ),
            child,
        )
        Hub(
            f"{name}-hub",
            HubArgs(
                settings=settings,
                namespace=namespaces.hub,
                service_account=rbac.hub_account,
                config_map=config.config_map_name,
                secret=secret.secret_name,
                proxy_token_secret=proxy_.token_secret,
                storage_class=volume,
                kubeconfig=args.connection.kubeconfig,
                proxy=proxy_,
            ),
            child,
        )
        endpoint = Endpoint(
            f"{name}-endpoint",
            EndpointArgs(
                settings=settings,
                namespace=namespaces.hub,
                address=settings.endpoint.address if site is None else site.ip,
                public_url=public_url,
                tls=tls,
            ),
            child,
        )
        if site is not None and site.address_name is not None and site.certificate_map is not None:
            policy = _security_policy(f"{name}-armor", settings, google)
            Gateway(
                f"{name}-gateway",
                GatewayArgs(
                    settings=settings,
                    namespace=namespaces.hub,
                    service=endpoint.service_name,
                    address_name=site.address_name,
                    certificate_map=site.certificate_map,
                    security_policy=settings.endpoint.security_policy if policy is None else policy.policy_name,
                    own_policy=policy,
                    iap_secret=None if iap is None else iap.secret_name,
                ),
                child,
            )
        self.dns_records = None if site is None else site.records_to_make
        self.database_instance = None if database is None else database.instance
        self.url = endpoint.url
        self.oauth_callback_url = endpoint.url.apply(lambda url: callback_of(url) if url else None)
        self.namespace = namespaces.hub
        self.register_outputs(
            {
                "url": self.url,
                "oauth_callback_url": self.oauth_callback_url,
                "namespace": self.namespace,
                "dns_records": self.dns_records,
                "database_instance": self.database_instance,
            }
        )


def _site(name: str, args: JupyterHubArgs, opts: pulumi.ResourceOptions) -> Site | None:
    """What Google Cloud gives for the way in; none elsewhere, and where there is no way in."""
    settings = args.settings
    if not settings.cluster.on_gke or settings.endpoint.type == "none":
        return None
    return Site(name, SiteArgs(settings=settings, subnetwork=args.connection.subnetwork), opts)


def _iap(
    name: str, args: JupyterHubArgs, namespace: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> IdentityAwareProxy | None:
    """What Google's Identity-Aware Proxy needs; none where people sign in otherwise."""
    if args.settings.auth.type != "iap":
        return None
    return IdentityAwareProxy(
        name,
        IdentityAwareProxyArgs(settings=args.settings, namespace=namespace, services=args.connection.google_services),
        opts,
    )


def _security_policy(name: str, settings: Settings, opts: pulumi.ResourceOptions) -> SecurityPolicy | None:
    """The Cloud Armor policy of a gateway that only some networks may reach."""
    ranges, hostname = settings.endpoint.source_ranges, settings.endpoint.hostname
    if not ranges or hostname is None:
        return None
    return SecurityPolicy(name, SecurityPolicyArgs(hostname=hostname, source_ranges=ranges), opts)


def _database(name: str, args: JupyterHubArgs, opts: pulumi.ResourceOptions) -> Database | None:
    """The database on Cloud SQL; none where it is on the hub's volume, or on a server of somebody else's."""
    if args.settings.database.type != "cloud-sql":
        return None
    connection = args.connection
    return Database(
        name,
        DatabaseArgs(settings=args.settings, network=connection.network, subnetwork=connection.subnetwork),
        opts,
    )
