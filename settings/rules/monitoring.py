"""Rules of `monitoring.*`."""

from typing import Final

from settings.groups.cluster import ClusterSettings
from settings.groups.hub import HubSettings
from settings.groups.monitoring import METRICS_SERVICE, MonitoringSettings
from settings.groups.secrets import SecretsSettings
from settings.rules.cluster import gke_only_errors
from settings.rules.effects import without_effect

_OF_METRICS: Final = ("namespace", "labels", "alerts", "usage", "organizations", "groups")
_WITHOUT_EFFECT: Final = {
    "managed-prometheus": ("namespace", "labels"),
    "prometheus-operator": (),
    "prometheus": ("labels", "alerts"),
}
"""By value of `monitoring.metrics`, the fields that have no effect with it."""


def effect_errors(monitoring: MonitoringSettings, secrets: SecretsSettings) -> list[str]:
    """Report keys that have no effect with the value of `monitoring.metrics`."""
    if monitoring.has_metrics:
        names = _WITHOUT_EFFECT[monitoring.metrics]
        return without_effect("monitoring", monitoring, names, f"with monitoring.metrics {monitoring.metrics}")
    return [
        *without_effect("monitoring", monitoring, _OF_METRICS, "without monitoring.metrics"),
        *without_effect("secrets", secrets, ("metrics_token_generation",), "without monitoring.metrics"),
    ]


def gke_errors(monitoring: MonitoringSettings, cluster: ClusterSettings) -> list[str]:
    """Report Google's collection of metrics without GKE."""
    if monitoring.metrics != "managed-prometheus":
        return []
    return gke_only_errors(cluster, {"monitoring.metrics": monitoring.metrics})


def name_errors(monitoring: MonitoringSettings, hub: HubSettings) -> list[str]:
    """Report a service that has the name of the one that reads the metrics."""
    return [
        f"hub.services[{index}].name: is the name of the stack's own service that reads the metrics; choose another"
        for index, service in enumerate(hub.services)
        if monitoring.has_metrics and service.name == METRICS_SERVICE
    ]


def namespace_errors(monitoring: MonitoringSettings, namespace: str) -> list[str]:
    """Report a namespace of the hub as that of Prometheus: the policies close it, or notebooks could read the token."""
    if monitoring.namespace not in {namespace, f"{namespace}-notebooks"} or not monitoring.has_metrics:
        return []
    return [
        (
            "monitoring.namespace: is a namespace of this hub, whose pods must not read its metrics; run Prometheus in "
            "another one"
        )
    ]
