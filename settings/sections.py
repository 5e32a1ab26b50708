"""One frozen model for each group of stack config keys: `hub.storage` is `HubSettings.storage`."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, SecretStr

from settings.addresses import HostName, IpAddress
from settings.gke.machines import AcceleratorType
from settings.gke.networks import Range
from settings.gke.sections import DnsZone
from settings.images import ImagePattern, ImageReference, ImageRepository
from settings.model import UNLESS_EMPTY, Model, over
from settings.names import DnsName, GoogleName, ResourceName
from settings.quantity import Quantity
from settings.quota import QuotaName, amounts_fit
from settings.scalars import Flag, Line, Text, WholeNumber
from settings.sizes import CpuBounds, Limits, MemoryBounds, Requests, Resources, Storage

_HUB_RESOURCES = Resources(requests=Requests(cpu="100m", memory="256Mi"), limits=Limits(memory="1Gi"))
_PROXY_RESOURCES = Resources(requests=Requests(cpu="50m", memory="96Mi"), limits=Limits(memory="256Mi"))
_HUB_STORAGE = Storage(size="1Gi")
_HOME_STORAGE = Storage(size="10Gi")
_CPU = CpuBounds(default="0.5", min="0.1", max="4")
_SHORTEST_IDLE = 5
_ZONE = {"name": "example-org", "domain": "example.org"}
_ARTIFACT_REGISTRY = re.compile(
    r"(?P<location>[-a-z0-9]+)-docker\.pkg\.dev/(?P<project>[^/]+)/(?P<repository>[^/]+)(?:/.+)?"
)
_MEMORY = MemoryBounds(default="1Gi", min="256Mi", max="8Gi")


def _never_or_long_enough(minutes: int) -> int:
    # The hub hears of activity once a minute: with less, servers in use would be stopped now and then.
    if 0 < minutes < _SHORTEST_IDLE:
        msg = f"is too short; the least is {_SHORTEST_IDLE}, and 0 means never"
        raise ValueError(msg)
    return minutes


class KubernetesSettings(Model):
    """The cluster to use."""

    context: Line | None = None
    """Context of the kubeconfig; none = its current context."""


class ClusterAdminSettings(Model):
    """The operator's own rights in the cluster."""

    user: Line | None = None
    """User that is made cluster-admin, such as `user@example.org`; none = who runs the stack on GKE, else nobody."""
    binding_name: DnsName = "default-admin"
    """Name of the ClusterRoleBinding. Names are cluster-wide: a second hub in a cluster needs another."""
    enabled: Flag = True
    """Whether there is a binding at all; `false` where the operator has the rights already."""


class EndpointSettings(Model):
    """How people reach the hub."""

    type: Literal["load-balancer", "gateway", "none"] = "load-balancer"
    """`load-balancer`: Service `<name>-lb`, port 80, with a certificate also 443; `gateway`: a GKE Gateway with https,
    in front of a `cluster.mode` other than `context`; `none`: nothing, so by `kubectl port-forward` only."""
    address: IpAddress | None = None
    """Reserved address that the load balancer asks for, on GKE one of IPv4; none = the stack reserves one on GKE,
    elsewhere the cluster gives one."""
    hostname: HostName | None = None
    """Host name of the hub, such as `hub.example.org`; needed for `gateway`."""
    source_ranges: Annotated[tuple[Range, ...], Field(examples=[["203.0.113.0/24"]])] = ()
    """Ranges from which the hub may be reached, such as `203.0.113.0/24`; none = from everywhere. For a gateway the
    stack makes a Cloud Armor policy of them."""
    internal: Flag = False
    """Whether the load balancer has an address in the VPC only, and so a private `address`; not with `gateway`."""
    dns_zone: Annotated[DnsZone | None, UNLESS_EMPTY, Field(examples=[_ZONE])] = None
    """Cloud DNS zone for the records of `hostname`, which is in its domain; none = the stack exports the records to
    make."""
    security_policy: GoogleName | None = None
    """A Cloud Armor policy of one's own for the gateway, in place of `source_ranges`."""
    tls_secret: DnsName | None = None
    """Secret in the hub's namespace with the load balancer's certificate for `hostname`, of type kubernetes.io/tls. It
    is not made by this stack."""
    tls_certificate: Text | None = None
    """The load balancer's certificate for `hostname`, in PEM form, and those that lead to an authority."""
    tls_key: SecretStr | None = None
    """The private key of `tls_certificate`, in PEM form."""

    @property
    def has_tls(self) -> bool:
        """Whether the proxy speaks https, for the load balancer."""
        return self.tls_secret is not None or self.tls_certificate is not None


