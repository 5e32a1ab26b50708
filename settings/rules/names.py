"""How long names may be that names in Google Cloud are made from; see `settings.rules.gke`.

Most of those are the stack's own: `<name>-<what for>-0123abc`, the end by Pulumi.
"""

from settings.groups.cluster import ClusterSettings
from settings.groups.endpoint import EndpointSettings

LONGEST_WITH_ADDRESS = 34
"""Characters of `name` where an address is reserved for it: `<name>-site-address-address-0123abc` has 63 then, the
most of Compute Engine."""
LONGEST_WITH_CERTIFICATE = 25
"""Characters of `name` where a certificate is made for it: `<name>-site-certificate-authorization-0123abc` has 64 then,
the most of Certificate Manager."""
LONGEST_HOSTNAME = 63
"""Characters of a host name in a certificate that Google manages. Source: "Using Google-managed SSL certificates",
https://cloud.google.com/kubernetes-engine/docs/how-to/managed-certs, of certificates by the same authorities."""


def name_mistakes(name: str, endpoint: EndpointSettings, cluster: ClusterSettings) -> list[str]:
    """Returns why names that are made from that of the hub would be too long for Google."""
    if not cluster.on_gke:
        return []
    if endpoint.type == "gateway":
        most, what = LONGEST_WITH_CERTIFICATE, "endpoint.type gateway, whose certificate"
    elif endpoint.type == "load-balancer" and endpoint.address is None:
        most, what = LONGEST_WITH_ADDRESS, "a load balancer on GKE, whose address"
    else:
        return []
    if len(name) <= most:
        return []
    return [f"name: is too long for {what} is named after it; the most there is {most} characters"]


def hostname_mistakes(endpoint: EndpointSettings) -> list[str]:
    """Returns why Google would make no certificate for the host name."""
    if endpoint.type != "gateway" or len(endpoint.hostname or "") <= LONGEST_HOSTNAME:
        return []
    return [f"endpoint.hostname: is too long for a certificate by Google; the most is {LONGEST_HOSTNAME} characters"]
