"""The node pools of a cluster that the stack creates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
from pulumi_gcp import container

from components.gke.home_zones import keeps_zones
from hub.contract import DEDICATED, GPU_RESOURCE, NODE_PURPOSE
from settings import GpuPool, NodePool, Settings


@dataclass(frozen=True, kw_only=True)
class NodePoolsArgs:
    """Inputs of `NodePools`."""

    settings: Settings
    """The stack's settings: location, zones and pools."""
    cluster: "container.Cluster"
    """The cluster."""
    node_account: pulumi.Input[str]
    """E-mail of the nodes' service account."""


class NodePools(pulumi.ComponentResource):
    """A pool for the hub, one for notebooks, and those with GPUs. All but the first may scale to zero."""

    core: pulumi.Output[str]
    """ID of the pool for the hub; known once it has a node."""
    zones: pulumi.Output[Sequence[str]]
    """Zones of the nodes for notebooks, and so of homes."""

    def __init__(self, name: str, args: NodePoolsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/node_pools:NodePools", name, None, opts)
        settings, nodes = args.settings, args.settings.nodes
        user_taint = container.NodePoolNodeConfigTaintArgs(key=DEDICATED, value="user", effect="NO_SCHEDULE")
        # GKE sets it by itself on nodes with GPUs. Pods that request a GPU get the toleration from the admission plugin
        # ExtendedResourceToleration, which is on in GKE.
        gpu_taint = container.NodePoolNodeConfigTaintArgs(key=GPU_RESOURCE, value="present", effect="NO_SCHEDULE")

        def pool(
            part: str, of: NodePool, zones: pulumi.Output[Sequence[str]], *, stays: bool = False
        ) -> container.NodePool:
            purpose = "core" if of is nodes.core else "user"
            taints = [] if purpose == "core" else [user_taint, *([gpu_taint] if isinstance(of, GpuPool) else [])]
            return container.NodePool(
                f"{name}-{part}",
                # Auto-named, so that the replacement of a pool (another GPU type, Spot VMs or not) is created before
                # the old pool is deleted; notebooks move at their next start.
                cluster=args.cluster.id,
                node_locations=zones,
                # `min` spread over the zones, rounded up. The autoscaler removes what is too many.
                initial_node_count=zones.apply(lambda found: -(-of.min // len(found))),
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
                    notebooks=settings if purpose == "user" else None,
                ),
                opts=pulumi.ResourceOptions(
                    parent=self,
                    ignore_changes=[
                        # The autoscaler changes the number of nodes.
                        "initialNodeCount",
                        *(["nodeLocations"] if stays else []),
                    ],
                    hooks=keeps_zones() if settings.protect and of is nodes.user else None,
                ),
            )

        zones = pulumi.Output.from_input(settings.node_zones)
        # The hub's disk is in one of the zones that the pool was created with.
        of_core, stays = (zones, False) if settings.hub_outlives_zone else (zones.apply(lambda found: found[:1]), True)
        self.core = pool("core", nodes.core, of_core, stays=stays).id
        # Homes are in the zones that the pool was created with. 0.1.0 had three.
        user = pool("user", nodes.user, zones, stays=not settings.has_fixed_zones)
        self.zones = zones
        if not settings.has_fixed_zones:
            # A pool that was created without zones has those of the cluster.
            self.zones = pulumi.Output.all(user.node_locations, args.cluster.node_locations).apply(
                lambda found: found[0] or found[1]
            )
        for gpu in nodes.gpu:
            pool(gpu.name, gpu, self.zones.apply(partial(zones_with_gpus, settings, gpu)))
        self.register_outputs({"core": self.core, "zones": self.zones})


def zones_with_gpus(settings: Settings, gpu: GpuPool, zones: Sequence[str]) -> Sequence[str]:
    """Return those zones that have the GPUs of a pool.

    Raises:
        pulumi.RunError: None has.
    """
    there = settings.cluster.zones_with([gpu.accelerator])
    if found := [zone for zone in zones if zone in there]:
        return found
    raise pulumi.RunError(
        f"nodes.gpu: the nodes of the stack are in {' and '.join(zones)}, without {gpu.accelerator}, which "
        f"{' and '.join(there)} have. Choose another GPU type, or add such a zone to nodes.zones: new homes are "
        "then created there, and existing ones cannot be used with these GPUs."
    )


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
            if notebooks is not None and notebooks.streams_images
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
