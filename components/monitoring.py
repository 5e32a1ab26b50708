"""What reads the hub's metrics: objects of the Prometheus Operator, or of Google's managed service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.rbac import v1 as rbac

from components import alerts
from components.dynamic.definitions_check import DefinitionsCheck, DefinitionsCheckArgs
from components.metadata import labels, selector
from components.service_tokens import TOKEN_KEY
from hub.contract_monitoring import METRICS_PATH
from settings import Settings

_INTERVAL: Final = "30s"
_OPERATOR_GROUP: Final = "monitoring.coreos.com"
_OPERATOR_API: Final = f"{_OPERATOR_GROUP}/v1"
_MANAGED_API: Final = "monitoring.googleapis.com/v1"
_COLLECTOR: Final = "collector"
"""ServiceAccount of Google's collectors.
Source: https://github.com/GoogleCloudPlatform/prometheus-engine, e2e/authorization_test.go (2026-11)."""


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """Inputs of `Monitoring`."""

    settings: Settings
    """The stack's settings: names, and what reads the metrics."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""
    token: pulumi.Input[str]
    """Token of the service that reads the metrics."""
    kubeconfig: pulumi.Input[str] | None = None
    """Kubeconfig of a GKE cluster; None = the user's own."""


class Monitoring(pulumi.ComponentResource):
    """A Secret with the token, the object that lets a Prometheus read the hub's metrics with it, and alert rules."""

    secret_name: pulumi.Output[str]
    """Name of the Secret."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:monitoring:Monitoring", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        is_managed = settings.monitoring.metrics == "managed-prometheus"
        secret = core.Secret(
            f"{name}-token",
            metadata=meta.ObjectMetaArgs(
                name=f"{settings.name}-metrics", namespace=args.namespace, labels=labels(settings, "hub")
            ),
            string_data={TOKEN_KEY: args.token},
            opts=child,
        )
        self.secret_name = secret.metadata.name
        metadata = meta.ObjectMetaArgs(
            name=settings.name,
            namespace=args.namespace,
            labels={**settings.monitoring.labels, **labels(settings, "hub")},
        )

        def custom(part: str, api: str, kind: str, spec: Mapping[str, object]) -> None:
            CustomResource(f"{name}-{part}", api_version=api, kind=kind, metadata=metadata, spec=spec, opts=objects)

        if is_managed:
            objects = child
            _readable(name, args, self.secret_name, child)
            custom("pods", _MANAGED_API, "PodMonitoring", _pod_monitoring(settings, self.secret_name))
        else:
            check = DefinitionsCheck(f"{name}-check", _definitions(args), child)
            objects = pulumi.ResourceOptions(parent=self, depends_on=check)
            custom("pods", _OPERATOR_API, "PodMonitor", _pod_monitor(settings, self.secret_name))
        if settings.monitoring.alerts:
            api, kind = (_MANAGED_API, "Rules") if is_managed else (_OPERATOR_API, "PrometheusRule")
            custom("rules", api, kind, {"groups": _rules(settings)})
        self.register_outputs({"secret_name": self.secret_name})


def _definitions(args: MonitoringArgs) -> DefinitionsCheckArgs:
    kinds = ["podmonitors", *(["prometheusrules"] if args.settings.monitoring.alerts else [])]
    return DefinitionsCheckArgs(
        context=args.settings.kubernetes.context,
        kubeconfig=args.kubeconfig,
        namespace=args.namespace,
        definitions=[f"{kind}.{_OPERATOR_GROUP}" for kind in kinds],
        key="monitoring.metrics",
        fix="install the Prometheus Operator, for example by the chart kube-prometheus-stack, or: pulumi config rm "
        "monitoring.metrics",
    )


def _rules(settings: Settings) -> list[dict[str, Any]]:
    return alerts.groups(
        settings.name,
        settings.namespace,
        has_volume=settings.database.type == "sqlite",
        has_certificate=settings.https_url is not None,
    )


def _pod_monitoring(settings: Settings, secret: pulumi.Output[str]) -> dict[str, object]:
    return {
        "selector": {"matchLabels": selector(settings, "hub")},
        "endpoints": [
            {
                "port": "hub",
                "path": f"{settings.hub.path}{METRICS_PATH}",
                "interval": _INTERVAL,
                "authorization": {"type": "Bearer", "credentials": {"secret": {"name": secret, "key": TOKEN_KEY}}},
            }
        ],
    }


def _pod_monitor(settings: Settings, secret: pulumi.Output[str]) -> dict[str, object]:
    # Not a ServiceMonitor: the hub has two Services, and each would be read.
    return {
        "selector": {"matchLabels": selector(settings, "hub")},
        "podMetricsEndpoints": [
            {
                "port": "hub",
                "path": f"{settings.hub.path}{METRICS_PATH}",
                "interval": _INTERVAL,
                "authorization": {"type": "Bearer", "credentials": {"name": secret, "key": TOKEN_KEY}},
            }
        ],
    }


def _readable(name: str, args: MonitoringArgs, secret: pulumi.Output[str], child: pulumi.ResourceOptions) -> None:
    """Let Google's collectors read the Secret, and no other one."""
    settings = args.settings
    metadata = meta.ObjectMetaArgs(
        name=f"{settings.name}-metrics", namespace=args.namespace, labels=labels(settings, "hub")
    )
    rule = rbac.PolicyRuleArgs(
        api_groups=[""], resources=["secrets"], resource_names=[secret], verbs=["get", "list", "watch"]
    )
    role = rbac.Role(f"{name}-role", metadata=metadata, rules=[rule], opts=child)
    rbac.RoleBinding(
        f"{name}-binding",
        metadata=metadata,
        role_ref=rbac.RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="Role", name=role.metadata.name),
        subjects=[
            rbac.SubjectArgs(kind="ServiceAccount", name=_COLLECTOR, namespace=namespace)
            for namespace in settings.monitoring.readers
        ],
        opts=child,
    )
