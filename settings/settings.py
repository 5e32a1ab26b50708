"""All settings of a stack in one model."""

import shlex
from collections.abc import Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from settings.groups.auth import AuthSettings
from settings.groups.backup import BackupSettings
from settings.groups.cluster import ClusterSettings
from settings.groups.cluster_admin import ClusterAdminSettings
from settings.groups.database import DatabaseSettings
from settings.groups.endpoint import EndpointSettings
from settings.groups.gcp import GcpSettings
from settings.groups.github import GitHubSettings
from settings.groups.hub import HubSettings
from settings.groups.iap import IapSettings
from settings.groups.identity import IdentitySettings
from settings.groups.images import ImagesSettings
from settings.groups.kubernetes import KubernetesSettings
from settings.groups.lti import LtiSettings
from settings.groups.memberships import memberships
from settings.groups.monitoring import METRICS_SERVICE, MonitoringSettings
from settings.groups.network import NetworkSettings
from settings.groups.nodes import NodesSettings
from settings.groups.notebook import NotebookSettings
from settings.groups.oidc import OidcSettings
from settings.groups.pages import PagesSettings
from settings.groups.proxy import ProxySettings
from settings.groups.registry import RegistrySettings
from settings.groups.secrets import SecretsSettings
from settings.groups.services import Service
from settings.rules import RULES, WARNINGS, broken
from settings.rules.defaults import complete
from settings.rules.traffic import ports_of_hub
from settings.types.addresses import PublicUrl
from settings.types.model import Model
from settings.types.names import HubName, HubNamespace
from settings.types.text import Flag


