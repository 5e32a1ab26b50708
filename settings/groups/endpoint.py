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
    """Its domain, such as `example.org`."""


_ZONE = {"name": "example-org", "domain": "example.org"}


class EndpointSettings(Model):
    """How people reach the hub."""

    type: Literal["load-balancer", "gateway", "none"] = "load-balancer"
    """`load-balancer`: Service `<name>-lb`, port 80, with a certificate also 443; `gateway`: a GKE Gateway with https,
    in front of a `cluster.mode` other than `context`; `none`: nothing, so by `kubectl port-forward` only."""
    address: IpAddress | None = None
    """Reserved address that the load balancer asks for, on GKE one of IPv4; none = the stack reserves one on GKE,
    elsewhere the cluster gives one."""
    hostname: HostName | None = None
    """Host name of the hub, such as `hub.example.org`; needed for `gateway`."""
    source_ranges: Annotated[tuple[Range, ...], Field(examples=[["203.0.113.0/24"]])] = ()
    """Ranges from which the hub may be reached, such as `203.0.113.0/24`; none = from everywhere. For a gateway the
    stack makes a Cloud Armor policy of them."""
    internal: Flag = False
    """Whether the load balancer has an address in the VPC only, and so a private `address`; not with `gateway`."""
    dns_zone: Annotated[DnsZone | None, UNLESS_EMPTY, Field(examples=[_ZONE])] = None
    """Cloud DNS zone for the records of `hostname`, which is in its domain; none = the stack exports the records to
    make."""
    security_policy: GoogleName | None = None
    """A Cloud Armor policy of one's own for the gateway, in place of `source_ranges`."""
    tls_secret: DnsName | None = None
    """Secret in the hub's namespace with the load balancer's certificate for `hostname`, of type kubernetes.io/tls. It
    is not made by this stack."""
    tls_certificate: Text | None = None
    """The load balancer's certificate for `hostname`, in PEM form, and those that lead to an authority."""
    tls_key: SecretStr | None = None
    """The private key of `tls_certificate`, in PEM form."""

    @property
    def has_tls(self) -> bool:
        """Whether the proxy speaks https, for the load balancer."""
        return self.tls_secret is not None or self.tls_certificate is not None
