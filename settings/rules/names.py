"""Rules of names that are too long for Google Cloud.

Most names of resources are `<name>-<purpose>-0123abc`, with a suffix by Pulumi.
"""

from settings.groups.cluster import ClusterSettings
from settings.groups.endpoint import EndpointSettings

LONGEST_WITH_CERTIFICATE = 35
"""Characters of `name` with a certificate by Google: `<name>-public-authorization-0123abc` then has 64, the limit of
Certificate Manager. All other names have room for the 40 characters that `name` may have."""
LONGEST_HOSTNAME = 63
"""Characters of a host name in a certificate by Google. Source: "Using Google-managed SSL certificates",
https://cloud.google.com/kubernetes-engine/docs/how-to/managed-certs, of certificates by the same authorities."""


def name_errors(name: str, endpoint: EndpointSettings, cluster: ClusterSettings) -> list[str]:
    """Report a name that makes names of Google Cloud resources too long."""
    if not cluster.on_gke or endpoint.type != "gateway" or len(name) <= LONGEST_WITH_CERTIFICATE:
        return []
    reason = "endpoint.type gateway, whose certificate is named after it"
    return [f"name: is too long for {reason}; at most {LONGEST_WITH_CERTIFICATE} characters"]


def hostname_errors(endpoint: EndpointSettings) -> list[str]:
    """Report a host name that is too long for Google's certificates."""
    if endpoint.type != "gateway" or len(endpoint.hostname or "") <= LONGEST_HOSTNAME:
        return []
    return [f"endpoint.hostname: is too long for a certificate by Google; at most {LONGEST_HOSTNAME} characters"]
