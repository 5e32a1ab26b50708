"""Keys `endpoint.*`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from settings.types.addresses import HostName, IpAddress
from settings.types.endpoint import CertManager, ExistingGateway, LoadBalancerClass
from settings.types.model import UNLESS_EMPTY, Model
from settings.types.names import DnsName, GoogleName
from settings.types.networks import Range
from settings.types.pods import EndpointKey, OwnAnnotationValue
from settings.types.text import Flag, Text, WholeNumber


class DnsZone(Model):
    """A Cloud DNS zone in the same project."""

    name: GoogleName
    """Name of the managed zone, such as `example-org`."""
    domain: HostName
    """Domain of the zone, such as `example.org`."""


_ZONE = {"name": "example-org", "domain": "example.org"}
_GATEWAY = {"name": "shared", "namespace": "infra", "listener": "https"}
_AWS = {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}


class EndpointSettings(Model):
    """The address and the certificate of the hub."""

    type: Literal["load-balancer", "gateway", "ingress", "http-route", "node-port", "none"] = "load-balancer"
    """Endpoint of the hub: `load-balancer` (a Service on port 80, with a certificate also on port 443), `gateway` (a
    GKE Gateway with https), `ingress` (an Ingress for a controller of the cluster), `http-route` (an HTTPRoute for an
    existing Gateway), `node-port` (a port of each node, behind your own reverse proxy) or `none`
    (`kubectl port-forward`, or an Ingress of your own)."""
    address: IpAddress | None = None
    """Reserved IP address of the load balancer, such as `203.0.113.7`; on GKE an IPv4 address. Not set: the stack
    reserves one on GKE; in other clusters, the cluster assigns one."""
    hostname: HostName | None = None
    """Host name of the hub, such as `hub.example.org`. Required for https, and with `endpoint.type: ingress` and
    `http-route`; at most 63 characters with `gateway`."""
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
    """Name of an existing Secret of type kubernetes.io/tls with the certificate of the load balancer or the Ingress,
    such as `hub-tls`. It must be in `namespace`. Not set: `endpoint.certManager`, `endpoint.tlsCertificate`, or else
    http."""
    tls_certificate: Text | None = None
    """Certificate of the load balancer or the Ingress in PEM format, followed by its intermediate certificates. Set it
    with `pulumi config set endpoint.tlsCertificate < certificate.pem`."""
    tls_key: SecretStr | None = None
    """Private key of `endpoint.tlsCertificate` in PEM format, without a passphrase."""
    cert_manager: Annotated[
        CertManager | None, UNLESS_EMPTY, Field(examples=[{"clusterIssuer": "letsencrypt-prod"}])
    ] = None
    """Certificate of `endpoint.hostname` by cert-manager, which must be in the cluster: for an Ingress, and with a
    DNS-01 issuer for a load balancer."""
    ingress_class: DnsName | None = None
    """IngressClass of the controller for `endpoint.type: ingress`, such as `traefik`. Not set: the default one of the
    cluster."""
    gateway: Annotated[ExistingGateway | None, UNLESS_EMPTY, Field(examples=[_GATEWAY])] = None
    """Existing Gateway for `endpoint.type: http-route`. Its listeners must allow routes from the namespace of the
    hub."""
    annotations: Annotated[Mapping[EndpointKey, OwnAnnotationValue], Field(examples=[_AWS])] = {}
    """Annotations of the Service, of the Ingress, or of the HTTPRoute, for the controller behind it. They take
    precedence over those that the stack sets for uploads and WebSockets."""
    load_balancer_class: LoadBalancerClass | None = None
    """Class of the load balancer, such as `service.k8s.aws/nlb`. Not set: the cluster's default."""
    node_port: Annotated[WholeNumber, Field(ge=1024, le=65535)] | None = None
    """Port of each node for `endpoint.type: node-port`, such as 30080. Not set: Kubernetes chooses one."""

    @property
    def has_certificate(self) -> bool:
        """Whether the stack provides a certificate, in a Secret."""
        return any(one is not None for one in (self.tls_secret, self.tls_certificate, self.cert_manager))

    @property
    def has_tls(self) -> bool:
        """Whether the proxy serves https, for the load balancer."""
        return self.type == "load-balancer" and self.has_certificate

    @property
    def is_https(self) -> bool:
        """Whether users reach the hub over https, as far as the endpoint tells."""
        return self.type in {"gateway", "http-route"} or (
            self.type in {"load-balancer", "ingress"} and self.has_certificate
        )

    @property
    def has_own_address(self) -> bool:
        """Whether the hub has an IP address of its own, which the stack may reserve."""
        return self.type in {"load-balancer", "gateway"}

    @property
    def is_behind_a_proxy(self) -> bool:
        """Whether another HTTP proxy of the cluster is in front, which keeps connections to send further requests."""
        return self.type in {"gateway", "ingress", "http-route", "node-port"}
