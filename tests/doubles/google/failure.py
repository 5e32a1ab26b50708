"""What a check tells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """What is wrong with one input."""

    path: str
    """Such as `nodeConfig.taints[0].effect`."""
    reason: str
