"""Rules of NetworkPolicies: peers, ports, and what each pod needs of the cluster.

A range of addresses (`ipBlock`) matches no pod and no node where Cilium enforces policies, as on GKE. So pods are named
by their labels, and Services by the pods and ports behind them.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, collapse_addresses
from typing import Final

import pulumi
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.networking import v1 as networking

from settings import LINK_LOCAL, PRIVATE, Destination, Pods, Settings, bounds_of

_DNS_PORT: Final = 53
_NAMESPACE: Final = "kubernetes.io/metadata.name"
"""Label that Kubernetes gives each namespace."""
_NODE_LOCAL_DNS: Final = "169.254.20.10/32"
_CLOUD_DNS: Final = "169.254.169.254/32"
"""Cloud DNS for GKE, the default of Autopilot, at the address of the metadata server."""
_METADATA_SERVERS: Final = ("169.254.169.254/32", "169.254.169.252/32")
"""GKE's metadata server with Dataplane V2, and without it.
Source: https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy (2026-11)."""
_METADATA_PORTS: Final = (80, 988)
_PRIVATE_IPV6: Final = ("fc00::/7", "fe80::/10")

Peers = list["networking.NetworkPolicyPeerArgs"]


def tcp(*ports: pulumi.Input[int]) -> list["networking.NetworkPolicyPortArgs"]:
    """Return TCP ports of pods."""
    return [networking.NetworkPolicyPortArgs(protocol="TCP", port=port) for port in ports]


def ranges(*cidrs: pulumi.Input[str]) -> Peers:
    """Return ranges of addresses outside of the cluster."""
    return [networking.NetworkPolicyPeerArgs(ip_block=networking.IPBlockArgs(cidr=cidr)) for cidr in cidrs]


def of_namespace(namespace: pulumi.Input[str], pods: Mapping[str, str] | None = None) -> Peers:
    """Return the pods of a namespace, all of them or those with the labels."""
    return _pods({_NAMESPACE: namespace}, pods or {})


def chosen(peers: Iterable[Pods]) -> Peers:
    """Return pods that a setting names."""
    return [peer for pods in peers for peer in _chosen(pods)]


def to_chosen(destination: Destination) -> "networking.NetworkPolicyEgressRuleArgs":
    """Return the rule for a destination that a setting names."""
    ports: list[networking.NetworkPolicyPortArgs] = []
    for first, last in map(bounds_of, destination.ports):
        end = None if last == first else last
        ports.append(networking.NetworkPolicyPortArgs(protocol=destination.protocol, port=first, end_port=end))
    peers = _chosen(destination) if destination.range is None else ranges(destination.range)
    return networking.NetworkPolicyEgressRuleArgs(to=peers, ports=ports or None)


def to_dns(settings: Settings) -> "networking.NetworkPolicyEgressRuleArgs":
    """Return the rule for the cluster's name servers.

    They are pods (kube-dns, CoreDNS, NodeLocal DNSCache with Dataplane V2), or an address of the node (NodeLocal
    DNSCache without it, Cloud DNS).
    """
    peers = [*of_namespace("kube-system"), *ranges(_NODE_LOCAL_DNS)]
    if settings.cluster.on_gke:
        peers += ranges(_CLOUD_DNS)
    if settings.cluster.mode != "create":
        # Where the stack does not make the cluster, name servers may be anywhere in its network.
        peers += ranges(*map(str, PRIVATE))
    ports = [networking.NetworkPolicyPortArgs(protocol=protocol, port=_DNS_PORT) for protocol in ("UDP", "TCP")]
    return networking.NetworkPolicyEgressRuleArgs(to=peers, ports=ports)


def to_metadata_server() -> "networking.NetworkPolicyEgressRuleArgs":
    """Return the rule for the server that gives pods the tokens of their Google service account."""
    return networking.NetworkPolicyEgressRuleArgs(to=ranges(*_METADATA_SERVERS), ports=tcp(*_METADATA_PORTS))


def to_internet(settings: Settings) -> "networking.NetworkPolicyEgressRuleArgs":
    """Return the rule for the internet, on all ports, without what is not of the internet."""
    network = settings.network
    own = network.cluster_ranges.values() if settings.cluster.mode == "create" else ()
    others = map(IPv4Network, (*own, *network.private_ranges))
    closed = [str(one) for one in collapse_addresses((*PRIVATE, LINK_LOCAL, *others))]
    blocks = (
        networking.IPBlockArgs(cidr="0.0.0.0/0", except_=closed),
        networking.IPBlockArgs(cidr="::/0", except_=list(_PRIVATE_IPV6)),
    )
    return networking.NetworkPolicyEgressRuleArgs(
        to=[networking.NetworkPolicyPeerArgs(ip_block=block) for block in blocks]
    )


def _chosen(pods: Pods) -> Peers:
    labels = pods.namespace_labels if pods.namespace is None else {_NAMESPACE: pods.namespace}
    return _pods(labels, pods.pods)


def _pods(namespace: Mapping[str, pulumi.Input[str]], pods: Mapping[str, str]) -> Peers:
    selector = meta.LabelSelectorArgs(match_labels=dict(pods)) if pods else None
    return [
        networking.NetworkPolicyPeerArgs(
            namespace_selector=meta.LabelSelectorArgs(match_labels=dict(namespace)), pod_selector=selector
        )
    ]
