"""One frozen model for each group of keys about Google Cloud: the cluster, its network and its nodes."""

from typing import Annotated, Literal

from pydantic import Field

from settings.model import Model, over
from settings.names import DnsLabel
from settings.scalars import Flag, Line, WholeNumber


class GcpSettings(Model):
    """The Google Cloud project; needed unless `cluster.mode` is `context`."""

    project: Line | None = None
    """Project id, such as `foo`."""

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
    name: DnsLabel = "jupyterhub"
    """Name of the GKE cluster."""
    location: Line | None = None
    """Region, such as `europe-west1`, or zone, such as `europe-west1-b`, of the GKE cluster."""
    autopilot: Flag = False
    """Whether Google makes and sizes the nodes (GKE Autopilot); then there are no `nodes.*`."""
    release_channel: Literal["rapid", "regular", "stable"] = "regular"
    """How new the Kubernetes versions are that GKE installs by itself."""
    authorized_networks: tuple[Line, ...] = ()
    """Ranges, such as `203.0.113.0/24`, from which the control plane may be reached; everybody is none."""
    maintenance_start: Line = "03:00"
    """When GKE may begin its daily maintenance of four hours, in UTC."""

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
        return (self.location or "").count("-") > 1

    @property
    def region(self) -> str:
        """The region of the location."""
        location = self.location or ""
        return location.rpartition("-")[0] if self.is_zonal else location


class NetworkSettings(Model):
    """Address ranges of a created cluster (CIDR); they must not overlap."""

    node_range: Line = "10.0.0.0/20"
    """Nodes."""
    pod_range: Line = "10.4.0.0/14"
    """Pods."""
    service_range: Line = "10.8.0.0/20"
    """Services."""
    control_plane_range: Line = "172.16.0.0/28"
    """The control plane: a /28."""


class NodePool(Model):
    """Machines of one kind, as many as are needed."""

    machine_type: Line
    """Compute Engine machine type, such as `e2-standard-4`."""
    min: Annotated[WholeNumber, Field(ge=0)] = 0
    """The fewest nodes, in all zones together."""
    max: Annotated[WholeNumber, Field(ge=1)] = 10
    """The most nodes, in all zones together."""
    disk_gb: Annotated[WholeNumber, Field(ge=20)] = 100
    """Size of each node's boot disk, in GB."""
    spot: Flag = False
    """Whether the nodes are cheap, and may be taken away at any time: notebooks on them end then."""


class GpuPool(NodePool):
    """Nodes with GPUs."""

    name: DnsLabel
    """Name of the pool."""
    accelerator: Line
    """GPU type, such as `nvidia-l4` or `nvidia-tesla-t4`."""
    count: Annotated[WholeNumber, Field(ge=1)] = 1
    """GPUs of each node."""


_CORE = NodePool(machine_type="e2-standard-2", min=1, max=3, disk_gb=50)
_USER = NodePool(machine_type="e2-standard-8", min=0, max=10)


class NodesSettings(Model):
    """Node pools of a created cluster."""

    core: Annotated[NodePool, over(_CORE)] = _CORE
    """For hub, proxy and Kubernetes' own pods."""
    user: Annotated[NodePool, over(_USER)] = _USER
    """For notebooks."""
    gpu: tuple[GpuPool, ...] = ()
    """For notebooks with GPUs."""


class DnsZone(Model):
    """A Cloud DNS zone in the same project."""

    name: DnsLabel
    """Name of the managed zone, such as `example-org`."""
    domain: Line
    """Its domain, such as `example.org`."""
