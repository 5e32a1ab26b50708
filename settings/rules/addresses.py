"""What a given address of a load balancer demands; see `settings.rules.endpoint`."""

from settings.groups.cluster import ClusterSettings
from settings.groups.endpoint import EndpointSettings
from settings.groups.network import NetworkSettings
from settings.types.addresses import is_ipv6, is_loopback
from settings.types.networks import is_free_in, is_private

_RESERVED_BY_THE_STACK = "or have the stack reserve one: pulumi config rm endpoint.address"


def address_mistakes(
    endpoint: EndpointSettings, cluster: ClusterSettings | None, network: NetworkSettings | None
) -> list[str]:
    """Returns why a load balancer could not have its address in this kind of cluster and in its network, if known."""
    address = endpoint.address
    if endpoint.type != "load-balancer" or address is None:
        return []
    problem = _on_gke(address, endpoint, cluster, network) if cluster is not None and cluster.on_gke else None
    if problem is None and endpoint.internal and not (is_private(address) or is_loopback(address)):
        problem = (
            "is public, but endpoint.internal gives the load balancer an address in the VPC; choose a private one, or: "
            "pulumi config rm endpoint.internal"
        )
    return [] if problem is None else [f"endpoint.address: {problem}"]


def _on_gke(
    address: str, endpoint: EndpointSettings, cluster: ClusterSettings, network: NetworkSettings | None
) -> str | None:
    if is_loopback(address):
        mend = "pulumi config set endpoint.type none, and pulumi config rm endpoint.address"
        return f"is loopback, which GKE gives to nothing; for a hub that only you reach: {mend}"
    if is_ipv6(address):
        return (
            "is an IPv6 address, but on GKE the load balancer, its ranges and the record of endpoint.hostname are of "
            f"IPv4; choose such an address, {_RESERVED_BY_THE_STACK}"
        )
    if not is_private(address):
        return None
    if not endpoint.internal:
        return (
            "is private, which on GKE only an internal load balancer has: pulumi config set endpoint.internal true; "
            f"or choose one that is reserved for you in the region, {_RESERVED_BY_THE_STACK}"
        )
    if cluster.mode == "create" and network is not None and not is_free_in(address, network.node_range):
        return (
            "is none that the subnet of the created cluster has to give, which are all of network.nodeRange but two at "
            f"each end; choose one of them, {_RESERVED_BY_THE_STACK}"
        )
    return None
