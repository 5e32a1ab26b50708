"""Keys `network.*`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from settings.types.model import Model
from settings.types.networks import ControlPlaneRange, NodeRange, NoInternetRange, PodRange, ServiceRange
from settings.types.text import Flag


class NetworkSettings(Model):
    """Allowed connections, and the IP address ranges of a created cluster.

    The ranges are private IPv4 ranges in CIDR notation that do not overlap.
    """

    policies: Flag = True
    """Whether NetworkPolicies restrict the traffic of hub, proxy and notebooks. The cluster has to enforce them, as
    Dataplane V2 of GKE does; `pulumi up` warns if it does not."""
    private_ranges: Annotated[tuple[NoInternetRange, ...], Field(examples=[["203.0.113.0/24"]])] = ()
    """Further ranges that notebooks do not reach as internet, such as public addresses of your organization. Private,
    shared, reserved and link-local addresses never are internet."""
    node_range: NodeRange = "10.0.0.0/20"
    """Range of a created cluster's nodes: one address for each node. At least a /29."""
    pod_range: PodRange = "10.4.0.0/14"
    """Range of a created cluster's pods: a /24 for each node. At least a /20."""
    service_range: ServiceRange = "10.8.0.0/20"
    """Range of a created cluster's Services. At least a /27."""
    control_plane_range: ControlPlaneRange | None = None
    """Range of a created cluster's control plane. Exactly a /28. Default: Google takes an address of the nodes' range.
    Set it only if the cluster was created with a range."""

    @property
    def cluster_ranges(self) -> Mapping[str, str]:
        """The ranges of a created cluster, by key."""
        ranges = {
            "network.nodeRange": self.node_range,
            "network.podRange": self.pod_range,
            "network.serviceRange": self.service_range,
            "network.controlPlaneRange": self.control_plane_range,
        }
        return {key: value for key, value in ranges.items() if value is not None}
