"""The hub's public IP address, its DNS records, and the certificate of its host name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import certificatemanager, compute, dns

from components.endpoint import DnsRecord
from settings import Settings

_TTL_SECONDS: Final = 300
"""Time for which resolvers may cache a record."""


@dataclass(frozen=True, kw_only=True)
class GatewayAddress:
    """Names by which a Gateway refers to resources of Google Cloud."""

    address_name: pulumi.Output[str]
    """Name of the global address."""
    certificate_map: pulumi.Output[str]
    """Name of the certificate map; known once it has its entry."""


@dataclass(frozen=True, kw_only=True)
class PublicAddressArgs:
    """Inputs of `PublicAddress`."""

    settings: Settings
    """The stack's settings: endpoint, region, protection."""
    subnetwork: pulumi.Input[str]
    """Subnet of the cluster, for an internal address."""


class PublicAddress(pulumi.ComponentResource):
    """A reserved IPv4 address (global for a Gateway, regional for a load balancer), DNS records, and a certificate.

    It is made before the hub, so that the OAuth callback URL is known when the hub starts. The certificate is validated
    by a DNS record, so that it is ready before the first visitor comes.
    """

    ip: pulumi.Output[str]
    """The address, reserved or of the settings."""
    gateway: GatewayAddress | None
    """Names for a Gateway; None with a load balancer."""
    dns_records: pulumi.Output[Sequence[DnsRecord]] | None
    """Records that people have to create; None if there are none: no host name, or the stack creates them."""

    def __init__(self, name: str, args: PublicAddressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/public_address:PublicAddress", name, None, opts)
        endpoint, child = args.settings.endpoint, pulumi.ResourceOptions(parent=self)
        self.gateway = self.dns_records = None
        address: compute.Address | compute.GlobalAddress | None = None
        if endpoint.address is None:
            address = _reserved(f"{name}-address", args, parent=self)
            self.ip = address.address
        else:
            self.ip = pulumi.Output.from_input(endpoint.address)
        if endpoint.hostname is not None:
            # Three separate outputs: as one output, the record's name would depend on the address, and Pulumi would
            # replace the record when that changes.
            records = {"address": _Record(name=f"{endpoint.hostname}.", type="A", data=self.ip)}
            authorization = None
            if endpoint.type == "gateway":
                authorization = certificatemanager.DnsAuthorization(
                    f"{name}-authorization", domain=endpoint.hostname, opts=child
                )
                proof = authorization.dns_resource_records[0]
                records["authorization"] = _Record(
                    name=proof.name.apply(str), type=proof.type.apply(str), data=proof.data.apply(str)
                )
            published: list[pulumi.Resource] = []
            if endpoint.dns_zone is None:
                self.dns_records = pulumi.Output.all(*(record.to_output() for record in records.values()))
            else:
                published += [
                    dns.RecordSet(
                        f"{name}-record-{purpose}",
                        managed_zone=endpoint.dns_zone.name,
                        name=record.name,
                        type=record.type,
                        ttl=_TTL_SECONDS,
                        rrdatas=[record.data],
                        opts=child,
                    )
                    for purpose, record in records.items()
                ]
            if authorization is not None and address is not None:
                certificate_map = _certificate_map(
                    name, endpoint.hostname, authorization, pulumi.ResourceOptions(parent=self, depends_on=published)
                )
                self.gateway = GatewayAddress(address_name=address.name, certificate_map=certificate_map)
        self.register_outputs({"ip": self.ip})


@dataclass(frozen=True, kw_only=True)
class _Record:
    name: pulumi.Input[str]
    """Full host name with a dot at the end."""
    type: pulumi.Input[str]
    data: pulumi.Input[str]

    def to_output(self) -> pulumi.Output[DnsRecord]:
        return pulumi.Output.all(name=self.name, type=self.type, data=self.data).apply(
            lambda args: DnsRecord(name=args["name"], type=args["type"], data=args["data"])
        )


def _reserved(
    name: str, args: PublicAddressArgs, *, parent: pulumi.Resource
) -> "compute.Address | compute.GlobalAddress":
    settings, endpoint = args.settings, args.settings.endpoint
    # DNS records and OAuth apps refer to it.
    opts = pulumi.ResourceOptions(parent=parent, protect=settings.protect)
    if endpoint.type == "gateway":
        return compute.GlobalAddress(name, address_type="EXTERNAL", ip_version="IPV4", opts=opts)
    return compute.Address(
        name,
        region=settings.cluster.region,
        address_type="INTERNAL" if endpoint.internal else "EXTERNAL",
        subnetwork=args.subnetwork if endpoint.internal else None,
        opts=opts,
    )


def _certificate_map(
    name: str,
    hostname: str,
    authorization: "certificatemanager.DnsAuthorization",
    after_records: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    certificate = certificatemanager.Certificate(
        f"{name}-certificate",
        managed=certificatemanager.CertificateManagedArgs(domains=[hostname], dns_authorizations=[authorization.id]),
        opts=after_records,
    )
    child = pulumi.ResourceOptions(parent=after_records.parent)
    certificates = certificatemanager.CertificateMap(f"{name}-map", opts=child)
    entry = certificatemanager.CertificateMapEntry(
        f"{name}-entry", map=certificates.name, hostname=hostname, certificates=[certificate.id], opts=child
    )
    # A Gateway that refers to a map without an entry serves no https at first.
    return pulumi.Output.all(name=certificates.name, entry=entry.id).apply(lambda args: args["name"])
