"""The network of a cluster whose nodes have no public addresses."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import compute

from settings.groups.network import NetworkSettings

PODS: Final = "pods"
"""Name of the subnet's secondary range for pods."""
SERVICES: Final = "services"
"""Name of the subnet's secondary range for Services."""
_PROTOCOLS: Final = ("tcp", "udp")


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Inputs of `Network`."""

    network: NetworkSettings
    """The address ranges."""
    region: str
    """Region of the subnet, such as `europe-west1`."""
    protect: bool
    """Whether Pulumi refuses to delete it."""
    shares: bool = False
    """Whether nodes mount shares of an NFS server for pods. Default: they do not."""


class Network(pulumi.ComponentResource):
    """A VPC with one subnet, and a NAT through which nodes and notebooks reach the internet."""

    network: pulumi.Output[str]
    """Self link of the VPC."""
    subnetwork: pulumi.Output[str]
    """Self link of the subnet."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/network:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        kept = pulumi.ResourceOptions(parent=self, protect=args.protect)
        vpc = compute.Network(f"{name}-vpc", auto_create_subnetworks=False, routing_mode="REGIONAL", opts=kept)
        subnet = compute.Subnetwork(
            f"{name}-subnet",
            network=vpc.self_link,
            region=args.region,
            ip_cidr_range=args.network.node_range,
            secondary_ip_ranges=[
                compute.SubnetworkSecondaryIpRangeArgs(range_name=PODS, ip_cidr_range=args.network.pod_range),
                compute.SubnetworkSecondaryIpRangeArgs(range_name=SERVICES, ip_cidr_range=args.network.service_range),
            ],
            # Nodes without public addresses reach Google's APIs, and pull images from Artifact Registry, this way.
            private_ip_google_access=True,
            opts=kept,
        )
        router = compute.Router(f"{name}-router", network=vpc.self_link, region=args.region, opts=child)
        compute.RouterNat(
            f"{name}-nat",
            router=router.name,
            region=args.region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
            # Many notebooks on a node may hold many connections each.
            enable_dynamic_port_allocation=True,
            min_ports_per_vm=64,
            max_ports_per_vm=4096,
            enable_endpoint_independent_mapping=False,
            log_config=compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),
            opts=child,
        )
        if args.shares:
            # NFS believes whoever connects, whatever user they say they are. Nodes mount each person's home and no
            # other; a pod that came by itself would have all of them. What nodes send has other addresses.
            compute.Firewall(
                f"{name}-no-nfs",
                network=vpc.self_link,
                direction="EGRESS",
                source_ranges=[args.network.pod_range],
                denies=[compute.FirewallDenyArgs(protocol=protocol, ports=["111", "2049"]) for protocol in _PROTOCOLS],
                opts=child,
            )
        self.network, self.subnetwork = vpc.self_link, subnet.self_link
        self.register_outputs({"network": self.network, "subnetwork": self.subnetwork})
