"""The way in by https: a Google load balancer that a Gateway describes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta import v1 as meta

from components import proxy
from components.metadata import labels
from hub.contract import PROXY_PORT
from settings import Settings

_CLASS: Final = "gke-l7-global-external-managed"
_GATEWAY_API: Final = "gateway.networking.k8s.io/v1"
_GKE_API: Final = "networking.gke.io/v1"
_CERTIFICATE_MAP: Final = "networking.gke.io/certmap"
"""Annotation of a Gateway that names its certificates."""
_HTTPS_ONLY: Final = {"name": "Strict-Transport-Security", "value": "max-age=2592000"}
"""By it browsers come by https only, for 30 days (in seconds) from each visit on; `docker/proxy` sets it too."""
_BACKEND_SECONDS: Final = 86_400
"""How long a connection may be open: Google's default of 30 s would cut every websocket, and so every kernel."""


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """Inputs of `Gateway`."""

    settings: Settings
    """The stack's settings: names, host name, the OAuth client of IAP."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy's public Service."""
    service: pulumi.Input[str]
    """Name of that Service; its port is 80."""
    address_name: pulumi.Input[str]
    """Name of the reserved global address."""
    certificate_map: pulumi.Input[str]
    """Name of the certificate map."""
    security_policy: pulumi.Input[str] | None
    """Name of the Cloud Armor policy; none = the gateway may be reached from everywhere."""
    own_policy: pulumi.Resource | None
    """What makes that policy, if the stack does: it goes after the gateway, as Google deletes none that is in use."""
    iap_secret: pulumi.Input[str] | None
    """Name of the Secret with the client secret of IAP; none = IAP is off."""


class Gateway(pulumi.ComponentResource):
    """Listeners for https and http, the second of which only sends people to the first, and GKE's policies.

    The objects are custom resources, for which there are no typed args; the API server checks them.
    """

    gateway_name: pulumi.Output[str]
    """Name of the Gateway."""

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/gateway:Gateway", name, None, opts)
        settings = args.settings

        def metadata(
            suffix: str = "", annotations: Mapping[str, pulumi.Input[str]] | None = None
        ) -> meta.ObjectMetaArgs:
            return meta.ObjectMetaArgs(
                name=f"{settings.name}{suffix}",
                namespace=args.namespace,
                labels=labels(settings, "proxy"),
                annotations=annotations,
            )

        def custom(
            part: str, api: str, kind: str, metadata: meta.ObjectMetaArgs, spec: dict[str, object]
        ) -> CustomResource:
            return CustomResource(
                f"{name}-{part}",
                api_version=api,
                kind=kind,
                metadata=metadata,
                spec=spec,
                opts=pulumi.ResourceOptions(parent=self, depends_on=args.own_policy),
            )

        hostname = settings.endpoint.hostname
        gateway = custom(
            "gateway",
            _GATEWAY_API,
            "Gateway",
            metadata(annotations={_CERTIFICATE_MAP: args.certificate_map}),
            {
                "gatewayClassName": _CLASS,
                "addresses": [{"type": "NamedAddress", "value": args.address_name}],
                "listeners": [
                    {"name": "https", "protocol": "HTTPS", "port": 443, "hostname": hostname},
                    {"name": "http", "protocol": "HTTP", "port": 80, "hostname": hostname},
                ],
            },
        )
        self.gateway_name = gateway.id.apply(lambda _: settings.name)
        backend = {"group": "", "kind": "Service", "name": args.service}

        def parent(section: str) -> list[dict[str, str]]:
            return [{"name": settings.name, "sectionName": section}]

        custom(
            "route",
            _GATEWAY_API,
            "HTTPRoute",
            metadata(),
            {
                "parentRefs": parent("https"),
                "hostnames": [hostname],
                "rules": [
                    {
                        "filters": [
                            {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [_HTTPS_ONLY]}}
                        ],
                        "backendRefs": [{"name": args.service, "port": 80}],
                    }
                ],
            },
        )
        custom(
            "redirect",
            _GATEWAY_API,
            "HTTPRoute",
            metadata("-redirect"),
            {
                "parentRefs": parent("http"),
                "hostnames": [hostname],
                "rules": [
                    {
                        "filters": [
                            {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
                        ]
                    }
                ],
            },
        )
        # Without it Google asks for /, where the hub sends people on: an answer that Google takes for an illness.
        custom(
            "health",
            _GKE_API,
            "HealthCheckPolicy",
            metadata(),
            {
                "targetRef": backend,
                "default": {
                    "checkIntervalSec": 15,
                    "timeoutSec": 5,
                    "config": {
                        "type": "HTTP",
                        "httpHealthCheck": {"port": PROXY_PORT, "requestPath": proxy.HEALTH_PATH},
                    },
                },
            },
        )
        custom(
            "backend",
            _GKE_API,
            "GCPBackendPolicy",
            metadata(),
            {
                "targetRef": backend,
                "default": {
                    "timeoutSec": _BACKEND_SECONDS,
                    "connectionDraining": {"drainingTimeoutSec": proxy.DRAIN_SECONDS},
                    **({} if args.security_policy is None else {"securityPolicy": args.security_policy}),
                    **({} if args.iap_secret is None else {"iap": _iap(settings, args.iap_secret)}),
                },
            },
        )
        self.register_outputs({"gateway_name": self.gateway_name})


def _iap(settings: Settings, secret: pulumi.Input[str]) -> dict[str, object]:
    # Without a client of one's own, GKE turns IAP on for an Ingress, and not yet for a Gateway.
    return {"enabled": True, "clientID": settings.iap.client_id, "oauth2ClientSecret": {"name": secret}}
