"""Keys `endpoint.*`."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from settings.types.addresses import HostName, IpAddress
from settings.types.model import UNLESS_EMPTY, Model
from settings.types.names import DnsName, GoogleName
from settings.types.networks import Range
from settings.types.text import Flag, Text


class DnsZone(Model):
    """A Cloud DNS zone in the same project."""

    name: GoogleName
    """Name of the managed zone, such as `example-org`."""
    domain: HostName
    """Domain of the zone, such as `example.org`."""


_ZONE = {"name": "example-org", "domain": "example.org"}


class EndpointSettings(Model):
    """The address and the certificate of the hub."""

    type: Literal["load-balancer", "gateway", "none"] = "load-balancer"
    """Endpoint of the hub: `load-balancer` (a Service on port 80, with a certificate also on port 443), `gateway` (a
    GKE Gateway with https) or `none` (`kubectl port-forward` only)."""
    address: IpAddress | None = None
    """Reserved IP address of the load balancer, such as `203.0.113.7`; on GKE an IPv4 address. Not set: the stack
    reserves one on GKE; in other clusters, the cluster assigns one."""
    hostname: HostName | None = None
    """Host name of the hub, such as `hub.example.org`. Required for https; at most 63 characters with
    `endpoint.type: gateway`."""
    source_ranges: Annotated[tuple[Range, ...], Field(examples=[["203.0.113.0/24"]])] = ()
    """CIDR ranges that can reach the hub. Empty: no restriction. For a gateway, the stack creates a Cloud Armor
    policy."""
    internal: Flag = False
    """Whether the load balancer is internal: only the VPC can reach it, and its address belongs to the VPC. Not for a
    gateway."""
    dns_zone: Annotated[DnsZone | None, UNLESS_EMPTY, Field(examples=[_ZONE])] = None
    """Cloud DNS zone in which the stack creates the DNS records of `endpoint.hostname`. It must be in `gcp.project`.
    Not set: the stack exports the records, and you create them."""
    security_policy: GoogleName | None = None
    """Name of an existing Cloud Armor policy for the gateway, such as `campus-only`. Not set: the policy of
    `endpoint.sourceRanges`, if any."""
    tls_secret: DnsName | None = None
    """Name of an existing Secret of type kubernetes.io/tls with the load balancer's certificate, such as `hub-tls`. It
    must be in `namespace`; cert-manager can create it. Not set: `endpoint.tlsCertificate`, or else http."""
    tls_certificate: Text | None = None
    """Certificate of the load balancer in PEM format, followed by its intermediate certificates. Set it with `pulumi
    config set endpoint.tlsCertificate < certificate.pem`."""
    tls_key: SecretStr | None = None
    """Private key of `endpoint.tlsCertificate` in PEM format, without a passphrase."""

    @property
    def has_tls(self) -> bool:
        """Whether the proxy serves https, for the load balancer."""
        return self.tls_secret is not None or self.tls_certificate is not None

    @property
    def is_https(self) -> bool:
        """Whether users reach the hub over https."""
        return self.type == "gateway" or (self.type == "load-balancer" and self.has_tls)
