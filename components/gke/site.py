"""Where in the world the hub is: its address, its certificate, and the records that lead there."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.endpoint import DnsRecord
from components.gke.address import Address, AddressArgs
from components.gke.certificate import Certificate, CertificateArgs
from components.gke.records import RecordArgs, Records, RecordsArgs
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """Inputs of `Site`."""

    settings: Settings
    """The stack's settings: endpoint, region, protection."""
    subnetwork: pulumi.Input[str] | None
    """Subnet of the cluster."""


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
            address = Address(f"{name}-address", AddressArgs(settings=args.settings, subnetwork=args.subnetwork), child)
            self.ip, self.address_name = address.ip, address.resource_name
        else:
            self.ip = pulumi.Output.from_input(endpoint.address)
        if endpoint.hostname is not None:
            address_record = RecordArgs(name=f"{endpoint.hostname}.", type="A", data=self.ip)

            def publish(proof: RecordArgs | None = None) -> Sequence[pulumi.Resource]:
                records = {"address": address_record, **({} if proof is None else {"proof": proof})}
                if endpoint.dns_zone is not None:
                    records_args = RecordsArgs(zone=endpoint.dns_zone.name, records=records)
                    return [Records(f"{name}-records", records_args, child)]
                self.records_to_make = pulumi.Output.all(*(record.whole() for record in records.values()))
                return []

            if endpoint.type == "gateway":
                certificate_args = CertificateArgs(hostname=endpoint.hostname, publish=publish)
                self.certificate_map = Certificate(f"{name}-certificate", certificate_args, child).map_name
            else:
                publish()
        self.register_outputs({"ip": self.ip})
