"""Keys `network.*`."""

from settings.types.model import Model
from settings.types.networks import ControlPlaneRange, NodeRange, PodRange, ServiceRange


class NetworkSettings(Model):
    """Address ranges of a created cluster (CIDR, IPv4, private); they do not overlap."""

    node_range: NodeRange = "10.0.0.0/20"
    """CIDR range of a created cluster's nodes, one address for each node. The ranges of `network.*` are private and
    must not overlap."""
    pod_range: PodRange = "10.4.0.0/14"
    """CIDR range of a created cluster's pods, a /24 for each node. At least a /20."""
    service_range: ServiceRange = "10.8.0.0/20"
    """CIDR range of a created cluster's Services. At least a /27."""
    control_plane_range: ControlPlaneRange = "172.16.0.0/28"
    """CIDR range of a created cluster's control plane. A /28."""
