"""A GKE cluster of the stack's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import container

from components.gke import network
from components.gke.network import Network, NetworkArgs
from components.gke.node_account import NodeAccount, NodeAccountArgs
from components.gke.node_pools import NodePools, NodePoolsArgs
from settings import Settings
from settings.groups.node_zones import node_zones

_CREATE_TIMEOUT: Final = "60m"
"""Longer than Google ever took to make a cluster; the provider's own patience is 40 minutes."""


@dataclass(frozen=True, kw_only=True)
class GkeClusterArgs:
    """Inputs of `GkeCluster`."""

    settings: Settings
    """The stack's settings: project, cluster, network, nodes, protection."""


class GkeCluster(pulumi.ComponentResource):
    """A private, VPC-native cluster with Workload Identity, its network, and its node pools unless it is Autopilot."""

    endpoint: pulumi.Output[str]
    """IP address of the control plane. Known once there are nodes to run something on."""
    ca_certificate: pulumi.Output[str]
    """The control plane's certificate authority, PEM in base64."""
    node_account: pulumi.Output[str]
    """E-mail of the nodes' service account."""
    network: pulumi.Output[str]
    """Self link of the VPC."""
    subnetwork: pulumi.Output[str]
    """Self link of the subnet of the nodes."""
    zones: pulumi.Output[Sequence[str]]
    """Zones of the nodes, which Google chooses on Autopilot; with a zone as `cluster.location`, those beside it."""

    def __init__(self, name: str, args: GkeClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/cluster:GkeCluster", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        net = Network(
            f"{name}-network",
            NetworkArgs(
                network=settings.network,
                region=settings.cluster.region,
                protect=settings.protect,
                shares=settings.notebook.storage.disk == "filestore",
            ),
            child,
        )
        account = NodeAccount(
            f"{name}-nodes",
            NodeAccountArgs(project=settings.gcp.project_id, cluster=settings.cluster.name),
            child,
        )
        cluster = container.Cluster(
            f"{name}-cluster",
            args=_cluster(settings, net, account),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=settings.protect,
                # The first two describe the pool that is removed at once; were they compared, any later look at them
                # would replace the whole cluster. Google moves the last one on by itself.
                ignore_changes=["nodeConfig", "initialNodeCount", "nodeVersion"],
                custom_timeouts=pulumi.CustomTimeouts(create=_CREATE_TIMEOUT),
            ),
        )
        ready: list[pulumi.Output[str]] = []
        if not settings.cluster.autopilot:
            pools = NodePools(
                f"{name}-pools",
                NodePoolsArgs(settings=settings, cluster=cluster.id, node_account=account.email),
                child,
            )
            ready.append(pools.core)
        self.endpoint = pulumi.Output.all(cluster.endpoint, *ready).apply(lambda known: known[0])
        self.ca_certificate = cluster.master_auth.cluster_ca_certificate
        self.node_account = account.email
        self.network, self.subnetwork = net.network, net.subnetwork
        self.zones = cluster.node_locations
        self.register_outputs({"endpoint": self.endpoint, "node_account": self.node_account})


def _cluster(settings: Settings, net: Network, account: NodeAccount) -> "container.ClusterArgs":
    autopilot = settings.cluster.autopilot
    args = container.ClusterArgs(
        name=settings.cluster.name,
        location=settings.cluster.location,
        deletion_protection=settings.protect,
        network=net.network,
        subnetwork=net.subnetwork,
        networking_mode="VPC_NATIVE",
        ip_allocation_policy=container.ClusterIpAllocationPolicyArgs(
            cluster_secondary_range_name=network.PODS, services_secondary_range_name=network.SERVICES
        ),
        private_cluster_config=container.ClusterPrivateClusterConfigArgs(
            enable_private_nodes=True,
            # The control plane answers the authorized networks below, so that `pulumi up` works from outside.
            enable_private_endpoint=False,
            master_ipv4_cidr_block=settings.network.control_plane_range,
        ),
        master_authorized_networks_config=container.ClusterMasterAuthorizedNetworksConfigArgs(
            cidr_blocks=[
                container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs(cidr_block=block)
                for block in settings.cluster.authorized_networks
            ],
            gcp_public_cidrs_access_enabled=False,
        ),
        release_channel=container.ClusterReleaseChannelArgs(channel=settings.cluster.release_channel.upper()),
        maintenance_policy=container.ClusterMaintenancePolicyArgs(
            daily_maintenance_window=container.ClusterMaintenancePolicyDailyMaintenanceWindowArgs(
                start_time=settings.cluster.maintenance_start
            )
        ),
        gateway_api_config=container.ClusterGatewayApiConfigArgs(channel="CHANNEL_STANDARD"),
        cost_management_config=container.ClusterCostManagementConfigArgs(enabled=True),
        logging_config=container.ClusterLoggingConfigArgs(enable_components=["SYSTEM_COMPONENTS", "WORKLOADS"]),
        monitoring_config=container.ClusterMonitoringConfigArgs(
            enable_components=["SYSTEM_COMPONENTS"],
            managed_prometheus=container.ClusterMonitoringConfigManagedPrometheusArgs(enabled=True),
        ),
    )
    if autopilot:
        args.enable_autopilot = True
        args.cluster_autoscaling = container.ClusterClusterAutoscalingArgs(
            auto_provisioning_defaults=container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs(
                service_account=account.email,
                oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"],
            )
        )
        return args
    # All that follows Autopilot does by itself, and refuses to be told.
    # In a zone, what is to be named is the zones beside it, of which there are none.
    args.node_locations = None if settings.cluster.is_zonal else list(node_zones(settings.cluster))
    args.remove_default_node_pool = True
    args.initial_node_count = 1
    args.node_config = container.ClusterNodeConfigArgs(
        # For the minutes in which the default pool lives: many organizations forbid the default account.
        service_account=account.email,
        shielded_instance_config=container.ClusterNodeConfigShieldedInstanceConfigArgs(enable_secure_boot=True),
    )
    args.datapath_provider = "ADVANCED_DATAPATH"
    args.enable_shielded_nodes = True
    args.workload_identity_config = container.ClusterWorkloadIdentityConfigArgs(
        workload_pool=settings.gcp.workload_pool
    )
    args.addons_config = container.ClusterAddonsConfigArgs(
        http_load_balancing=container.ClusterAddonsConfigHttpLoadBalancingArgs(disabled=False),
        gce_persistent_disk_csi_driver_config=container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs(
            enabled=True
        ),
        dns_cache_config=container.ClusterAddonsConfigDnsCacheConfigArgs(enabled=True),
    )
    if settings.notebook.storage.disk == "filestore":
        args.addons_config.gcp_filestore_csi_driver_config = (
            container.ClusterAddonsConfigGcpFilestoreCsiDriverConfigArgs(enabled=True)
        )
    return args
