"""GKE's policies for the Service behind a Gateway: its health check and its time limits."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta import v1 as meta

from components import proxy
from components.metadata import labels
from settings import Settings

GKE_API: Final = "networking.gke.io/v1"
"""API of GKE's policies."""
BACKEND_TIMEOUT_SECONDS: Final = 86_400
"""Time limit of a request; Google's default of 30 s would cut every websocket, and so every kernel."""


@dataclass(frozen=True, kw_only=True)
class BackendPoliciesArgs:
    """Inputs of `backend_policies`."""

    settings: Settings
    """The stack's settings: names, OAuth client of IAP."""
    namespace: pulumi.Input[str]
    """Namespace of the Service."""
    service: pulumi.Input[str]
    """Name of the Service."""
    security_policy: pulumi.Input[str] | None = None
    """Name of a Cloud Armor policy; None = there is none."""
    iap_secret: pulumi.Input[str] | None = None
    """Name of the Secret with the client secret of IAP; None = IAP is off."""


def backend_policies(name: str, args: BackendPoliciesArgs, opts: pulumi.ResourceOptions) -> None:
    """Create the policies as children of a component.

    Args:
        name: Prefix of the resources' names.
        args: What they are for.
        opts: Options of the resources.
    """

    def policy(part: str, kind: str, default: dict[str, object]) -> None:
        CustomResource(
            f"{name}-{part}",
            api_version=GKE_API,
            kind=kind,
            metadata=meta.ObjectMetaArgs(
                name=args.settings.name, namespace=args.namespace, labels=labels(args.settings, "proxy")
            ),
            spec={"targetRef": {"group": "", "kind": "Service", "name": args.service}, "default": default},
            opts=opts,
        )

    # GKE's default health check is GET /, which redirects (302) and so counts as unhealthy.
    policy(
        "health",
        "HealthCheckPolicy",
        {
            "checkIntervalSec": 15,
            "timeoutSec": 5,
            "config": {
                "type": "HTTP",
                # The serving port is that of the pod, as the load balancer sends requests to it directly.
                "httpHealthCheck": {"portSpecification": "USE_SERVING_PORT", "requestPath": proxy.HEALTH_PATH},
            },
        },
    )
    policy(
        "backend",
        "GCPBackendPolicy",
        {
            "timeoutSec": BACKEND_TIMEOUT_SECONDS,
            "connectionDraining": {"drainingTimeoutSec": proxy.DRAIN_SECONDS},
            **({} if args.security_policy is None else {"securityPolicy": args.security_policy}),
            **({} if args.iap_secret is None else {"iap": _iap(args.settings, args.iap_secret)}),
        },
    )


def _iap(settings: Settings, secret: pulumi.Input[str]) -> dict[str, object]:
    # GKE can enable IAP without an OAuth client for an Ingress, but not for a Gateway.
    return {"enabled": True, "clientID": settings.iap.client_id, "oauth2ClientSecret": {"name": secret}}
