"""Which nodes are for what: the labels and taints that JupyterHub's users know from its Helm chart."""

from typing import Final

from settings import Settings

PURPOSE: Final = "hub.jupyter.org/node-purpose"
"""Label of nodes: `core` for hub and proxy, `user` for notebooks."""
DEDICATED: Final = "hub.jupyter.org/dedicated"
"""Taint of nodes that only notebooks may use."""


def core_nodes(settings: Settings) -> dict[str, str] | None:
    """Returns the node selector of hub and proxy; none where the stack does not make the nodes."""
    return {PURPOSE: "core"} if settings.cluster.makes_nodes else None
