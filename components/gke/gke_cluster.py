"""A GKE cluster that the stack creates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import container, projects, serviceaccount

from components.gke import maintenance, network
from components.gke.cost_labels import cost_labels
from components.gke.network import Network, NetworkArgs
from components.gke.node_pools import NodePools, NodePoolsArgs
from settings import Settings

_CREATE_TIMEOUT: Final = "60m"
"""Longer than Google ever took to create a cluster; the provider's default is 40 minutes."""
_OF_IP_ENDPOINTS: Final = ("privateClusterConfig.enablePrivateEndpoint",)
"""Inputs that Google sets by itself without IP endpoints.
Source: `containerClusterApiDictatedPrivateEndpointField` in terraform-provider-google (2026-08)."""
_DEFAULT_POOL_DISK_GB: Final = 20
"""Boot disk of a node of the default pool, which exists for some minutes."""
_NODE_ROLE: Final = "roles/container.defaultNodeServiceAccount"
"""The minimum that GKE requires of the nodes' service account: to write logs and metrics.
Source: https://cloud.google.com/kubernetes-engine/docs/how-to/service-accounts (2026-11)."""


@dataclass(frozen=True, kw_only=True)
class GkeClusterArgs:
    """Inputs of `GkeCluster`."""

    settings: Settings
    """The stack's settings: project, cluster, network, nodes, protection."""


class GkeCluster(pulumi.ComponentResource):
    """A private, VPC-native cluster with Workload Identity, its network, and unless it is Autopilot its node pools."""

    cluster: pulumi.Output[str]
    """ID of the cluster."""
    endpoint: pulumi.Output[str]
    """DNS name or IP address of the control plane; known once there are nodes for the hub."""
    ca_certificate: pulumi.Output[str] | None
    """CA certificate of the IP endpoint, PEM in base64; None = the DNS endpoint, whose CA is public."""
    node_account: pulumi.Output[str]
    """E-mail of the nodes' service account; known once it has its role."""
    network: pulumi.Output[str]
    """Self link of the VPC."""
    subnetwork: pulumi.Output[str]
    """Self link of the subnet of the nodes."""
    zones: pulumi.Output[Sequence[str]]
    """Zones of the nodes for notebooks, which Google chooses on Autopilot."""

    def __init__(self, name: str, args: GkeClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/gke_cluster:GkeCluster", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        by_dns = settings.cluster.has_dns_endpoint
        net = Network(f"{name}-network", NetworkArgs(settings=settings), child)
        self.node_account = _node_account(f"{name}-nodes", settings, child)
        cluster = container.Cluster(
            f"{name}-cluster",
            args=_cluster(settings, net, self.node_account),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=settings.protect,
                ignore_changes=[
                    # They describe the default pool, which is removed; a difference would replace the cluster.
                    "nodeConfig",
                    "initialNodeCount",
                    # The zones of new pools. Each pool of the stack has its own, and a change here would change them.
                    "nodeLocations",
                    # GKE upgrades it by itself.
                    "nodeVersion",
                    *(_OF_IP_ENDPOINTS if by_dns else ()),
                ],
                custom_timeouts=pulumi.CustomTimeouts(create=_CREATE_TIMEOUT),
            ),
        )
        endpoint = _dns_endpoint(cluster) if by_dns else cluster.endpoint
        self.endpoint, self.zones = endpoint, cluster.node_locations
        if not settings.cluster.autopilot:
            pools_args = NodePoolsArgs(settings=settings, cluster=cluster, node_account=self.node_account)
            pools = NodePools(f"{name}-pools", pools_args, child)
            self.endpoint = pulumi.Output.all(endpoint=endpoint, pool=pools.core).apply(lambda args: args["endpoint"])
            self.zones = pools.zones
        self.cluster = cluster.id
        self.ca_certificate = None if by_dns else cluster.master_auth.cluster_ca_certificate
        self.network, self.subnetwork = net.network, net.subnetwork
        self.register_outputs({"endpoint": self.endpoint, "node_account": self.node_account})


def _dns_endpoint(cluster: "container.Cluster") -> pulumi.Output[str]:
    return cluster.control_plane_endpoints_config.apply(
        lambda config: (config.dns_endpoint_config.endpoint if config.dns_endpoint_config else None) or ""
    )


