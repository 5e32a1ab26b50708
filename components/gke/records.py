"""The DNS records of the hub, in a zone of Cloud DNS."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import dns
from pulumi_gcp.certificatemanager.outputs import DnsAuthorizationDnsResourceRecord

_TTL: Final = 300
"""Seconds for which the world may remember a record."""


@dataclass(frozen=True, kw_only=True)
class RecordsArgs:
    """Inputs of `Records`."""

    zone: str
    """Name of the managed zone."""
    hostname: str
    """Host name of the hub."""
    ip: pulumi.Input[str]
    """The hub's address."""
    proof: pulumi.Output[DnsAuthorizationDnsResourceRecord] | None = None
    """The record that the certificate needs; none = there is no certificate."""


class Records(pulumi.ComponentResource):
    """The host name's address, and the proof that the certificate asks for."""

    hostname: pulumi.Output[str]
    """The host name; known once its records are there."""

    def __init__(self, name: str, args: RecordsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/records:Records", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        records = [
            dns.RecordSet(
                f"{name}-address",
                managed_zone=args.zone,
                name=f"{args.hostname}.",
                type="A",
                ttl=_TTL,
                rrdatas=[args.ip],
                opts=child,
            )
        ]
        if args.proof is not None:
            records.append(
                dns.RecordSet(
                    f"{name}-proof",
                    managed_zone=args.zone,
                    name=args.proof.name.apply(str),
                    type=args.proof.type.apply(str),
                    ttl=_TTL,
                    rrdatas=[args.proof.data.apply(str)],
                    opts=child,
                )
            )
        self.hostname = pulumi.Output.all(args.hostname, *(record.id for record in records)).apply(
            lambda known: known[0]
        )
        self.register_outputs({"hostname": self.hostname})
