"""All settings of a stack in one model."""

import shlex
from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

from pydantic import ValidationInfo, field_validator

from settings.groups.auth import AuthSettings
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
from settings.groups.network import NetworkSettings
from settings.groups.nodes import NodesSettings
from settings.groups.notebook import NotebookSettings
from settings.groups.proxy import ProxySettings
from settings.groups.registry import RegistrySettings
from settings.groups.secrets import SecretsSettings
from settings.rules.addresses import address_mistakes
from settings.rules.database import database_mistakes
from settings.rules.disks import gpu_types, home_disk_mistakes, hub_disk_mistakes
from settings.rules.endpoint import default_url, endpoint_mistakes, open_to_strangers, url_mistake
from settings.rules.gke import gke_mistakes, image_mistakes
from settings.rules.iap import iap_mistakes
from settings.rules.names import hostname_mistakes, name_mistakes
from settings.rules.pools import accelerator_mistakes, resource_mistakes
from settings.rules.sign_in import missing_parts, without_github
from settings.types.addresses import PublicUrl
from settings.types.images import VERSION_FILE
from settings.types.model import GroupError, Model
from settings.types.names import HubName, HubNamespace
from settings.types.text import Flag

_Group = TypeVar("_Group", bound=Model)


class Settings(Model):
    """The settings of one stack, checked and complete.

    The order of the fields matters: a check may look at the fields above its own. Where one of those is wrong itself,
    the check is left out: that mistake is reported already. Messages about a whole group start with the key meant.
    """

    name: HubName = "tf-hub"
    """Name of the hub; its Kubernetes objects are named after it. At most 40 characters; on GKE 34 where the stack
    reserves an address, and 25 with `endpoint.type: gateway`."""
    namespace: HubNamespace = "jupyterhub"
    """Namespace of hub and proxy. Notebooks run in `<namespace>-notebooks`. At most 53 characters."""
    protect: Flag = True
    """Whether Pulumi refuses to delete or replace what holds people's work."""
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
    """URL of the hub as people enter it, such as `https://hub.example.org`. Not set: `endpoint.hostname` or else
    `endpoint.address`, with https if there is a gateway or a certificate; `http://localhost:8000` with `endpoint.type:
    none`."""
    images: ImagesSettings = ImagesSettings()
    hub: HubSettings
    database: DatabaseSettings = DatabaseSettings()
    proxy: ProxySettings
    notebook: NotebookSettings
    secrets: SecretsSettings = SecretsSettings()
    github: GitHubSettings = GitHubSettings()
    iap: IapSettings = IapSettings()
    auth: AuthSettings

    @property
    def notebooks_namespace(self) -> str:
        """Namespace of the notebooks' pods and home volumes."""
        return f"{self.namespace}-notebooks"

    @property
    def port_forward_command(self) -> str:
        """Shell command that makes the hub reachable at http://localhost:8000, or with TLS at https://localhost:8443."""
        context = "" if self.kubernetes.context is None else f"--context {shlex.quote(self.kubernetes.context)} "
        ports = "8443:443" if self.endpoint.has_tls else "8000:80"
        return f"kubectl {context}--namespace {self.namespace} port-forward svc/{self.name}-lb {ports}"

    @property
    def gpu_types(self) -> frozenset[str]:
        """GPU types that notebooks can have."""
        return gpu_types(self.nodes, self.notebook.accelerator)

    @property
    def home_zones(self) -> tuple[str, ...]:
        """Zones in which a home can be used with each GPU type. A disk stays in its zone, and its owner with it."""
        return self.cluster.zones_with(self.gpu_types)

    @field_validator("registry")
    @classmethod
    def _google_cloud_fits(cls, registry: RegistrySettings, info: ValidationInfo) -> RegistrySettings:
        """Stands at the last group about Google Cloud, so that mistakes between these are told together."""
        _tell(gke_mistakes({**info.data, "registry": registry}))
        return registry

    @field_validator("endpoint")
    @classmethod
    def _endpoint_fits(cls, endpoint: EndpointSettings, info: ValidationInfo) -> EndpointSettings:
        cluster = _good(info.data, ClusterSettings)
        mistakes = endpoint_mistakes(endpoint, cluster) + hostname_mistakes(endpoint)
        mistakes += address_mistakes(endpoint, cluster, _good(info.data, NetworkSettings))
        if cluster and "name" in info.data:
            mistakes += name_mistakes(str(info.data["name"]), endpoint, cluster)
        _tell(mistakes)
        return endpoint

    @field_validator("public_url")
    @classmethod
    def _default_url(cls, public_url: str | None, info: ValidationInfo) -> str | None:
        endpoint = _good(info.data, EndpointSettings)
        if endpoint is None:
            return public_url
        if public_url is None:
            return default_url(endpoint)
        if mistake := url_mistake(public_url, endpoint):
            raise ValueError(mistake)
        return public_url

    @field_validator("images")
    @classmethod
    def _repository_fits(cls, images: ImagesSettings, info: ValidationInfo) -> ImagesSettings:
        if registry := _good(info.data, RegistrySettings):
            _tell(image_mistakes(images, registry, _good(info.data, GcpSettings)))
        return images

    @field_validator("hub", "proxy", "notebook", mode="before")
    @classmethod
    def _default_image(cls, section: object, info: ValidationInfo) -> object:
        if not isinstance(section, Mapping) or "image" in section:
            return cast("object", section)
        images, group = _good(info.data, ImagesSettings), str(info.field_name)
        if images is None:
            image = "unknown"  # images.repository is reported; three missing images would be noise
        elif images.repository is None:
            return cast("object", section)
        else:
            image = _image_of(images.repository, group)
        return {**cast("Mapping[object, object]", section), "image": image}

    @field_validator("hub")
    @classmethod
    def _disk_can_be_had(cls, hub: HubSettings, info: ValidationInfo) -> HubSettings:
        cluster, nodes = _good(info.data, ClusterSettings), _good(info.data, NodesSettings)
        if cluster and nodes:
            _tell(hub_disk_mistakes(hub.storage, cluster, nodes))
        return hub

    @field_validator("secrets")
    @classmethod
    def _database_fits(cls, secrets: SecretsSettings, info: ValidationInfo) -> SecretsSettings:
        """Stands at the last group about the database, so that mistakes between these are told together."""
        if database := _good(info.data, DatabaseSettings):
            _tell(database_mistakes(database, secrets, _good(info.data, ClusterSettings)))
        return secrets

    @field_validator("notebook")
    @classmethod
    def _gpus_and_disks_can_be_had(cls, notebook: NotebookSettings, info: ValidationInfo) -> NotebookSettings:
        cluster, nodes = _good(info.data, ClusterSettings), _good(info.data, NodesSettings)
        gpu, resources = notebook.accelerator, notebook.additional_resources
        mistakes = resource_mistakes(nodes, resources) if nodes else []
        if cluster:
            mistakes += accelerator_mistakes(gpu, resources, cluster)
        if cluster and nodes:
            mistakes += home_disk_mistakes(notebook.storage, cluster, nodes, gpu)
        _tell(mistakes)
        return notebook

    @field_validator("auth")
    @classmethod
    def _all_parts_of_sign_in(cls, auth: AuthSettings, info: ValidationInfo) -> AuthSettings:
        github, identity = _good(info.data, GitHubSettings), _good(info.data, IdentitySettings)
        missing = missing_parts(auth, github) if github else []
        if identity and auth.type != "github":
            missing += without_github(identity)
        if auth.type == "dummy" and not auth.allow_anyone_from_the_internet:
            missing += _open_to_strangers(info.data)
        if iap := _good(info.data, IapSettings):
            missing += iap_mistakes(auth, iap, github, _good(info.data, EndpointSettings))
        _tell(missing)
        return auth


def _good(groups: Mapping[str, object], kind: type[_Group]) -> _Group | None:
    """Returns the group of a kind; none if it is wrong in itself, as that is reported already."""
    return next((group for group in groups.values() if isinstance(group, kind)), None)


def _tell(mistakes: Sequence[str]) -> None:
    if mistakes:
        raise GroupError(mistakes)


def _open_to_strangers(values: Mapping[str, object]) -> list[str]:
    endpoint, cluster = _good(values, EndpointSettings), _good(values, ClusterSettings)
    if endpoint is None or cluster is None or "public_url" not in values:
        return []
    return open_to_strangers(endpoint, cast("str | None", values["public_url"]), cluster)


def _image_of(repository: str, name: str) -> str:
    try:
        tag = VERSION_FILE.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        msg = f"{name}.image: has no default, as docker/VERSION cannot be read; restore that file, or set {name}.image"
        raise ValueError(msg) from None
    return f"{repository}/{name}:{tag}"
