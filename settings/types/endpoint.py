"""Named types for what exposes the hub and is not of the stack: load balancers, Gateways and cert-manager."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from settings.types.iap import is_email
from settings.types.model import Model
from settings.types.names import DnsLabel, DnsName
from settings.types.text import Flag, Line, Text, at_most, matching

_SEGMENT = r"[A-Za-z0-9](?:[A-Za-z0-9._~-]*[A-Za-z0-9])?"
_NO_PATH = (
    "is not a path such as /jupyter or /teaching/jupyter: letters, digits and . _ ~ - between the /, no query, and no "
    "host, which is publicUrl or endpoint.hostname"
)


def _without_slash(path: str) -> str:
    return path.rstrip("/") or "/"


def _email(text: str) -> str:
    if not is_email(text):
        msg = "is not an e-mail address, such as hub@example.org"
        raise ValueError(msg)
    return text


BasePath = Annotated[
    Text,
    matching(rf"/|(?:/{_SEGMENT})+/?", _NO_PATH),
    at_most(200, "every URL begins with it"),
    AfterValidator(_without_slash),
]
"""Path below which a site has a hub: `/`, or without `/` at the end."""

LoadBalancerClass = Annotated[
    Text,
    matching(
        r"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?",
        "is not the class of a load balancer, such as service.k8s.aws/nlb or tailscale",
    ),
]
"""Class of a load balancer, by which its controller knows it."""


class ExistingGateway(Model):
    """A Gateway (Gateway API) that is in the cluster already."""

    name: DnsName
    """Name of the Gateway, such as `shared`."""
    namespace: DnsLabel | None = None
    """Its namespace, such as `infra`. Not set: that of the hub."""
    listener: DnsName | None = None
    """Name of its listener for https, such as `https`. Not set: all listeners that match the host name."""
    http_listener: DnsName | None = None
    """Name of its listener for http, such as `http`, at which the stack redirects to https. Not set: no redirect."""
    google: Flag | None = None
    """Whether it is one of Google's load balancers, for which the stack makes health check and time limits. Not set: on
    GKE it is."""

    @model_validator(mode="after")
    def _has_two_listeners(self) -> Self:
        if self.http_listener is not None and self.listener in {None, self.http_listener}:
            msg = "needs listener, that for https, beside httpListener, which redirects to it"
            raise ValueError(msg)
        return self


class CertManager(Model):
    """A certificate that cert-manager issues, and renews. It must be in the cluster."""

    issuer: DnsName | None = None
    """Name of an existing Issuer in the namespace of the hub, such as `campus-ca`."""
    cluster_issuer: DnsName | None = None
    """Name of an existing ClusterIssuer, such as `letsencrypt-prod`."""
    lets_encrypt: Literal["production", "staging"] | None = None
    """Let's Encrypt, for which the stack makes an Issuer; with `endpoint.type: ingress` only. Browsers do not trust
    certificates of `staging`, which is for trying."""
    email: Annotated[Line, AfterValidator(_email)] | None = None
    """Address of the account at Let's Encrypt, such as `hub@example.org`. It may be missing."""

    @model_validator(mode="after")
    def _has_one_issuer(self) -> Self:
        if sum(one is not None for one in (self.issuer, self.cluster_issuer, self.lets_encrypt)) != 1:
            msg = "needs one of issuer, clusterIssuer and letsEncrypt"
            raise ValueError(msg)
        if self.email is not None and self.lets_encrypt is None:
            msg = "has email, which belongs to letsEncrypt; remove it"
            raise ValueError(msg)
        return self
