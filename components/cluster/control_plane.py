"""Endpoint of an existing GKE cluster's control plane."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pulumi_gcp import container


@dataclass(frozen=True, kw_only=True)
class ControlPlane:
    """An endpoint that the cluster offers."""

    endpoint: str
    """DNS name or IP address."""
    ca_certificate: str | None
    """CA certificate of the IP endpoint, PEM in base64; None = the DNS endpoint, whose CA is public."""


def offered(wanted: Literal["dns", "ip"] | None, cluster: "container.GetClusterResult") -> ControlPlane | None:
    """Return the endpoint of the wanted type; None if it is off.

    Args:
        wanted: The setting `cluster.controlPlaneEndpoint`; None = the IP endpoint, or the DNS endpoint if that is off.
        cluster: Google's description of the cluster. A missing part is that of a cluster without a DNS endpoint.
    """
    configs = cluster.control_plane_endpoints_configs or []
    has_ip = all(ip.enabled for config in configs for ip in config.ip_endpoints_configs)
    if has_ip and wanted != "dns":
        return ControlPlane(endpoint=cluster.endpoint, ca_certificate=cluster.master_auths[0].cluster_ca_certificate)
    # Google answers with its name also if it does not accept requests from outside Google Cloud.
    names = (dns.endpoint for config in configs for dns in config.dns_endpoint_configs if dns.allow_external_traffic)
    name = None if wanted == "ip" else next(names, None)
    return None if name is None else ControlPlane(endpoint=name, ca_certificate=None)
