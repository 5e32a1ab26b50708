"""Contract: metrics of the hub's own beside JupyterHub's, and the form of its log."""

from __future__ import annotations

from typing import Final, Literal

from hub.contract_part import Part

METRICS_PATH: Final = "/hub/metrics"
"""Path of the metrics, below that of the hub on its site."""

PROBLEM: Final = "jupyterhub_health_problem"
"""1 while a check of the hub's health fails, else 0; the label `check` is its name."""

STARTING: Final = "jupyterhub_starting_servers"
"""Number of servers that people wait for."""

VOLUME: Final = "jupyterhub_database_volume_bytes"
"""Size of the volume of an SQLite database."""

VOLUME_FREE: Final = "jupyterhub_database_volume_free_bytes"
"""Free space of that volume."""

CERTIFICATE_END: Final = "jupyterhub_certificate_expiry_timestamp_seconds"
"""Time at which the certificate that browsers see ends, in seconds since the epoch."""

STARTS: Final = "jupyterhub_server_spawn_duration_seconds"
"""JupyterHub's own histogram of starts; the label `status` is `success`, `failure` (refused) or `error`."""

USAGE: Final = "jupyterhub_usage_{}_seconds"
"""Names of the counters of usage: `server`, `cpu`, `memory_byte` and `gpu`. Prometheus adds `_total`."""


class Monitoring(Part):
    """Metrics and log."""

    metrics: bool
    """Whether something reads metrics of the hub's own."""
    usage: Literal["groups", "users"]
    """Whether usage is counted by choice and group only, or by user name, too."""
    groups: tuple[str, ...]
    """Groups by which usage is counted. Who is in several counts for the first."""
    public_url: str | None
    """URL of browsers, whose certificate is watched; None: there is no https."""
    logs: Literal["text", "json"]
    """Form of the log."""
