"""The nodes of hub and proxy."""

from hub.contract import NODE_PURPOSE
from settings import Settings


def core_nodes(settings: Settings) -> dict[str, str]:
    """Return the node selector of hub and proxy; none where the stack does not create the nodes."""
    return {NODE_PURPOSE: "core"} if settings.cluster.makes_nodes else {}