class Settings(Model):
    """The settings of one stack, validated and complete."""

    name: HubName = "tf-hub"
    """Name of the hub and prefix of its resources' names. At most 40 characters, and 35 with `endpoint.type:
    gateway`."""
    namespace: HubNamespace = "jupyterhub"
    """Namespace of hub and proxy; notebooks run in `<namespace>-notebooks`. At most 53 characters."""
    protect: Flag = True
    """Whether Pulumi refuses to delete or replace the cluster, its network, the address, the database and the
    namespaces."""
    gcp: GcpSettings = GcpSettings()
    cluster: ClusterSettings = ClusterSettings()
    network: NetworkSettings = NetworkSettings()
    nodes: NodesSettings = NodesSettings()
    kubernetes: KubernetesSettings = KubernetesSettings()
    identity: IdentitySettings = IdentitySettings()
    registry: RegistrySettings = RegistrySettings()
    cluster_admin: ClusterAdminSettings = ClusterAdminSettings()
    endpoint: EndpointSettings = EndpointSettings()
    public_url: PublicUrl | None = None
    """URL at which users reach the hub, such as `https://hub.example.org`, without `hub.baseUrl`. Not set: derived from
    `endpoint.hostname` or `endpoint.address`; `http://localhost:8000` with `endpoint.type: none`."""
    images: ImagesSettings = ImagesSettings()
    hub: HubSettings = HubSettings()
    database: DatabaseSettings = DatabaseSettings()
    backup: BackupSettings = BackupSettings()
    proxy: ProxySettings = ProxySettings()
    notebook: NotebookSettings = NotebookSettings()
    pages: PagesSettings = PagesSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    secrets: SecretsSettings = SecretsSettings()
    github: GitHubSettings = GitHubSettings()
    oidc: OidcSettings = OidcSettings()
    lti: LtiSettings = LtiSettings()
    iap: IapSettings = IapSettings()
    auth: AuthSettings

    @property
    def notebooks_namespace(self) -> str:
        """Namespace of the notebooks' pods and home volumes."""
        return f"{self.namespace}-notebooks"

    @property
    def url(self) -> str | None:
        """URL of the hub for browsers, with its path; None if its address is not known yet."""
        return None if self.public_url is None else f"{self.public_url}{self.hub.path}"

    @property
    def is_behind_google(self) -> bool:
        """Whether a Gateway of Google's sends requests to the proxy's pod."""
        if self.endpoint.type != "http-route" or self.endpoint.gateway is None:
            return self.endpoint.type == "gateway"
        by_google = self.endpoint.gateway.google
        return self.cluster.on_gke if by_google is None else by_google

    @property
    def port_forward_command(self) -> str:
        """Shell command that forwards http://localhost:8000, or with TLS https://localhost:8443, to the hub."""
        context = "" if self.kubernetes.context is None else f"--context {shlex.quote(self.kubernetes.context)} "
        ports = "8443:443" if self.endpoint.has_tls else "8000:80"
        return f"kubectl {context}--namespace {self.namespace} port-forward svc/{self.name}-lb {ports}"

    @property
    def groups(self) -> tuple[str, ...]:
        """Organizations, teams and groups that decide on what people have, each once."""
        entries = memberships(self.identity, self.notebook, self.hub, self.monitoring)
        return tuple(dict.fromkeys(name for entry in entries for name in (*entry.organizations, *entry.groups)))

    @property
    def https_url(self) -> str | None:
        """URL of the hub for browsers, if it is https."""
        return self.public_url if (self.public_url or "").startswith("https://") else None

    @property
    def services(self) -> tuple[Service, ...]:
        """Services of the hub: those of `hub.services`, and the one whose token reads the metrics."""
        if not self.monitoring.has_metrics:
            return self.hub.services
        metrics = Service(
            name=METRICS_SERVICE,
            scopes=("read:metrics",),
            # Where an operator or Google's collector reads it, the Secret is beside the object that names it.
            namespace=self.monitoring.namespace if self.monitoring.metrics == "prometheus" else None,
            token_generation=self.secrets.metrics_token_generation,
        )
        return (*self.hub.services, metrics)

    @property
    def ports_of_hub(self) -> tuple[int, ...]:
        """TCP ports at which the hub reaches any address, with `network.policies`."""
        urls = {"github": self.github.url, "oidc": self.oidc.issuer_in_use, "lti": self.lti.keys_url}
        return ports_of_hub(self.cluster, urls.get(self.auth.type))

    @property
    def notebooks_have_identity(self) -> bool:
        """Whether all notebooks act as a Google service account, or as their own one to mount a bucket."""
        return self.identity.notebook_service_account is not None or self.notebook.uses_buckets

    @property
    def streams_images(self) -> bool:
        """Whether nodes of a created cluster start containers while their image is still loaded."""
        set_by_key = self.nodes.image_streaming
        return self.cluster.makes_nodes and (bool(self.registry.remotes) if set_by_key is None else set_by_key)

    @property
    def gpu_types(self) -> frozenset[str]:
        """GPU types of notebooks."""
        return self.nodes.gpu_types(self.notebook.accelerator)

    @property
    def hub_outlives_zone(self) -> bool:
        """Whether the hub's database outlives the loss of a zone."""
        return self.hub.storage.regional if self.database.type == "sqlite" else self.database.high_availability

    @property
    def node_zones(self) -> tuple[str, ...]:
        """Zones of the nodes of a new cluster that the stack creates."""
        if self.nodes.zones:
            return self.nodes.zones
        first = self.cluster.first_zones
        if self.hub_outlives_zone or self.notebook.storage.regional:
            return first
        # A home stays in its zone, so one without a GPU type could not be used with it.
        fitting = self.cluster.zones_with(self.gpu_types)
        return tuple(zone for zone in first if zone in fitting)[:1] or first

    @property
    def has_fixed_zones(self) -> bool:
        """Whether `node_zones` is also right for an existing cluster, which otherwise keeps its zones."""
        return bool(self.nodes.zones) or len(self.node_zones) > 1 or self.cluster.is_zonal

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings, each beginning with its key, that do not stop the program."""
        return tuple(broken(WARNINGS, dict(self)))


class InvalidError(Exception):
    """The values are not valid settings."""

    def __init__(self, details: list[ErrorDetails], errors: list[str]) -> None:
        super().__init__()
        self.details = details
        """Errors of single values."""
        self.errors = errors
        """Errors between keys, each beginning with its key."""


_GROUPS: Mapping[str, tuple[str, TypeAdapter[Any]]] = {
    name: (field.alias or name, TypeAdapter(kind))
    for name, kind in get_type_hints(Settings, include_extras=True).items()
    if (field := Settings.model_fields.get(name))
}
"""Alias and validator of each field of `Settings`."""


def validate(values: Mapping[str, object]) -> Settings:
    """Return the settings for values by the names of stack files: each group by itself, then the rules between groups.

    Raises:
        InvalidError: with all errors. Rules about a group that is invalid in itself are left out.
    """
    groups: dict[str, Any] = {}
    details: list[ErrorDetails] = []
    for name, (alias, adapter) in _GROUPS.items():
        value = values.get(alias, Settings.model_fields[name].get_default())
        try:
            groups[name] = adapter.validate_python(value, by_alias=True, by_name=False)
        except ValidationError as error:
            found = error.errors(include_url=False)
            for detail in found:
                detail["loc"] = (alias, *detail["loc"])
            details += found
    groups = complete(groups)
    errors = broken(RULES, groups)
    if details or errors:
        raise InvalidError(details, errors)
    return Settings.model_validate(groups, by_name=True)