class ArtifactRegistry(NamedTuple):
    """A repository of Artifact Registry, `<location>-docker.pkg.dev/<project>/<repository>`."""

    location: str
    project: str
    repository: str


class ImagesSettings(Model):
    """Where the three images of this project are kept."""

    repository: ImageRepository | None = None
    """Images not set are `<repository>/hub`, `/proxy` and `/notebook` with the tag in `docker/VERSION`."""

    @property
    def artifact_registry(self) -> ArtifactRegistry | None:
        """Where `repository` is, if it is one of Artifact Registry or a folder in one."""
        match = _ARTIFACT_REGISTRY.fullmatch(self.repository or "")
        return ArtifactRegistry(**match.groupdict()) if match else None


class HubSettings(Model):
    """The hub's pod and its volume."""

    image: ImageReference
    """Image with JupyterHub and KubeSpawner; default from `images.repository`."""
    resources: Annotated[Resources, over(_HUB_RESOURCES)] = _HUB_RESOURCES
    """CPU and memory of the hub's container."""
    storage: Annotated[Storage, over(_HUB_STORAGE)] = _HUB_STORAGE
    """Volume of an sqlite database."""
    keep_database: Flag = True
    """Whether `pulumi destroy` leaves the database: the hub's namespace with the volume, or Cloud SQL's instance."""
    extra_config: Text | None = None
    """Python that JupyterHub runs at the end of its configuration, as it would stand in `jupyterhub_config.py`."""


class ProxySettings(Model):
    """The proxy that all requests pass."""

    image: ImageReference
    """Image with configurable-http-proxy; default from `images.repository`."""
    resources: Annotated[Resources, over(_PROXY_RESOURCES)] = _PROXY_RESOURCES
    """CPU and memory of the proxy's container."""


class NotebookSettings(Model):
    """The notebook servers, and what the spawn form lets people choose."""

    image: ImageReference
    """Image that the form proposes first; default from `images.repository`."""
    images: tuple[ImageReference, ...] = ()
    """Further images that the form proposes."""
    allowed_images: tuple[ImagePattern, ...] = ("quay.io/jupyter/*",)
    """Patterns of images that may be typed; `image` and `images` always may."""
    cpu: Annotated[CpuBounds, over(_CPU)] = _CPU
    """CPUs of a server."""
    memory: Annotated[MemoryBounds, over(_MEMORY)] = _MEMORY
    """Bytes of memory of a server."""
    additional_resources: Mapping[ResourceName, Annotated[WholeNumber, Field(ge=1)]] = {"nvidia.com/gpu": 1}
    """Other resources that may be asked for, each with the largest number."""
    accelerator: AcceleratorType | None = None
    """GPU type of whoever asks for `nvidia.com/gpu`, such as `nvidia-l4`; needed for that on Autopilot. None = whatever
    GPU the nodes have."""
    quota: Annotated[Mapping[QuotaName, Quantity], AfterValidator(amounts_fit)] = {}
    """What all servers and homes together may use, as the `hard` of a ResourceQuota; none = no bound."""
    storage: Annotated[Storage, over(_HOME_STORAGE)] = _HOME_STORAGE
    """Home volume of each user."""
    keep_homes: Flag = True
    """Whether home volumes, and so the notebooks' namespace, outlive `pulumi destroy` and the removal of a user."""
    start_timeout_seconds: Annotated[WholeNumber, Field(ge=30, le=3600)] = 600
    """Seconds that a server may take to start, image pull and new node included."""
    idle_minutes: Annotated[WholeNumber, Field(ge=0), AfterValidator(_never_or_long_enough)] = 60
    """Minutes without activity after which a server is stopped, at least 5; 0 = never."""


class SecretsSettings(Model):
    """The secrets that the stack makes itself. Another number, and it makes another one."""

    cookie_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Of what the hub signs its cookies with. A new one: everybody signs in anew."""
    crypt_key_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Of what the hub encrypts people's GitHub tokens with. A new one: the one before goes on being read."""
    proxy_token_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Of what the hub shows the proxy. A new one restarts the proxy too, which cuts open notebooks for some seconds."""
    database_password_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Of what the hub shows the database of `database.type: cloud-sql`. A new one restarts the hub."""
