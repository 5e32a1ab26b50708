"""Rules of a load balancer's own address."""

from settings.groups.cluster import ClusterSettings
from settings.groups.endpoint import EndpointSettings
from settings.groups.network import NetworkSettings
from settings.types.addresses import is_ipv6, is_loopback
from settings.types.networks import is_free_in, is_private

_RESERVED_BY_THE_STACK = "or let the stack reserve one: pulumi config rm endpoint.address"


def address_errors(endpoint: EndpointSettings, cluster: ClusterSettings, network: NetworkSettings) -> list[str]:
    """Report an address that the load balancer cannot have in this cluster and its network."""
    address = endpoint.address
    if endpoint.type != "load-balancer" or address is None:
        return []
    problem = _on_gke(address, endpoint, cluster, network) if cluster.on_gke else None
    if problem is None and endpoint.internal and not (is_private(address) or is_loopback(address)):
        problem = (
            "is public, but endpoint.internal gives the load balancer an address in the VPC; choose a private one, or: "
            "pulumi config rm endpoint.internal"
        )
    return [] if problem is None else [f"endpoint.address: {problem}"]


def _on_gke(address: str, endpoint: EndpointSettings, cluster: ClusterSettings, network: NetworkSettings) -> str | None:
    if is_loopback(address):
        return (
            "is a loopback address, which a load balancer on GKE cannot have; for a hub that only you reach: "
            "pulumi config set endpoint.type none, and pulumi config rm endpoint.address"
        )
    if is_ipv6(address):
        return (
            "is an IPv6 address, but on GKE the load balancer, its ranges and the record of endpoint.hostname are "
            f"IPv4; choose an IPv4 address, {_RESERVED_BY_THE_STACK}"
        )
    if not is_private(address):
        return None
    if not endpoint.internal:
        return (
            "is private, which on GKE only an internal load balancer has: pulumi config set endpoint.internal true; "
            f"or choose an address that is reserved for you in the region, {_RESERVED_BY_THE_STACK}"
        )
    if cluster.mode == "create" and not is_free_in(address, network.node_range):
        return (
            "is not a usable address of network.nodeRange (all but the first two and the last two of the range); "
            f"choose one of them, {_RESERVED_BY_THE_STACK}"
        )
    return None
