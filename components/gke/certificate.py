"""The certificate of the hub's host name, which Google makes and renews."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import certificatemanager

from components.gke.records import RecordArgs


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """Inputs of `Certificate`."""

    hostname: str
    """Host name of the hub, such as `hub.example.org`."""
    publish: Callable[[RecordArgs], Sequence[pulumi.Resource]]
    """Takes the record that proves to Google that the host name is the operator's, and returns what makes it: Google
    is asked for the certificate after that. Nothing = the operator makes it."""


class Certificate(pulumi.ComponentResource):
    """A certificate that is proven by a DNS record, so that it is there before the first visitor is."""

    map_name: pulumi.Output[str]
    """Name of the certificate map, by which a Gateway asks for it."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/certificate:Certificate", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        authorization = certificatemanager.DnsAuthorization(f"{name}-authorization", domain=args.hostname, opts=child)
        proof = authorization.dns_resource_records[0]
        record = RecordArgs(name=proof.name.apply(str), type=proof.type.apply(str), data=proof.data.apply(str))
        certificate = certificatemanager.Certificate(
            f"{name}-certificate",
            managed=certificatemanager.CertificateManagedArgs(
                domains=[args.hostname], dns_authorizations=[authorization.id]
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=args.publish(record)),
        )
        certificates = certificatemanager.CertificateMap(f"{name}-map", opts=child)
        entry = certificatemanager.CertificateMapEntry(
            f"{name}-entry",
            map=certificates.name,
            hostname=args.hostname,
            certificates=[certificate.id],
            opts=child,
        )
        # A Gateway that asks for a map without an entry serves no https at first.
        self.map_name = pulumi.Output.all(certificates.name, entry.id).apply(lambda known: known[0])
        self.register_outputs({"map_name": self.map_name})