def _node_account(name: str, settings: Settings, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Create a service account with one role, in place of the project's default one, which may be an editor."""
    cluster = settings.cluster.name
    account = serviceaccount.Account(
        f"{name}-account",
        # At most 30 characters, and it cannot be renamed.
        account_id=f"{cluster[:24]}-nodes".replace("--", "-"),
        display_name=f"Nodes of GKE cluster {cluster}",
        opts=child,
    )
    grant = projects.IAMMember(
        f"{name}-{_NODE_ROLE.rpartition('.')[2]}",
        project=settings.gcp.project_id,
        role=_NODE_ROLE,
        member=account.member,
        opts=child,
    )
    return pulumi.Output.all(email=account.email, grant=grant.id).apply(lambda args: args["email"])


def _cluster(settings: Settings, net: Network, node_account: pulumi.Input[str]) -> "container.ClusterArgs":
    autopilot, by_dns = settings.cluster.autopilot, settings.cluster.has_dns_endpoint
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
            # The authorized networks below can reach the control plane, so that `pulumi up` works from outside.
            enable_private_endpoint=None if by_dns else False,
            master_ipv4_cidr_block=settings.network.control_plane_range,
        ),
        master_authorized_networks_config=None if by_dns else _authorized_networks(settings),
        # Both are stated, as the provider keeps the state of an endpoint that is not.
        control_plane_endpoints_config=container.ClusterControlPlaneEndpointsConfigArgs(
            dns_endpoint_config=container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(
                allow_external_traffic=by_dns
            ),
            ip_endpoints_config=container.ClusterControlPlaneEndpointsConfigIpEndpointsConfigArgs(enabled=not by_dns),
        ),
        release_channel=container.ClusterReleaseChannelArgs(channel=settings.cluster.release_channel.upper()),
        maintenance_policy=maintenance.policy(settings.cluster),
        gateway_api_config=container.ClusterGatewayApiConfigArgs(channel="CHANNEL_STANDARD"),
        cost_management_config=container.ClusterCostManagementConfigArgs(enabled=True),
        logging_config=container.ClusterLoggingConfigArgs(enable_components=["SYSTEM_COMPONENTS", "WORKLOADS"]),
        monitoring_config=container.ClusterMonitoringConfigArgs(
            enable_components=["SYSTEM_COMPONENTS"],
            # Its collectors take memory of each node. Always on in Autopilot.
            managed_prometheus=container.ClusterMonitoringConfigManagedPrometheusArgs(
                enabled=autopilot or settings.monitoring.metrics == "managed-prometheus"
            ),
        ),
        resource_labels=cost_labels(settings),
        anonymous_authentication_config=container.ClusterAnonymousAuthenticationConfigArgs(mode="LIMITED"),
        rbac_binding_config=container.ClusterRbacBindingConfigArgs(
            enable_insecure_binding_system_authenticated=False,
            enable_insecure_binding_system_unauthenticated=False,
        ),
    )
    # Stays installed if it is no longer stated: backups may still have to be restored.
    backup_agent = (
        container.ClusterAddonsConfigGkeBackupAgentConfigArgs(enabled=True)
        if settings.backup.days is not None
        else None
    )
    if autopilot:
        args.enable_autopilot = True
        if backup_agent is not None:
            args.addons_config = container.ClusterAddonsConfigArgs(gke_backup_agent_config=backup_agent)
        args.cluster_autoscaling = container.ClusterClusterAutoscalingArgs(
            auto_provisioning_defaults=container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs(
                service_account=node_account,
                oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"],
            )
        )
        args.node_pool_auto_config = container.ClusterNodePoolAutoConfigArgs(
            node_kubelet_config=container.ClusterNodePoolAutoConfigNodeKubeletConfigArgs(
                insecure_kubelet_readonly_port_enabled="FALSE"
            )
        )
        return args
    # Autopilot manages the rest itself, and rejects these arguments.
    # Of a zonal cluster, node_locations lists only the additional zones.
    args.node_locations = None if settings.cluster.is_zonal else list(settings.node_zones)
    args.remove_default_node_pool = True
    args.initial_node_count = 1
    args.node_config = container.ClusterNodeConfigArgs(
        # GKE's default is an SSD of 100 GB in each zone, and new projects have a quota for 250 GB in a region.
        machine_type="e2-medium",
        disk_type="pd-standard",
        disk_size_gb=_DEFAULT_POOL_DISK_GB,
        # Also for the short-lived default pool: many organizations forbid the default account.
        service_account=node_account,
        shielded_instance_config=container.ClusterNodeConfigShieldedInstanceConfigArgs(enable_secure_boot=True),
    )
    args.cluster_autoscaling = container.ClusterClusterAutoscalingArgs(
        enabled=False,  # node auto-provisioning, not the autoscaling of the stack's pools
        # Fills nodes instead of spreading pods, and removes unused nodes sooner. Notebooks are never moved.
        autoscaling_profile="OPTIMIZE_UTILIZATION",
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
        gke_backup_agent_config=backup_agent,
    )
    if settings.notebook.uses_filestore:
        args.addons_config.gcp_filestore_csi_driver_config = (
            container.ClusterAddonsConfigGcpFilestoreCsiDriverConfigArgs(enabled=True)
        )
    if settings.notebook.uses_buckets:
        args.addons_config.gcs_fuse_csi_driver_config = container.ClusterAddonsConfigGcsFuseCsiDriverConfigArgs(
            enabled=True
        )
    return args


def _authorized_networks(settings: Settings) -> "container.ClusterMasterAuthorizedNetworksConfigArgs":
    return container.ClusterMasterAuthorizedNetworksConfigArgs(
        cidr_blocks=[
            container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs(cidr_block=block)
            for block in settings.cluster.authorized_networks
        ],
        gcp_public_cidrs_access_enabled=False,
    )
