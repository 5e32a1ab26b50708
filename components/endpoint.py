"""The public Service of the hub."""

from dataclasses import dataclass
from typing import Final, TypedDict

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.core.v1 import outputs
from pulumi_kubernetes.meta import v1 as meta

from components import service_names
from components.metadata import NO_WAIT, labels, selector
from hub.contract import PROXY_PORT
from settings import Settings, url_of

_TYPES: Final = {"load-balancer": "LoadBalancer", "node-port": "NodePort"}
"""Types of the Service by that of the endpoint; the others have a cluster IP."""
_INTERNAL: Final = {"networking.gke.io/load-balancer-type": "Internal"}
"""Annotations of a load balancer with an address in the VPC."""
_BY_BACKEND_SERVICE: Final = "cloud.google.com/l4-rbs"
"""Annotation for a load balancer of GKE's newer kind. The older one leaves firewall rules behind, so that Google does
not delete the network: hashicorp/terraform-provider-google#5948. GKE decides when it creates the load balancer, so an
existing Service does not get the annotation."""
_WAIT_FOR_ADDRESS: Final = {"pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}"}
"""Annotations of a load balancer that counts as ready once the cluster has assigned it an address: `pulumi up` fails
after ten minutes without one, and the URL is right. By default the provider also waits, for 10 s at least, until the
Service has had endpoints for some time; the Deployment of the proxy is waited for anyway."""


class DnsRecord(TypedDict):
    """A DNS record that people have to create, where the stack has no zone to create it in."""

    name: str
    type: str
    data: str


@dataclass(frozen=True, kw_only=True)
class EndpointArgs:
    """Inputs of `Endpoint`."""

    settings: Settings
    """The stack's settings: names and the type of the endpoint."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy."""
    address: pulumi.Input[str] | None
    """Reserved address of a load balancer; None = the cluster assigns one."""
    public_url: pulumi.Input[str] | None
    """URL of the hub for browsers; None = that of the address that the cluster assigns."""


class Endpoint(pulumi.ComponentResource):
    """The public Service in front of the proxy.

    It is a load balancer on port 80, with a certificate also on 443, or a port of each node; other types of endpoint
    have a cluster IP.
    """

    service_name: pulumi.Output[str]
    """Name of the Service."""

    url: pulumi.Output[str | None]
    """Public URL of the hub, or if there is none the URL of the assigned address. No resource may depend on it."""

    def __init__(self, name: str, args: EndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:endpoint:Endpoint", name, None, opts)
        settings = args.settings
        kind = _TYPES.get(settings.endpoint.type, "ClusterIP")
        is_load_balancer = kind == "LoadBalancer"
        node_port = settings.endpoint.node_port
        ports = [core.ServicePortArgs(name="http", port=80, target_port=PROXY_PORT, node_port=node_port)]
        if settings.endpoint.has_tls:
            ports = [
                core.ServicePortArgs(name="https", port=443, target_port=PROXY_PORT),
                core.ServicePortArgs(name="http", port=80, target_port=service_names.PROXY_REDIRECT_PORT),
            ]
        service = core.Service(
            f"{name}-service",
            metadata=meta.ObjectMetaArgs(
                name=service_names.public(settings),
                namespace=args.namespace,
                labels=labels(settings, "proxy"),
                annotations={
                    **(_WAIT_FOR_ADDRESS if is_load_balancer else NO_WAIT),
                    **(_INTERNAL if settings.endpoint.internal else {}),
                    **({_BY_BACKEND_SERVICE: "enabled"} if _is_of_a_created_cluster(settings) else {}),
                    **({} if kind == "ClusterIP" else settings.endpoint.annotations),
                },
            ),
            spec=core.ServiceSpecArgs(
                type=kind,
                load_balancer_class=settings.endpoint.load_balancer_class,
                load_balancer_ip=args.address if is_load_balancer else None,
                load_balancer_source_ranges=(is_load_balancer and list(settings.endpoint.source_ranges)) or None,
                selector=selector(settings, "proxy"),
                ports=ports,
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=[f'metadata.annotations["{_BY_BACKEND_SERVICE}"]'],
                # Kubernetes refuses to change the class, and the name of the Service is fixed.
                replace_on_changes=["spec.loadBalancerClass"],
                delete_before_replace=True,
            ),
        )
        self.service_name = service.metadata.name
        if args.public_url is None:
            path = settings.hub.path
            self.url = service.status.apply(lambda status: _url(status, path))
        else:
            self.url = pulumi.Output.from_input(args.public_url)
        self.register_outputs({"url": self.url, "service_name": self.service_name})


def _is_of_a_created_cluster(settings: Settings) -> bool:
    """Return whether it is an external load balancer in a created cluster, which has the add-on that makes it."""
    return (
        settings.cluster.mode == "create"
        and settings.endpoint.type == "load-balancer"
        and not settings.endpoint.internal
    )


def _url(status: outputs.ServiceStatus | None, path: str) -> str | None:
    ingresses = (status.load_balancer.ingress if status and status.load_balancer else None) or []
    address = next((ingress.ip or ingress.hostname for ingress in ingresses), None)
    return f"{url_of(address)}{path}" if address else None
