"""Keys `network.*`."""

from settings.types.model import Model
from settings.types.networks import ControlPlaneRange, NodeRange, PodRange, ServiceRange


class NetworkSettings(Model):
    """IP address ranges of a created cluster: private IPv4 ranges in CIDR notation that do not overlap."""

    node_range: NodeRange = "10.0.0.0/20"
    """Range of a created cluster's nodes: one address for each node. At least a /29."""
    pod_range: PodRange = "10.4.0.0/14"
    """Range of a created cluster's pods: a /24 for each node. At least a /20."""
    service_range: ServiceRange = "10.8.0.0/20"
    """Range of a created cluster's Services. At least a /27."""
    control_plane_range: ControlPlaneRange | None = None
    """Range of a created cluster's control plane. Exactly a /28. Default: Google takes an address of the nodes' range.
    Set it only if the cluster was created with a range."""
