"""The whole hub as a list of its parts."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.capacity import Capacity, CapacityArgs, has_capacity
from components.cluster import Cluster
from components.cluster_admin import ClusterAdmin, ClusterAdminArgs
from components.exposure import ExposureArgs, expose
from components.folders import Folders, FoldersArgs
from components.gke.platform import Platform, platform
from components.hub import Hub, HubArgs
from components.hub_config import HubConfigMap, HubConfigMapArgs
from components.hub_files import HubFiles, HubFilesArgs
from components.hub_secret import HubSecret, HubSecretArgs
from components.monitoring import Monitoring, MonitoringArgs
from components.namespaces import Namespaces, NamespacesArgs
from components.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.next_steps import NextStepsArgs, next_steps
from components.notebook_files import NotebookFiles, NotebookFilesArgs
from components.notebook_secret import NotebookSecret, NotebookSecretArgs
from components.ownership import owned
from components.pages import Pages, PagesArgs
from components.proxy import Proxy, ProxyArgs
from components.quota import NotebookQuota, NotebookQuotaArgs
from components.rbac import Rbac, RbacArgs
from components.tls import Tls, TlsArgs
from settings import METRICS_SERVICE, Settings, callback_of, logout_of


@dataclass(frozen=True, kw_only=True)
class JupyterHubArgs:
    """Inputs of `JupyterHub`."""

    settings: Settings
    """The stack's settings."""
    cluster: Cluster
    """The cluster, whose providers are in the resource options too."""


class JupyterHub(pulumi.ComponentResource):
    """A JupyterHub in a Kubernetes cluster: that of the `kubernetes` provider in the resource options."""

    exports: Mapping[str, pulumi.Input[object]]
    """Outputs of the stack by name."""

    def __init__(self, name: str, args: JupyterHubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        marked = pulumi.ResourceOptions.merge(opts, owned(args.cluster.identity))
        super().__init__("jupyterhub:jupyterhub:JupyterHub", name, None, marked)
        settings, gke, child = args.settings, args.cluster.gke, pulumi.ResourceOptions(parent=self)
        kubeconfig = gke.kubeconfig if gke else None
        after_admin = child
        if (user := args.cluster.admin_user) is not None:
            admin = ClusterAdmin(f"{name}-admin", ClusterAdminArgs(settings=settings, user=user), child)
            after_admin = pulumi.ResourceOptions(parent=self, depends_on=admin)
        namespaces = Namespaces(f"{name}-namespaces", NamespacesArgs(settings=settings), after_admin)
        namespace = namespaces.hub
        rbac_args = RbacArgs(settings=settings, namespace=namespace, notebooks_namespace=namespaces.notebooks)
        rbac = Rbac(f"{name}-rbac", rbac_args, child)
        runs_on = platform(name, settings, gke, namespace, after_admin)
        files = _of_notebooks(name, settings, namespaces.notebooks, runs_on, child)
        if has_capacity(settings):
            capacity_args = CapacityArgs(settings=settings, namespace=namespaces.notebooks)
            # A hub that loses the right to scale placeholders must not change their new number.
            Capacity(f"{name}-capacity", capacity_args, pulumi.ResourceOptions(parent=self, depends_on=rbac))
        tls = None
        if settings.endpoint.has_certificate:
            tls = Tls(f"{name}-tls", TlsArgs(settings=settings, namespace=namespace, kubeconfig=kubeconfig), child)
        served = tls.secret_name if tls and settings.endpoint.has_tls else None
        proxy_args = ProxyArgs(settings=settings, namespace=namespace, tls_secret=served)
        proxy = Proxy(f"{name}-proxy", proxy_args, child)
        config = HubConfigMap(
            f"{name}-config",
            HubConfigMapArgs(
                settings=settings,
                namespace=namespace,
                owner_uid=rbac.owner_uid,
                notebook_files=files,
                platform=runs_on,
            ),
            child,
        )
        hub_files = None
        if settings.hub.files:
            hub_files = HubFiles(f"{name}-hub-files", HubFilesArgs(settings=settings, namespace=namespace), child)
        pages = Pages(f"{name}-pages", PagesArgs(settings=settings, namespace=namespace), child)
        database = runs_on.database
        secret = HubSecret(
            f"{name}-secret",
            HubSecretArgs(
                settings=settings,
                namespace=namespace,
                database_url=database.url if database else None,
            ),
            child,
        )
        if settings.monitoring.has_objects:
            Monitoring(
                f"{name}-monitoring",
                MonitoringArgs(
                    settings=settings,
                    namespace=namespace,
                    token=secret.service_tokens[METRICS_SERVICE],
                    kubeconfig=kubeconfig,
                ),
                child,
            )
        hub = Hub(
            f"{name}-hub",
            HubArgs(
                settings=settings,
                namespace=namespace,
                service_account=rbac.hub_account,
                config_map=config.config_map_name,
                pages=pages.files,
                files=hub_files.config_map_name if hub_files else None,
                secret=secret.secret_name,
                proxy_token_secret=proxy.token_secret,
                storage_class=runs_on.database_storage_class,
                kubeconfig=kubeconfig,
                proxy=proxy,
            ),
            child,
        )
        if settings.network.policies:
            NetworkPolicies(
                f"{name}-network",
                NetworkPoliciesArgs(
                    settings=settings,
                    namespace=namespace,
                    notebooks_namespace=namespaces.notebooks,
                    database_address=database.address if database else None,
                    kubeconfig=kubeconfig,
                    running=[hub, proxy],
                ),
                child,
            )
        exposure_args = ExposureArgs(settings=settings, namespace=namespace, platform=runs_on, gke=gke, tls=tls)
        endpoint = expose(name, exposure_args, parent=self)
        exports: dict[str, pulumi.Input[object] | None] = {
            "hub_url": endpoint.url,
            "namespace": namespace,
            "port_forward_command": settings.port_forward_command,
            "oauth_callback_url": endpoint.url.apply(lambda url: callback_of(url) if url else None),
            "oauth_logout_url": endpoint.url.apply(lambda url: logout_of(url) if url else None)
            if settings.oidc.logout_at_provider
            else None,
            "dns_records": runs_on.dns_records,
            "database_instance": database.instance if database else None,
            "service_tokens": pulumi.Output.secret(secret.service_tokens) if secret.service_tokens else None,
            "next_steps": next_steps(
                NextStepsArgs(settings=settings, url=endpoint.url, dns_records=runs_on.dns_records)
            ),
        }
        self.exports = {key: value for key, value in exports.items() if value is not None}
        self.register_outputs({**self.exports})


def _of_notebooks(
    name: str,
    settings: Settings,
    namespace: pulumi.Input[str],
    runs_on: Platform,
    child: pulumi.ResourceOptions,
) -> NotebookFiles | None:
    """Create what is in the notebooks' namespace beside pods, and return their files, if there are any."""
    if settings.notebook.quota:
        NotebookQuota(f"{name}-quota", NotebookQuotaArgs(settings=settings, namespace=namespace), child)
    if settings.notebook.folders:
        folders_args = FoldersArgs(settings=settings, namespace=namespace, storage_class=runs_on.folder_storage_class)
        Folders(f"{name}-folders", folders_args, child)
    if settings.notebook.secret_environment:
        environment_args = NotebookSecretArgs(settings=settings, namespace=namespace)
        NotebookSecret(f"{name}-notebooks", environment_args, child)
    if not settings.notebook.files:
        return None
    files_args = NotebookFilesArgs(settings=settings, namespace=namespace)
    return NotebookFiles(f"{name}-notebook-files", files_args, child)
