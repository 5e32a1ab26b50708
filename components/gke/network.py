"""The network of a cluster with private nodes."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import compute

from settings import Settings

PODS: Final = "pods"
"""Name of the subnet's secondary range for pods."""
SERVICES: Final = "services"
"""Name of the subnet's secondary range for Services."""
_PROTOCOLS: Final = ("tcp", "udp")


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Inputs of `Network`."""

    settings: Settings
    """The stack's settings: address ranges, region, protection, and whether homes are on NFS."""


class Network(pulumi.ComponentResource):
    """A VPC with one subnet, and a NAT through which nodes and notebooks reach the internet."""

    network: pulumi.Output[str]
    """Self link of the VPC."""
    subnetwork: pulumi.Output[str]
    """Self link of the subnet."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/network:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        settings, network, region = args.settings, args.settings.network, args.settings.cluster.region
        kept = pulumi.ResourceOptions(parent=self, protect=settings.protect)
        vpc = compute.Network(f"{name}-vpc", auto_create_subnetworks=False, routing_mode="REGIONAL", opts=kept)
        subnet = compute.Subnetwork(
            f"{name}-subnet",
            network=vpc.self_link,
            region=region,
            ip_cidr_range=network.node_range,
            secondary_ip_ranges=[
                compute.SubnetworkSecondaryIpRangeArgs(range_name=PODS, ip_cidr_range=network.pod_range),
                compute.SubnetworkSecondaryIpRangeArgs(range_name=SERVICES, ip_cidr_range=network.service_range),
            ],
            # For Google's APIs and for images in Artifact Registry.
            private_ip_google_access=True,
            opts=kept,
        )
        router = compute.Router(f"{name}-router", network=vpc.self_link, region=region, opts=child)
        compute.RouterNat(
            f"{name}-nat",
            router=router.name,
            region=region,
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
        if settings.notebook.uses_filestore:
            # NFS trusts the user ID of every client. Nodes mount only the home of a pod's owner; a pod that connected
            # itself would reach all homes. The traffic of nodes does not come from the pod range.
            compute.Firewall(
                f"{name}-no-nfs",
                network=vpc.self_link,
                direction="EGRESS",
                source_ranges=[network.pod_range],
                denies=[compute.FirewallDenyArgs(protocol=protocol, ports=["111", "2049"]) for protocol in _PROTOCOLS],
                opts=child,
            )
        self.network, self.subnetwork = vpc.self_link, subnet.self_link
        self.register_outputs({"network": self.network, "subnetwork": self.subnetwork})
