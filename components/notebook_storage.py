"""Storage of notebook servers outside of the home."""

from typing import Final

from settings import Settings, quantity

_SMALL: Final = 256 * 2**20


def ephemeral_storage(settings: Settings) -> int:
    """Return the limit in bytes."""
    return int(quantity.parse(settings.notebook.ephemeral_storage))


def ephemeral_storage_request(settings: Settings) -> int:
    """Return the bytes that a node must have free. Few people fill the limit; Autopilot lowers it to the request."""
    limit = ephemeral_storage(settings)
    return limit if settings.cluster.autopilot else min(limit, _SMALL)
