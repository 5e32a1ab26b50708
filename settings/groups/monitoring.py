"""Keys `monitoring.*`."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from settings.types.accounts import GitHubOrganization
from settings.types.choices import GroupName
from settings.types.model import Model
from settings.types.names import DnsLabel
from settings.types.pods import AnyLabelKey, LabelValue
from settings.types.text import Flag

METRICS_SERVICE: Final = "metrics"
"""Name of the service of the hub whose token reads the metrics."""
_MANAGED: Final = ("gke-gmp-system", "gmp-system")
"""Namespaces of the collectors of Google Cloud Managed Service for Prometheus: in GKE, and where people install them.
Source: https://cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed (2026-11)."""


class MonitoringSettings(Model):
    """Metrics of the hub for Prometheus, alerts, usage by people and groups, and the form of the logs."""

    metrics: Literal["none", "managed-prometheus", "prometheus-operator", "prometheus"] = "none"
    """What reads the hub's metrics, with a token that the stack makes: Google Cloud Managed Service for Prometheus (GKE
    only), the Prometheus Operator, or a Prometheus whose configuration is your own. They are never open without a
    token."""
    namespace: DnsLabel = "monitoring"
    """Namespace of Prometheus, whose pods may connect to the hub. With `prometheus`, it must exist, and a Secret there
    has the token. Not with `managed-prometheus`."""
    labels: Annotated[Mapping[AnyLabelKey, LabelValue], Field(examples=[{"release": "kube-prometheus-stack"}])] = {}
    """Labels by which the Prometheus of `prometheus-operator` finds PodMonitor and PrometheusRule."""
    alerts: Flag = True
    """Whether `managed-prometheus` and `prometheus-operator` get alert rules: hub down, starts failing or slow,
    database nearly full, certificate ending."""
    usage: Literal["groups", "users"] = "groups"
    """Whether hours, CPU, memory and GPUs are counted by choice and group only, or by user name, too."""
    organizations: Annotated[tuple[GitHubOrganization, ...], Field(examples=[["example-org:physics"]])] = ()
    """GitHub organizations `org` and teams `org:team` by which usage is counted. Who is in several counts for the
    first."""
    groups: Annotated[tuple[GroupName, ...], Field(examples=[["physics", "course-1"]])] = ()
    """Groups by which usage is counted, with another sign-in than GitHub. Who is in several counts for the first."""
    logs: Literal["text", "json"] = "text"
    """Form of the logs of hub and proxy: `json` is one object a line with the fields of Cloud Logging, so that errors
    have their severity."""

    @property
    def has_metrics(self) -> bool:
        """Whether something reads the hub's metrics."""
        return self.metrics != "none"

    @property
    def has_objects(self) -> bool:
        """Whether objects in the cluster tell what reads the metrics how to do it."""
        return self.metrics in {"managed-prometheus", "prometheus-operator"}

    @property
    def readers(self) -> tuple[str, ...]:
        """Namespaces of the pods that read the metrics."""
        namespaces = {"none": (), "managed-prometheus": _MANAGED}
        return namespaces.get(self.metrics, (self.namespace,))
