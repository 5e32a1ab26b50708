"""Where people reach the hub."""

from dataclasses import dataclass
from typing import Final, TypedDict

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.core.v1 import outputs
from pulumi_kubernetes.meta import v1 as meta

from components import proxy
from components.metadata import labels, selector
from hub.contract import PROXY_PORT
from settings import Settings
from settings.types.addresses import url_of

_INTERNAL: Final = {"networking.gke.io/load-balancer-type": "Internal"}
"""Annotations of a load balancer with an address in the VPC."""


class DnsRecord(TypedDict):
    """A record for the operator to make where the stack has no zone to make it in."""

    name: str
    type: str
    data: str


@dataclass(frozen=True, kw_only=True)
class EndpointArgs:
    """Inputs of `Endpoint`."""

    settings: Settings
    """The stack's settings: names, and the kind of endpoint."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy."""
    address: pulumi.Input[str] | None
    """Reserved address for a load balancer; none = the cluster chooses one."""
    public_url: pulumi.Input[str] | None
    """Where people go; none = to the address that the cluster chooses."""
    tls: pulumi.Resource | None = None
    """What holds the certificate. Until it is there, and good, the Service stays as it is."""


class Endpoint(pulumi.ComponentResource):
    """The public Service, which sends everything to the proxy.

    It is a load balancer that listens on port 80, and with a certificate on 443, or for other kinds of endpoint an
    address inside of the cluster.
    """

    service_name: pulumi.Output[str]
    """Name of the Service."""

    url: pulumi.Output[str | None]
    """Where people go with their browsers: the public URL or, where no address is reserved, the one that the cluster
    gave (none if it gave none). For people to read: no resource may depend on it."""

    def __init__(self, name: str, args: EndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:endpoint:Endpoint", name, None, opts)
        settings = args.settings
        is_balancer = settings.endpoint.type == "load-balancer"
        ports = [core.ServicePortArgs(name="http", port=80, target_port=PROXY_PORT)]
        if settings.endpoint.has_tls:
            ports = [
                core.ServicePortArgs(name="https", port=443, target_port=PROXY_PORT),
                core.ServicePortArgs(name="http", port=80, target_port=proxy.REDIRECT_PORT),
            ]
        service = core.Service(
            f"{name}-service",
            metadata=meta.ObjectMetaArgs(
                name=f"{settings.name}-lb",
                namespace=args.namespace,
                labels=labels(settings, "proxy"),
                annotations=_INTERNAL if settings.endpoint.internal else None,
            ),
            spec=core.ServiceSpecArgs(
                type="LoadBalancer" if is_balancer else "ClusterIP",
                load_balancer_ip=args.address if is_balancer else None,
                load_balancer_source_ranges=(is_balancer and list(settings.endpoint.source_ranges)) or None,
                selector=selector(settings, "proxy"),
                ports=ports,
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=args.tls),
        )
        self.service_name = service.metadata.name
        if args.public_url is None:
            self.url = service.status.apply(_url)
        else:
            self.url = pulumi.Output.from_input(args.public_url)
        self.register_outputs({"url": self.url, "service_name": self.service_name})


def _url(status: outputs.ServiceStatus | None) -> str | None:
    points = (status.load_balancer.ingress if status and status.load_balancer else None) or []
    address = next((point.ip or point.hostname for point in points), None)
    return url_of(address) if address else None
