"""Exposure of the hub: the public Service, and the Gateway, Ingress or HTTPRoute that leads to it."""

from dataclasses import dataclass

import pulumi

from components.cluster.target import Gke
from components.endpoint import Endpoint, EndpointArgs
from components.gke.gateway import Gateway, GatewayArgs
from components.gke.platform import Platform
from components.http_route import HttpRoute, HttpRouteArgs
from components.ingress import Ingress, IngressArgs
from components.tls import Tls
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class ExposureArgs:
    """What `expose` needs."""

    settings: Settings
    """The stack's settings: type of the endpoint, names."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy."""
    platform: Platform
    """Address, URL and certificate of the platform."""
    gke: Gke | None
    """The GKE cluster; None = another cluster."""
    tls: Tls | None
    """The certificate; None = the stack has none."""


def expose(name: str, args: ExposureArgs, *, parent: pulumi.Resource) -> Endpoint:
    """Create the public Service, and a Gateway, an Ingress or an HTTPRoute to it.

    Args:
        name: Prefix of the resources' names.
        args: What they are for.
        parent: Parent of the components.
    """
    settings, namespace, platform, gke, tls = args.settings, args.namespace, args.platform, args.gke, args.tls
    child = pulumi.ResourceOptions(parent=parent)
    kubeconfig = gke.kubeconfig if gke else None
    endpoint = Endpoint(
        f"{name}-endpoint",
        EndpointArgs(settings=settings, namespace=namespace, address=platform.address, public_url=platform.public_url),
        # The Service does not change before the certificate is checked.
        pulumi.ResourceOptions(parent=parent, depends_on=tls if settings.endpoint.has_tls else None),
    )
    if platform.gateway is not None:
        Gateway(
            f"{name}-gateway",
            GatewayArgs(
                settings=settings,
                namespace=namespace,
                service=endpoint.service_name,
                address=platform.gateway,
                iap_secret=platform.iap.secret_name if platform.iap else None,
            ),
            pulumi.ResourceOptions(parent=parent, depends_on=gke.apis if gke else None),
        )
    if settings.endpoint.type == "ingress":
        Ingress(
            f"{name}-ingress",
            IngressArgs(
                settings=settings,
                namespace=namespace,
                service=endpoint.service_name,
                tls_secret=tls.secret_name if tls else None,
                kubeconfig=kubeconfig,
            ),
            child,
        )
    if settings.endpoint.type == "http-route":
        HttpRoute(
            f"{name}-route",
            HttpRouteArgs(settings=settings, namespace=namespace, service=endpoint.service_name, kubeconfig=kubeconfig),
            child,
        )
    return endpoint
