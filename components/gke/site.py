"""Where in the world the hub is: its address, its certificate, and the records that lead there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import pulumi
from pulumi_gcp.certificatemanager.outputs import DnsAuthorizationDnsResourceRecord

from components.gke.address import Address, AddressArgs
from components.gke.certificate import Certificate, CertificateArgs
from components.gke.records import Records, RecordsArgs
from settings import Settings


class DnsRecord(TypedDict):
    """A record for the operator to make where the stack has no zone to make it in."""

    name: str
    type: str
    data: str


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """Inputs of `Site`."""

    settings: Settings
    """The stack's settings: endpoint, region, protection."""


class Site(pulumi.ComponentResource):
    """Reserves the address, so that records, certificate and the OAuth callback are known before the hub starts."""

    ip: pulumi.Output[str]
    """The hub's address."""
    address_name: pulumi.Output[str] | None = None
    """Name of the reserved address, if the stack reserved it."""
    certificate_map: pulumi.Output[str] | None = None
    """Name of the certificate map, for a gateway."""
    records_to_make: pulumi.Output[Sequence[DnsRecord]] | None = None
    """Records that the operator has to make; none where the stack makes them, or there is no host name."""

    def __init__(self, name: str, args: SiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/site:Site", name, None, opts)
        endpoint, child = args.settings.endpoint, pulumi.ResourceOptions(parent=self)
        if endpoint.address is None:
            address = Address(f"{name}-address", AddressArgs(settings=args.settings), child)
            self.ip, self.address_name = address.ip, address.resource_name
        else:
            self.ip = pulumi.Output.from_input(endpoint.address)
        if endpoint.hostname is not None:
            proof = None
            if endpoint.type == "gateway":
                certificate = Certificate(f"{name}-certificate", CertificateArgs(hostname=endpoint.hostname), child)
                self.certificate_map, proof = certificate.map_name, certificate.record
            if endpoint.dns_zone is None:
                self.records_to_make = pulumi.Output.all(self.ip, proof).apply(
                    lambda known: _to_make(f"{endpoint.hostname}.", known[0], known[1])
                )
            else:
                zone = endpoint.dns_zone.name
                Records(
                    f"{name}-records",
                    RecordsArgs(zone=zone, hostname=endpoint.hostname, ip=self.ip, proof=proof),
                    child,
                )
        self.register_outputs({"ip": self.ip})


def _to_make(hostname: str, ip: str, proof: DnsAuthorizationDnsResourceRecord | None) -> list[DnsRecord]:
    records = [DnsRecord(name=hostname, type="A", data=ip)]
    if proof is not None:
        records.append(DnsRecord(name=proof.name or "", type=proof.type or "", data=proof.data or ""))
    return records
