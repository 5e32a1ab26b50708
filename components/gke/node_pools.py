"""The node pools of a cluster that the stack creates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import container

from hub.contract import DEDICATED, GPU_RESOURCE, NODE_PURPOSE
from settings import GpuPool, NodePool, Settings


@dataclass(frozen=True, kw_only=True)
class NodePoolsArgs:
    """Inputs of `NodePools`."""

    settings: Settings
    """The stack's settings: location and pools."""
    cluster: pulumi.Input[str]
    """ID of the cluster."""
    node_account: pulumi.Input[str]
    """E-mail of the nodes' service account."""


class NodePools(pulumi.ComponentResource):
    """A pool for the hub, one for notebooks, and those with GPUs. All but the first may scale to zero."""

    core: pulumi.Output[str]
    """ID of the pool for the hub; known once it has a node."""

    def __init__(self, name: str, args: NodePoolsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/node_pools:NodePools", name, None, opts)
        nodes, cluster = args.settings.nodes, args.settings.cluster
        user_taint = container.NodePoolNodeConfigTaintArgs(key=DEDICATED, value="user", effect="NO_SCHEDULE")
        # GKE sets it by itself on nodes with GPUs. Pods that request a GPU get the toleration from the admission plugin
        # ExtendedResourceToleration, which is on in GKE.
        gpu_taint = container.NodePoolNodeConfigTaintArgs(key=GPU_RESOURCE, value="present", effect="NO_SCHEDULE")

        def pool(
            part: str,
            of: NodePool,
            purpose: str,
            taints: Sequence[container.NodePoolNodeConfigTaintArgs],
            zones: Sequence[str] | None = None,
        ) -> container.NodePool:
            return container.NodePool(
                f"{name}-{part}",
                # Auto-named, so that the replacement of a pool (another GPU type, Spot VMs or not) is created before
                # the old pool is deleted; notebooks move at their next start.
                cluster=args.cluster,
                # None = the zones of the cluster.
                node_locations=None if zones is None else list(zones),
                # `min` spread over the zones, rounded up. The autoscaler removes what is too many.
                initial_node_count=-(-of.min // len(cluster.node_zones if zones is None else zones)),
                autoscaling=container.NodePoolAutoscalingArgs(
                    total_min_node_count=of.min, total_max_node_count=of.max, location_policy="ANY"
                ),
                management=container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
                # One node after the other: by default, GKE creates another node first, for which quota or stock of GPUs
                # may be missing.
                upgrade_settings=(
                    container.NodePoolUpgradeSettingsArgs(max_surge=0, max_unavailable=1)
                    if isinstance(of, GpuPool)
                    else None
                ),
                node_config=_node(
                    of,
                    args.node_account,
                    {NODE_PURPOSE: purpose},
                    taints,
                    notebooks=args.settings if purpose == "user" else None,
                ),
                opts=pulumi.ResourceOptions(
                    parent=self,
                    ignore_changes=[
                        # The autoscaler changes the number of nodes.
                        "initialNodeCount",
                        # The hub's disk is in one of the zones that the pool was created with.
                        *(["nodeLocations"] if purpose == "core" and zones is not None and len(zones) == 1 else []),
                    ],
                ),
            )

        self.core = pool("core", nodes.core, "core", [], _core_zones(args.settings)).id
        pool("user", nodes.user, "user", [user_taint])
        for gpu in nodes.gpu:
            # Not every zone has GPUs.
            pool(gpu.name, gpu, "user", [user_taint, gpu_taint], cluster.zones_with([gpu.accelerator]))
        self.register_outputs({"core": self.core})


def _core_zones(settings: Settings) -> tuple[str, ...]:
    """Return the zones of the pool for the hub: one, unless the hub's database outlives the loss of its zone.

    A pool begins with a node in each of its zones, and the autoscaler does not remove a node with pods of Kubernetes.
    """
    sqlite, zones = settings.database.type == "sqlite", settings.cluster.node_zones
    outlives_zone = settings.hub.storage.regional if sqlite else settings.database.high_availability
    return zones if outlives_zone else zones[:1]


def _node(
    pool: NodePool,
    account: pulumi.Input[str],
    labels: Mapping[str, str],
    taints: "Sequence[container.NodePoolNodeConfigTaintArgs]",
    *,
    notebooks: Settings | None,
) -> "container.NodePoolNodeConfigArgs":
    """Return the configuration of nodes; `notebooks` are the settings if they are for notebooks."""
    return container.NodePoolNodeConfigArgs(
        machine_type=pool.machine_type,
        disk_size_gb=pool.disk_gb,
        disk_type=pool.boot_disk,
        image_type="COS_CONTAINERD",
        spot=pool.spot,
        service_account=account,
        # The roles of the account are the limit; Google recommends full scopes, which are the older mechanism.
        oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"],
        labels=labels,
        taints=list(taints),
        guest_accelerators=_accelerators(pool),
        # Containers start before their image is there. Only for images in Artifact Registry of the same region.
        gcfs_config=(
            container.NodePoolNodeConfigGcfsConfigArgs(enabled=True)
            if notebooks is not None and notebooks.registry.remotes
            else None
        ),
        kubelet_config=container.NodePoolNodeConfigKubeletConfigArgs(
            # Shows every pod of the node to each pod that reaches the node, without authentication.
            insecure_kubelet_readonly_port_enabled="FALSE",
            # The pods of hub and system run programs that people do not choose.
            pod_pids_limit=None if notebooks is None else notebooks.nodes.pod_pids_limit,
            # Without memory, Linux ends the kernel that used it, and not the whole notebook server.
            single_process_oom_kill=None if notebooks is None else True,
        ),
        shielded_instance_config=container.NodePoolNodeConfigShieldedInstanceConfigArgs(
            # Works with GPUs too: the NVIDIA drivers that GKE installs are signed.
            enable_secure_boot=True,
            enable_integrity_monitoring=True,
        ),
        # Pods get their own identity, never the node's.
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
