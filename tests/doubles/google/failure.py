"""The failure of a check."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """A wrong input."""

    path: str
    """Such as `nodeConfig.taints[0].effect`."""
    reason: str
