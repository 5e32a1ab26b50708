"""In which zones the nodes of a cluster are, and so which GPUs and homes can be where.

Google would choose three zones of a region by itself, and where there are more nobody knows which before there is a
cluster: not whether they have the GPUs, nor where homes have to be.
"""

from collections.abc import Collection
from typing import Final

from settings.gke.accelerators import ACCELERATORS
from settings.gke.places import zones_of
from settings.gke.sections import ClusterSettings

_IN_A_REGION: Final = 3
"""Zones with nodes in a region, as many as Google would choose. They are its first, whatever GPUs are wanted: chosen by
these, another pool would move the nodes away from homes that are there. Each region has all of its GPU types in the
first three."""


def node_zones(cluster: ClusterSettings) -> tuple[str, ...]:
    """Returns the zones of the nodes that a stack makes, or else all in which Google or somebody else may make them.

    None as long as `cluster.location` is not set.
    """
    zones = zones_of(cluster.location) if cluster.location is not None else ()
    return zones[:_IN_A_REGION] if cluster.makes_nodes else zones


def gpu_zones(accelerator: str, cluster: ClusterSettings) -> tuple[str, ...]:
    """Returns those of the nodes' zones that have a GPU type."""
    return home_zones([accelerator], cluster)


def home_zones(gpus: Collection[str], cluster: ClusterSettings) -> tuple[str, ...]:
    """Returns those of the nodes' zones in which a home can be used with each of these GPU types.

    A disk is in one zone and stays there. Were it where there is no such GPU, its owner could never have one.
    """
    return tuple(zone for zone in node_zones(cluster) if all(zone in ACCELERATORS[gpu].zones for gpu in gpus))
