"""A Gateway: Google's global load balancer with https."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import compute
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta import v1 as meta

from components.gke.backend_policies import GKE_API, BackendPoliciesArgs, backend_policies
from components.gke.public_address import GatewayAddress
from components.gke.security_policy import security_policy
from components.metadata import labels
from settings import Settings

_CLASS: Final = "gke-l7-global-external-managed"
_GATEWAY_GROUP: Final = "gateway.networking.k8s.io"
_GATEWAY_API: Final = f"{_GATEWAY_GROUP}/v1"
_CERTIFICATE_MAP: Final = "networking.gke.io/certmap"
"""Annotation of a Gateway that names its certificates."""
_HSTS: Final = {"name": "Strict-Transport-Security", "value": "max-age=2592000"}
"""HSTS, 30 days; `docker/proxy` sets the same."""


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """Inputs of `Gateway`."""

    settings: Settings
    """The stack's settings: names, host name, source ranges, OAuth client of IAP."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy's public Service."""
    service: pulumi.Input[str]
    """Name of that Service, which listens on port 80."""
    address: GatewayAddress
    """The global address and the certificate map."""
    iap_secret: pulumi.Input[str] | None
    """Name of the Secret with the client secret of IAP; None = IAP is off."""


class Gateway(pulumi.ComponentResource):
    """A Gateway with listeners for https and for http, which redirects to https, and GKE's policies.

    The objects are custom resources, which have no typed args; the API server validates them.
    """

    gateway_name: pulumi.Output[str]
    """Name of the Gateway."""

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/gateway:Gateway", name, None, opts)
        settings, endpoint = args.settings, args.settings.endpoint
        own_policy = (
            security_policy(f"{name}-armor", settings, pulumi.ResourceOptions(parent=self))
            if endpoint.source_ranges
            else None
        )
        # Without a policy, the load balancer also accepts TLS 1.0 and 1.1. Browsers of 2014 and later have TLS 1.2.
        tls = compute.SSLPolicy(
            f"{name}-tls", profile="MODERN", min_tls_version="TLS_1_2", opts=pulumi.ResourceOptions(parent=self)
        )
        policy_name = endpoint.security_policy if own_policy is None else own_policy.name
        # So that the policies are deleted last: Google deletes none that is in use.
        after_policies = pulumi.ResourceOptions(parent=self, depends_on=[tls, *([own_policy] if own_policy else [])])

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
                opts=after_policies,
            )

        gateway = custom(
            "gateway",
            _GATEWAY_API,
            "Gateway",
            metadata(annotations={_CERTIFICATE_MAP: args.address.certificate_map}),
            {
                "gatewayClassName": _CLASS,
                "addresses": [{"type": "NamedAddress", "value": args.address.address_name}],
                "listeners": [
                    {"name": "https", "protocol": "HTTPS", "port": 443, "hostname": endpoint.hostname},
                    {"name": "http", "protocol": "HTTP", "port": 80, "hostname": endpoint.hostname},
                ],
            },
        )
        self.gateway_name = gateway.id.apply(lambda _: settings.name)
        custom(
            "tls-policy",
            GKE_API,
            "GCPGatewayPolicy",
            metadata(),
            {
                "targetRef": {"group": _GATEWAY_GROUP, "kind": "Gateway", "name": settings.name},
                "default": {"sslPolicy": tls.name},
            },
        )

        def parent(section: str) -> list[dict[str, str]]:
            return [{"name": settings.name, "sectionName": section}]

        custom(
            "route",
            _GATEWAY_API,
            "HTTPRoute",
            metadata(),
            {
                "parentRefs": parent("https"),
                "hostnames": [endpoint.hostname],
                "rules": [
                    {
                        "filters": [{"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [_HSTS]}}],
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
                "hostnames": [endpoint.hostname],
                "rules": [
                    {
                        "filters": [
                            {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
                        ]
                    }
                ],
            },
        )
        backend_policies(
            name,
            BackendPoliciesArgs(
                settings=settings,
                namespace=args.namespace,
                service=args.service,
                security_policy=policy_name,
                iap_secret=args.iap_secret,
            ),
            after_policies,
        )
        self.register_outputs({"gateway_name": self.gateway_name})
