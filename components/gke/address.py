"""The hub's public address, which stays when everything else is replaced."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import compute

from settings import Settings


@dataclass(frozen=True, kw_only=True)
class AddressArgs:
    """Inputs of `Address`."""

    settings: Settings
    """The stack's settings: region, kind of endpoint, protection."""


class Address(pulumi.ComponentResource):
    """A reserved IPv4 address: global for a gateway, regional for a load balancer."""

    ip: pulumi.Output[str]
    """The address."""
    resource_name: pulumi.Output[str]
    """Its name in Google Cloud, by which a Gateway asks for it."""

    def __init__(self, name: str, args: AddressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/address:Address", name, None, opts)
        settings = args.settings
        # Records point at it, and OAuth apps are registered with it: never deleted lightly.
        kept = pulumi.ResourceOptions(parent=self, protect=settings.protect)
        if settings.endpoint.type == "gateway":
            address = compute.GlobalAddress(f"{name}-address", address_type="EXTERNAL", ip_version="IPV4", opts=kept)
        else:
            address = compute.Address(
                f"{name}-address",
                region=settings.cluster.region,
                address_type="INTERNAL" if settings.endpoint.internal else "EXTERNAL",
                opts=kept,
            )
        self.ip, self.resource_name = address.address, address.name
        self.register_outputs({"ip": self.ip})
