"""Rules of the volumes of hub and homes: the zones and the kind of a disk never change."""

from collections.abc import Mapping
from typing import Final

from settings.google import filestore
from settings.google.accelerators import ACCELERATORS
from settings.google.disks import DEFAULT, takes
from settings.groups.cluster import ClusterSettings
from settings.groups.hub import HubSettings
from settings.groups.nodes import NodePool, NodesSettings
from settings.groups.notebook import NotebookSettings
from settings.types.quantity import parse
from settings.types.sizes import Storage

_AUTOPILOT_MACHINES: Final = "e2-"
"""Beginning of the machine types of Autopilot's nodes without GPUs. Source:
https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-compute-classes (2026-11)."""
_AUTOPILOT_SCRATCH: Final = "10Gi"
"""Most ephemeral storage of all containers of a pod on Autopilot. Source:
https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-resource-requests (2026-11)."""


def hub_errors(hub: HubSettings, cluster: ClusterSettings, nodes: NodesSettings) -> list[str]:
    """Report a kind of disk that the hub's volume cannot have."""
    key = "hub.storage"
    if hub.storage.disk == "filestore" and cluster.on_gke:
        return [
            (
                f"{key}.disk: filestore is for homes only, as sqlite may lose data on a network share; choose a disk: "
                f"{_set_disk(key, 'pd-balanced')}"
            )
        ]
    found = _storage_errors(key, hub.storage, cluster, {"nodes.core": nodes.core})
    return [*found, *_autopilot_errors(key, hub.storage, cluster)]


def home_errors(notebook: NotebookSettings, cluster: ClusterSettings, nodes: NodesSettings) -> list[str]:
    """Report a kind of disk that homes cannot have."""
    pools = {place: pool for place, pool in nodes.pools.items() if place != "nodes.core"}
    found = _storage_errors("notebook.storage", notebook.storage, cluster, pools)
    return [*found, *_autopilot_errors("notebook.storage", notebook.storage, cluster, notebook.accelerator)]


def home_zone_errors(notebook: NotebookSettings, cluster: ClusterSettings, nodes: NodesSettings) -> list[str]:
    """Report GPU types that the owners of homes could not use, since a disk never leaves its zones."""
    storage, gpus = notebook.storage, nodes.gpu_types(notebook.accelerator)
    if not cluster.on_gke or storage.storage_class is not None or storage.disk == "filestore" or not cluster.node_zones:
        return []
    zones, names = cluster.zones_with(gpus), ", ".join(sorted(filter(cluster.has_known, gpus)))
    if not zones:
        problem = f"a home is in one zone, but no zone of {cluster.location} has all GPU types, {names}"
        return [f"notebook.storage: {problem}; leave one out, or choose another cluster.location"]
    if storage.regional and not cluster.is_zonal and len(zones) < storage.zone_count:
        problem = f"a home would be in two zones, but only {zones[0]} has all GPU types, {names}"
        return [f"notebook.storage.regional: {problem}; leave one out, or {_remove('notebook.storage', 'regional')}"]
    return []


def scratch_errors(notebook: NotebookSettings, cluster: ClusterSettings) -> list[str]:
    """Report more storage outside of the homes than Autopilot gives a pod."""
    if not cluster.autopilot or parse(notebook.ephemeral_storage) <= parse(_AUTOPILOT_SCRATCH):
        return []
    return [
        (
            f"notebook.ephemeralStorage: is above {_AUTOPILOT_SCRATCH}, the most that Autopilot gives a pod: "
            f"pulumi config set notebook.ephemeralStorage {_AUTOPILOT_SCRATCH}"
        )
    ]


def _storage_errors(key: str, storage: Storage, cluster: ClusterSettings, pools: Mapping[str, NodePool]) -> list[str]:
    if not cluster.on_gke:
        return [
            f"{key}.{part}: works on GKE only, where cluster.mode is existing or create; set that, or "
            f"{_remove(key, part)}"
            for part, value in {"disk": storage.disk, "regional": storage.regional}.items()
            if value
        ]
    if storage.disk == "filestore":
        return _share_errors(key, storage)
    errors: list[str] = []
    if storage.regional and cluster.is_zonal:
        errors.append(
            f"{key}.regional: needs a second zone, but all nodes are in {cluster.location}; choose a region for "
            f"cluster.location, or {_remove(key, 'regional')}"
        )
    if storage.storage_class is None and cluster.makes_nodes:
        disk = storage.disk or DEFAULT
        other = "hyperdisk-balanced" if disk.startswith("pd-") else "pd-balanced"
        errors += [
            f"{place}.machineType: takes no {disk} disk, the kind of {key}; choose another machine type, or another "
            f"disk: {_set_disk(key, other)}"
            for place, pool in pools.items()
            if not takes(pool.machine_type, disk)
        ]
    return errors


def _autopilot_errors(key: str, storage: Storage, cluster: ClusterSettings, gpu: str | None = None) -> list[str]:
    if not cluster.autopilot or not cluster.on_gke or storage.storage_class is not None or storage.disk == "filestore":
        return []
    disk = storage.disk or DEFAULT
    if not takes(_AUTOPILOT_MACHINES, disk):
        return [f"{key}.disk: Autopilot's nodes take no {disk} disk; {_remove(key, 'disk')}"]
    if (
        gpu is not None
        and gpu in ACCELERATORS
        and not any(takes(machines, disk) for machines in ACCELERATORS[gpu].machines)
    ):
        return [
            (
                f"notebook.accelerator: nodes with {gpu} take no {disk} disk, and Autopilot's other nodes take no "
                f"Hyperdisk, so no home could be used on both; choose another GPU type, or Filestore: "
                f"{_set_disk(key, 'filestore')}"
            )
        ]
    return []


def _share_errors(key: str, storage: Storage) -> list[str]:
    errors: list[str] = []
    if storage.regional:
        problem = "is for disks; a Filestore share is regional anyway"
        errors.append(f"{key}.regional: {problem}; {_remove(key, 'regional')}")
    if storage.share_limit is None:
        problem = f"a Filestore share has whole Gi, at least {filestore.LEAST} and at most {filestore.LIMITS[-1]}"
        errors.append(f"""{key}.size: {problem}: pulumi config set --path '["{key}"].size' {filestore.LEAST}""")
    return errors


def _set_disk(key: str, disk: str) -> str:
    return f"""pulumi config set --path '["{key}"].disk' {disk}"""


def _remove(key: str, part: str) -> str:
    return f"""remove it: pulumi config rm --path '["{key}"].{part}'"""
