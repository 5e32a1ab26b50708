"""What the disks of volumes demand of the cluster and its nodes; see `settings.rules.gke`."""

from collections.abc import Mapping

from settings.google import filestore
from settings.google.disks import DEFAULT, takes
from settings.groups.cluster import ClusterSettings
from settings.groups.node_zones import gpu_zones, home_zones
from settings.groups.nodes import NodePool, NodesSettings
from settings.types.sizes import Storage

COPIES = 2
"""Zones in which a regional disk is."""


def gpu_types(nodes: NodesSettings, accelerator: str | None) -> frozenset[str]:
    """Returns the GPU types that notebooks can have; `accelerator` is `notebook.accelerator`."""
    return frozenset([*(pool.accelerator for pool in nodes.gpu), *([] if accelerator is None else [accelerator])])


def hub_disk_mistakes(storage: Storage, cluster: ClusterSettings, nodes: NodesSettings) -> list[str]:
    """Returns why the hub's volume cannot be on such a disk."""
    key = "hub.storage"
    if storage.disk == "filestore" and cluster.on_gke:
        reason = "filestore is for homes only, as sqlite may lose data on a network share"
        return [f"{key}.disk: {reason}; choose a disk: {_chosen(key, DEFAULT)}"]
    return _mistakes(key, storage, cluster, {"nodes.core": nodes.core})


def home_disk_mistakes(
    storage: Storage, cluster: ClusterSettings, nodes: NodesSettings, accelerator: str | None
) -> list[str]:
    """Returns why homes cannot be on such disks."""
    key = "notebook.storage"
    gpu = {f"nodes.gpu[{index}]": pool for index, pool in enumerate(nodes.gpu)}
    mistakes = _mistakes(key, storage, cluster, {"nodes.user": nodes.user, **gpu})
    gpus = gpu_types(nodes, accelerator)
    location = cluster.location
    is_in_zones = storage.storage_class is None and storage.disk != "filestore"
    if mistakes or not gpus or location is None or not is_in_zones:
        return mistakes
    if not all(gpu_zones(kind, cluster) for kind in gpus):
        return []  # told at the GPU types already
    zones = home_zones(gpus, cluster)
    if not zones:
        reason = f"a home is in one zone, but no zone of {location} has all GPU types, {', '.join(sorted(gpus))}"
        return [f"{key}: {reason}; leave one out, or choose another cluster.location"]
    if storage.regional and len(zones) < COPIES:
        reason = f"a home would be in two zones, but only {zones[0]} has all GPU types, {', '.join(sorted(gpus))}"
        return [f"{key}.regional: {reason}; leave one out, or {_removed(key, 'regional')}"]
    return []


def _mistakes(key: str, storage: Storage, cluster: ClusterSettings, pools: Mapping[str, NodePool]) -> list[str]:
    parts = {"disk": storage.disk, "regional": storage.regional}
    if not cluster.on_gke:
        return [
            f"{key}.{part}: works on GKE only, where cluster.mode is existing or create; set that, or "
            f"{_removed(key, part)}"
            for part, value in parts.items()
            if value
        ]
    if storage.disk == "filestore":
        return _share_mistakes(key, storage)
    mistakes: list[str] = []
    if storage.regional and cluster.is_zonal:
        mistakes.append(
            f"{key}.regional: needs a second zone, but all nodes are in {cluster.location}; choose a region for "
            f"cluster.location, or {_removed(key, 'regional')}"
        )
    if storage.storage_class is None and cluster.makes_nodes:
        disk = storage.disk or DEFAULT
        mistakes += [
            f"{place}.machineType: takes no {disk} disk, which {key} is; choose another machine type, or another disk: "
            f"{_chosen(key, _other(disk))}"
            for place, pool in pools.items()
            if not takes(pool.machine_type, disk)
        ]
    return mistakes


def _share_mistakes(key: str, storage: Storage) -> list[str]:
    mistakes: list[str] = []
    if storage.regional:
        reason = "is for disks; a share of filestore outlives a zone by itself"
        mistakes.append(f"{key}.regional: {reason}, so {_removed(key, 'regional')}")
    if filestore.limit_of(storage.size) is None:
        reason = f"a share of filestore has whole Gi, at least {filestore.LEAST} and at most {filestore.LIMITS[-1]}"
        mistakes.append(f"""{key}.size: {reason}: pulumi config set --path '["{key}"].size' {filestore.LEAST}""")
    return mistakes


def _other(disk: str) -> str:
    return "hyperdisk-balanced" if disk.startswith("pd-") else DEFAULT


def _chosen(key: str, disk: str) -> str:
    return f"""pulumi config set --path '["{key}"].disk' {disk}"""


def _removed(key: str, part: str) -> str:
    return f"""remove it: pulumi config rm --path '["{key}"].{part}'"""
