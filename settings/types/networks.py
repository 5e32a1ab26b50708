"""Named types for ranges of IPv4 addresses, in CIDR notation."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from itertools import combinations
from typing import Annotated

from pydantic import AfterValidator

from settings.types.text import Check, Text, matching

PRIVATE = tuple(
    IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "240.0.0.0/4")
)
"""Ranges that GKE accepts for nodes, pods and Services: RFC 1918, RFC 6598 (shared) and RFC 1112 (reserved)."""
_NO_RANGE = "is not a range of IPv4 addresses, such as 203.0.113.0/24; a single address is 203.0.113.7/32"


def _range(text: str) -> str:
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        raise ValueError(_NO_RANGE) from None
    if str(network) != text:
        msg = "does not begin with the network's own address; for example, 10.0.16.5/20 is in the range 10.0.16.0/20"
        raise ValueError(msg)
    return text


def _private(text: str) -> str:
    network = IPv4Network(text)
    if not any(network.subnet_of(private) for private in PRIVATE):
        msg = f"is not private; choose a range in {', '.join(map(str, PRIVATE))}"
        raise ValueError(msg)
    return text


def _prefix(shortest: int, longest: int, message: str) -> Check:
    """Return a check that the prefix of a range has a length within these limits."""
    return matching(rf".*/(?:{'|'.join(map(str, range(shortest, longest + 1)))})", message)


def _at_least(longest: int, why: str) -> Check:
    return _prefix(0, longest, f"is too small, as {why}; the least is a /{longest}")


Range = Annotated[Text, matching(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}", _NO_RANGE), AfterValidator(_range)]
"""IPv4 range in CIDR notation, `203.0.113.0/24`, without host bits."""

OperatorRange = Annotated[
    Range,
    _prefix(
        8,
        32,
        "lets nearly everybody reach the control plane; list the networks of those who operate the cluster; your own "
        "address: curl -4 ifconfig.me",
    ),
]
"""Range that can reach the control plane: at most a /8."""

NoInternetRange = Annotated[
    Range, _prefix(1, 32, "is the whole internet; for that: pulumi config set notebook.internet false")
]
"""Range that does not belong to the internet."""

PrivateRange = Annotated[Range, AfterValidator(_private)]
"""Private range, which is not routed on the internet."""

NodeRange = Annotated[PrivateRange, _at_least(29, "a subnet of Google Cloud has eight addresses or more")]
"""Private range of nodes, with one address for each."""

PodRange = Annotated[PrivateRange, _at_least(20, "each node takes a /24 of it")]
"""Private range of pods, with a /24 for each node."""

ServiceRange = Annotated[PrivateRange, _at_least(27, "GKE wants at least 32 addresses for Services")]
"""Private range of Services, with one address for each."""

ControlPlaneRange = Annotated[
    PrivateRange, _prefix(28, 28, "must be a /28, neither more nor less, such as 172.16.0.0/28")
]
"""Private /28 of the control plane."""


def overlapping(ranges: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the pairs of names whose valid ranges overlap."""
    return [
        (one, other)
        for one, other in combinations(ranges, 2)
        if IPv4Network(ranges[one]).overlaps(IPv4Network(ranges[other]))
    ]


def nodes_in(node_range: str) -> int:
    """Return the number of nodes that a valid range has addresses for. Google Cloud reserves four of each subnet."""
    return IPv4Network(node_range).num_addresses - 4


def nodes_with_pods_in(pod_range: str) -> int:
    """Return the number of nodes whose pods a valid range has addresses for."""
    return IPv4Network(pod_range).num_addresses // 256


def is_private(address: str) -> bool:
    """Return whether a valid address is private, so that it can be in a VPC network."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return parsed.is_private
    return any(parsed in private for private in PRIVATE)


def is_free_in(address: str, node_range: str) -> bool:
    """Return whether an IPv4 address of a subnet can be assigned: Google Cloud reserves two at each end."""
    network = IPv4Network(node_range)
    return network[1] < IPv4Address(address) < network[-2]
