"""The machines of a cluster of the stack's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import container

from hub.contract import DEDICATED, GPU_RESOURCE, NODE_PURPOSE
from settings import Settings
from settings.google.disks import boot_disk
from settings.groups.cluster import ClusterSettings
from settings.groups.node_zones import gpu_zones, node_zones
from settings.groups.nodes import GpuPool, NodePool


@dataclass(frozen=True, kw_only=True)
class NodePoolsArgs:
    """Inputs of `NodePools`."""

    settings: Settings
    """The stack's settings: location and pools."""
    cluster: pulumi.Input[str]
    """Id of the cluster."""
    node_account: pulumi.Input[str]
    """E-mail of the nodes' service account."""


class NodePools(pulumi.ComponentResource):
    """A pool for the hub, one for notebooks, and those with GPUs. All but the first may shrink to nothing."""

    core: pulumi.Output[str]
    """Id of the pool for the hub; known once its first node is there."""

    def __init__(self, name: str, args: NodePoolsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/node_pools:NodePools", name, None, opts)
        nodes, cluster = args.settings.nodes, args.settings.cluster
        user_taint = container.NodePoolNodeConfigTaintArgs(key=DEDICATED, value="user", effect="NO_SCHEDULE")
        # GKE sets it on nodes with GPUs by itself; stated here, as it would else show up as a change in every preview.
        # What asks for a GPU tolerates it without saying so (admission plugin ExtendedResourceToleration, on in GKE).
        gpu_taint = container.NodePoolNodeConfigTaintArgs(key=GPU_RESOURCE, value="present", effect="NO_SCHEDULE")

        def pool(
            part: str, of: NodePool, purpose: str, taints: Sequence[container.NodePoolNodeConfigTaintArgs]
        ) -> container.NodePool:
            return container.NodePool(
                f"{name}-{part}",
                # Pulumi names it, so that a pool that has to be replaced (another GPU, spot or not) is made before the
                # old one goes; notebooks move at their next start.
                cluster=args.cluster,
                # Those of the cluster, but for GPUs, which not every zone has.
                node_locations=list(gpu_zones(of.accelerator, cluster)) if isinstance(of, GpuPool) else None,
                initial_node_count=_at_first(of, cluster),
                autoscaling=container.NodePoolAutoscalingArgs(
                    total_min_node_count=of.min, total_max_node_count=of.max, location_policy="ANY"
                ),
                management=container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
                node_config=_node(of, args.node_account, {NODE_PURPOSE: purpose}, taints),
                # The autoscaler has its own idea of the number of nodes.
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["initialNodeCount"]),
            )

        self.core = pool("core", nodes.core, "core", []).id
        pool("user", nodes.user, "user", [user_taint])
        for gpu in nodes.gpu:
            pool(gpu.name, gpu, "user", [user_taint, gpu_taint])
        self.register_outputs({"core": self.core})


def _at_first(pool: NodePool, cluster: ClusterSettings) -> int:
    """Nodes per zone to begin with. The autoscaler takes away what is too many."""
    zones = gpu_zones(pool.accelerator, cluster) if isinstance(pool, GpuPool) else node_zones(cluster)
    return -(-pool.min // len(zones))


def _node(
    pool: NodePool,
    account: pulumi.Input[str],
    labels: Mapping[str, str],
    taints: "Sequence[container.NodePoolNodeConfigTaintArgs]",
) -> "container.NodePoolNodeConfigArgs":
    return container.NodePoolNodeConfigArgs(
        machine_type=pool.machine_type,
        disk_size_gb=pool.disk_gb,
        disk_type=boot_disk(pool.machine_type),
        image_type="COS_CONTAINERD",
        spot=pool.spot,
        service_account=account,
        # The account's roles bound what nodes may do; scopes are the older way, and Google says to open them.
        oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"],
        labels=labels,
        taints=list(taints),
        guest_accelerators=_accelerators(pool),
        shielded_instance_config=container.NodePoolNodeConfigShieldedInstanceConfigArgs(
            # NVIDIA's drivers that GKE installs are signed, and so secure boot may stay.
            enable_secure_boot=True,
            enable_integrity_monitoring=True,
        ),
        # Pods see their own identity and never the node's.
        workload_metadata_config=container.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
        metadata={"disable-legacy-endpoints": "true"},
    )


def _accelerators(pool: NodePool) -> "list[container.NodePoolNodeConfigGuestAcceleratorArgs]":
    if not isinstance(pool, GpuPool):
        return []
    return [
        container.NodePoolNodeConfigGuestAcceleratorArgs(
            type=pool.accelerator,
            count=pool.count,
            gpu_driver_installation_config=(
                container.NodePoolNodeConfigGuestAcceleratorGpuDriverInstallationConfigArgs(
                    gpu_driver_version="DEFAULT"
                )
            ),
        )
    ]
