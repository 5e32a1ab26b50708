"""Old names of `ClusterSettings.node_zones` and `ClusterSettings.zones_with`."""

from collections.abc import Collection

from settings.groups.cluster import ClusterSettings


def node_zones(cluster: ClusterSettings) -> tuple[str, ...]:
    """Return `cluster.node_zones`."""
    return cluster.node_zones


def gpu_zones(accelerator: str, cluster: ClusterSettings) -> tuple[str, ...]:
    """Return those of the nodes' zones that have a GPU type."""
    return cluster.zones_with([accelerator])


def home_zones(gpus: Collection[str], cluster: ClusterSettings) -> tuple[str, ...]:
    """Return those of the nodes' zones that have all of these GPU types."""
    return cluster.zones_with(gpus)
