"""An Ingress, which a controller of the cluster serves."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.networking import v1 as networking

from components.dynamic.ingress_check import IngressCheck, IngressCheckArgs
from components.metadata import NO_WAIT, labels
from settings import Settings

_HOUR: Final = 3600
_ANNOTATIONS: Final = {
    # ingress-nginx. Its defaults: 1 MiB for a request, and 60 s without data. Uploads go through without being stored.
    "nginx.ingress.kubernetes.io/proxy-body-size": "0",
    "nginx.ingress.kubernetes.io/proxy-request-buffering": "off",
    "nginx.ingress.kubernetes.io/proxy-read-timeout": f"{_HOUR}",
    "nginx.ingress.kubernetes.io/proxy-send-timeout": f"{_HOUR}",
    # The controller of F5 NGINX, with the same defaults. WebSockets: `_websockets`.
    "nginx.org/client-max-body-size": "0",
    "nginx.org/proxy-read-timeout": f"{_HOUR}s",
    "nginx.org/proxy-send-timeout": f"{_HOUR}s",
    # HAProxy's controller, and the community's. Their default is 50 s until an answer begins; WebSockets have an hour.
    "haproxy.org/timeout-server": f"{_HOUR}s",
    "haproxy-ingress.github.io/timeout-server": f"{_HOUR}s",
}
"""Annotations for WebSockets and uploads. Each controller reads its own and ignores those of others, so the stack need
not know which one it is. Traefik needs none: its limits are options of its own."""


@dataclass(frozen=True, kw_only=True)
class IngressArgs:
    """Inputs of `Ingress`."""

    settings: Settings
    """The stack's settings: names, host name, path, class and annotations."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy's public Service."""
    service: pulumi.Input[str]
    """Name of that Service, which listens on port 80."""
    tls_secret: pulumi.Input[str] | None
    """Secret of type kubernetes.io/tls; None = the stack has no certificate."""
    kubeconfig: pulumi.Input[str] | None
    """Kubeconfig of a GKE cluster; None = the user's own."""


class Ingress(pulumi.ComponentResource):
    """An Ingress for the hub's host name and path, and the wait for the address that its controller reports."""

    ingress_name: pulumi.Output[str]
    """Name of the Ingress."""

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:ingress:Ingress", name, None, opts)
        settings, endpoint = args.settings, args.settings.endpoint
        hostname = str(endpoint.hostname)
        backend = networking.IngressBackendArgs(
            service=networking.IngressServiceBackendArgs(
                name=args.service, port=networking.ServiceBackendPortArgs(number=80)
            )
        )
        path = networking.HTTPIngressPathArgs(path=settings.hub.base_url, path_type="Prefix", backend=backend)
        ingress = networking.Ingress(
            f"{name}-ingress",
            metadata=meta.ObjectMetaArgs(
                name=settings.name,
                namespace=args.namespace,
                labels=labels(settings, "proxy"),
                # `IngressCheck` waits, and tells what is wrong; the provider would only fail after ten minutes.
                annotations={**NO_WAIT, **_ANNOTATIONS, **_websockets(args.service), **endpoint.annotations},
            ),
            spec=networking.IngressSpecArgs(
                ingress_class_name=endpoint.ingress_class,
                rules=[
                    networking.IngressRuleArgs(host=hostname, http=networking.HTTPIngressRuleValueArgs(paths=[path]))
                ],
                tls=(
                    None
                    if args.tls_secret is None
                    else [networking.IngressTLSArgs(hosts=[hostname], secret_name=args.tls_secret)]
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.ingress_name = ingress.metadata.name
        IngressCheck(
            f"{name}-check",
            IngressCheckArgs(
                context=settings.kubernetes.context,
                kubeconfig=args.kubeconfig,
                namespace=args.namespace,
                name=settings.name,
                ingress_class=endpoint.ingress_class,
                generation=ingress.metadata.generation,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=ingress),
        )
        self.register_outputs({"ingress_name": self.ingress_name})


def _websockets(service: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
    """Return the annotation without which the controller of F5 NGINX forwards no WebSockets to a Service."""
    return {"nginx.org/websocket-services": service}
