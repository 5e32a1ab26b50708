"""The clusters of `make up`: kind in Docker, the own one on a Linux machine, or one that is there."""

from tools.clusters.choice import choose, forget, of
from tools.clusters.cluster import Cluster

__all__ = ["Cluster", "choose", "forget", "of"]
