"""Keys `network.*`."""

from typing import Self

from pydantic import model_validator

from settings.types.model import GroupError, Model
from settings.types.networks import ControlPlaneRange, NodeRange, PodRange, ServiceRange, overlapping


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
