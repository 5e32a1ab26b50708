"""One frozen model for each group of keys about Google Cloud: cluster, network, nodes, and what goes with them.

Which keys belong together is checked in `settings.gke.rules`.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from settings.addresses import HostName
from settings.errors import GroupError
from settings.gke.machines import AcceleratorType, MachineType
from settings.gke.networks import ControlPlaneRange, NodeRange, OperatorRange, PodRange, ServiceRange, overlapping
from settings.gke.places import Location, ProjectId, is_zone, region_of
from settings.model import Model, over
from settings.names import GkeName, GoogleName, PoolName
from settings.scalars import Flag, TimeOfDay, WholeNumber


class GcpSettings(Model):
    """The Google Cloud project; needed unless `cluster.mode` is `context`."""

    project: ProjectId | None = None
    """Project id, such as `my-project-123`."""

    @property
    def project_id(self) -> str:
        """The project, where one is needed: the checks have seen that it is set."""
        return self.project or ""

    @property
    def workload_pool(self) -> str:
        """What the Kubernetes service accounts of the project's clusters are known as to Google Cloud."""
        return f"{self.project_id}.svc.id.goog"


class ClusterSettings(Model):
    """The Kubernetes cluster."""

    mode: Literal["context", "existing", "create"] = "context"
    """`context`: the one that `kubernetes.context` names; `existing`: a GKE cluster that is looked up; `create`: a GKE
    cluster of this stack's own, with its network and nodes."""
    name: GkeName = "jupyterhub"
    """Name of the GKE cluster."""
    location: Location | None = None
    """Region, such as `europe-west1`, or zone, such as `europe-west1-b`, of the GKE cluster; needed unless `mode` is
    `context`. In a region, control plane and nodes are in several zones; see `settings.gke.node_zones`."""
    autopilot: Flag = False
    """Whether Google makes and sizes the nodes (GKE Autopilot); then there are no `nodes.*`."""
    release_channel: Literal["rapid", "regular", "stable"] = "regular"
    """How new the Kubernetes versions are that GKE installs by itself."""
    authorized_networks: Annotated[tuple[OperatorRange, ...], Field(examples=[["203.0.113.0/24"]])] = ()
    """Ranges, such as `203.0.113.0/24`, from which the control plane of a created cluster may be reached; needed there,
    as from elsewhere nobody can."""
    maintenance_start: TimeOfDay = "03:00"
    """When GKE may begin its daily maintenance of four hours, in UTC. Cloud SQL's is in that hour on Sundays."""

    @property
    def on_gke(self) -> bool:
        """Whether the cluster is one of GKE that this stack knows as such."""
        return self.mode != "context"

    @property
    def makes_nodes(self) -> bool:
        """Whether the stack makes the node pools, and so may count on their labels."""
        return self.mode == "create" and not self.autopilot

    @property
    def is_zonal(self) -> bool:
        """Whether the location is a zone."""
        return self.location is not None and is_zone(self.location)

    @property
    def region(self) -> str:
        """The region of the location, where one is needed."""
        return "" if self.location is None else region_of(self.location)


class NetworkSettings(Model):
    """Address ranges of a created cluster (CIDR, IPv4, private); they do not overlap."""

    node_range: NodeRange = "10.0.0.0/20"
    """Nodes, an address for each."""
    pod_range: PodRange = "10.4.0.0/14"
    """Pods, a /24 for each node; a /20 at least."""
    service_range: ServiceRange = "10.8.0.0/20"
    """Services, an address for each; a /27 at least."""
    control_plane_range: ControlPlaneRange = "172.16.0.0/28"
    """The control plane: a /28."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        ranges = {f"network.{field.alias}": getattr(self, name) for name, field in type(self).model_fields.items()}
        mistakes = [
            f"{one}: overlaps with {other}; give each of them addresses of its own"
            for one, other in overlapping(ranges)
        ]
        if mistakes:
            raise GroupError(mistakes)
        return self


class NodePool(Model):
    """Machines of one kind, as many as are needed."""

    machine_type: MachineType
    """Compute Engine machine type, such as `e2-standard-4`."""
    min: Annotated[WholeNumber, Field(ge=0)] = 0
    """The fewest nodes, in all zones together; at most `max`."""
    max: Annotated[WholeNumber, Field(ge=1, le=15000)] = 10
    """The most nodes, in all zones together; at most 15000, as many as a GKE cluster has."""
    disk_gb: Annotated[WholeNumber, Field(ge=20, le=65536)] = 100
    """Size of each node's boot disk, in GB."""
    spot: Flag = False
    """Whether the nodes are cheap, and may be taken away at any time: notebooks on them end then."""


class GpuPool(NodePool):
    """Nodes with GPUs."""

    name: PoolName
    """Name of the pool; not `core` or `user`, and each another."""
    accelerator: AcceleratorType
    """GPU type, such as `nvidia-l4` or `nvidia-tesla-t4`. It has to fit the machine type, and to be had at
    `cluster.location`."""
    count: Annotated[WholeNumber, Field(ge=1)] = 1
    """GPUs of each node, as many as the machine type has."""


_CORE = NodePool(machine_type="e2-standard-2", min=1, max=3, disk_gb=50)
_USER = NodePool(machine_type="e2-standard-8", min=0, max=10)
_GPU = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}


class NodesSettings(Model):
    """Node pools of a created cluster."""

    core: Annotated[NodePool, over(_CORE)] = _CORE
    """For hub, proxy and Kubernetes' own pods."""
    user: Annotated[NodePool, over(_USER)] = _USER
    """For notebooks."""
    gpu: Annotated[tuple[GpuPool, ...], Field(examples=[[_GPU]])] = ()
    """For notebooks with GPUs."""


class RegistrySettings(Model):
    """Where images are kept, on Google Cloud only."""

    create: Flag = False
    """Whether the stack makes `images.repository`, which is then one of Artifact Registry in `gcp.project`."""


class DnsZone(Model):
    """A Cloud DNS zone in the same project."""

    name: GoogleName
    """Name of the managed zone, such as `example-org`."""
    domain: HostName
    """Its domain, such as `example.org`."""
