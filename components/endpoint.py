"""Where people reach the hub."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.core.v1 import outputs
from pulumi_kubernetes.meta import v1 as meta

from components import proxy
from components.metadata import labels, selector
from settings import Settings
from settings.addresses import url_of


@dataclass(frozen=True, kw_only=True)
class EndpointArgs:
    """Inputs of `Endpoint`."""

    settings: Settings
    """The stack's settings: names, the reserved address, the public URL."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy."""


class Endpoint(pulumi.ComponentResource):
    """The public Service: a load balancer that listens on port 80 and sends everything to the proxy."""

    url: pulumi.Output[str | None]
    """Where people go with their browsers: the settings' URL or, where no address is reserved, the one that the cluster
    gave (none if it gave none). For people to read: no resource may depend on it."""

    def __init__(self, name: str, args: EndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:endpoint:Endpoint", name, None, opts)
        settings = args.settings
        service = core.Service(
            f"{name}-service",
            metadata=meta.ObjectMetaArgs(
                name=f"{settings.name}-lb", namespace=args.namespace, labels=labels(settings, "proxy")
            ),
            spec=core.ServiceSpecArgs(
                type="LoadBalancer",
                load_balancer_ip=settings.endpoint.address,
                selector=selector(settings, "proxy"),
                ports=[core.ServicePortArgs(name="http", port=80, target_port=proxy.PORT)],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        if settings.public_url is None:
            self.url = service.status.apply(_url)
        else:
            self.url = pulumi.Output.from_input(settings.public_url)
        self.register_outputs({"url": self.url})


def _url(status: outputs.ServiceStatus | None) -> str | None:
    points = (status.load_balancer.ingress if status and status.load_balancer else None) or []
    address = next((point.ip or point.hostname for point in points), None)
    return url_of(address) if address else None
