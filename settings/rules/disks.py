"""Rules of the volumes of hub and homes: the zones and the kind of a disk never change."""

from collections.abc import Mapping

from settings.google import filestore
from settings.google.accelerators import ACCELERATORS
from settings.google.disks import DEFAULT, LARGEST_ON_AUTOPILOT, takes
from settings.groups.cluster import ClusterSettings
from settings.groups.hub import HubSettings
from settings.groups.nodes import NodePool, NodesSettings
from settings.groups.notebook import NotebookSettings
from settings.types.quantity import parse
from settings.types.sizes import Storage


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
    return storage_errors(key, hub.storage, cluster, {"nodes.core": nodes.core}, nodes.zones)


def home_errors(notebook: NotebookSettings, cluster: ClusterSettings, nodes: NodesSettings) -> list[str]:
    """Report a kind of disk that homes cannot have."""
    pools = {place: pool for place, pool in nodes.pools.items() if place != "nodes.core"}
    if errors := _autopilot_gpu_errors(notebook, cluster):
        return errors
    return storage_errors("notebook.storage", notebook.storage, cluster, pools, nodes.zones)


def home_zone_errors(notebook: NotebookSettings, cluster: ClusterSettings, nodes: NodesSettings) -> list[str]:
    """Report GPU types that the owners of homes could not use, since a disk never leaves its zones."""
    storage, gpus = notebook.storage, nodes.gpu_types(notebook.accelerator)
    if not cluster.on_gke or storage.storage_class is not None or storage.disk == "filestore" or not cluster.zones:
        return []
    fitting, names = cluster.zones_with(gpus), ", ".join(sorted(filter(cluster.has_known, gpus)))
    if not fitting:
        problem = f"a home is in one zone, but no zone of {cluster.location} has all GPU types, {names}"
        return [f"notebook.storage: {problem}; leave one out, or choose another cluster.location"]
    possible = nodes.zones or (cluster.first_zones if cluster.makes_nodes else cluster.zones)
    zones = [zone for zone in possible if zone in fitting]
    if not zones:
        return [f"nodes.zones: has no zone with all GPU types, {names}; add {' or '.join(fitting)}"]
    if storage.regional and not cluster.is_zonal and len(nodes.zones) != 1 and len(zones) < storage.zone_count:
        problem = f"a home would be in two zones, but only {zones[0]} has all GPU types, {names}"
        return [f"notebook.storage.regional: {problem}; leave one out, or {_remove('notebook.storage', 'regional')}"]
    return []


def storage_errors(
    key: str, storage: Storage, cluster: ClusterSettings, pools: Mapping[str, NodePool], zones: tuple[str, ...]
) -> list[str]:
    """Report a kind of disk that the volumes of a key cannot have."""
    if not cluster.on_gke:
        return [
            f"{key}.{part}: works on GKE only, where cluster.mode is existing or create; set that, or "
            f"{_remove(key, part)}"
            for part, value in {"disk": storage.disk, "regional": storage.regional}.items()
            if value
        ]
    if storage.disk == "filestore":
        return share_errors(key, storage)
    errors: list[str] = []
    if storage.regional and cluster.is_zonal:
        errors.append(
            f"{key}.regional: needs a second zone, but all nodes are in {cluster.location}; choose a region for "
            f"cluster.location, or {_remove(key, 'regional')}"
        )
    elif storage.regional and len(zones) == 1:
        errors.append(
            f"{key}.regional: needs a second zone, but nodes.zones has one; add a zone, or {_remove(key, 'regional')}"
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


def ephemeral_errors(notebook: NotebookSettings, cluster: ClusterSettings) -> list[str]:
    """Report more ephemeral storage than Autopilot gives to a pod."""
    if not (cluster.on_gke and cluster.autopilot) or parse(notebook.ephemeral_storage) <= parse(LARGEST_ON_AUTOPILOT):
        return []
    return [
        (
            f"notebook.ephemeralStorage: is more than {LARGEST_ON_AUTOPILOT}, the most that Autopilot gives to a pod: "
            f"pulumi config set notebook.ephemeralStorage {LARGEST_ON_AUTOPILOT}"
        )
    ]


def _autopilot_gpu_errors(notebook: NotebookSettings, cluster: ClusterSettings) -> list[str]:
    """Report a GPU type whose machines take no homes. In other clusters, the stack does not know all machines."""
    storage, gpu = notebook.storage, ACCELERATORS.get(notebook.accelerator or "")
    if not (cluster.on_gke and cluster.autopilot) or gpu is None or storage.storage_class is not None:
        return []
    disk = storage.disk or DEFAULT
    if disk == "filestore" or any(takes(machine, disk) for machine in gpu.machines):
        return []
    return [
        (
            f"notebook.accelerator: its machines take no {disk} disk, the kind of notebook.storage; choose another GPU "
            f"type, or homes on Filestore: {_set_disk('notebook.storage', 'filestore')}"
        )
    ]


def autopilot_warnings(notebook: NotebookSettings, hub: HubSettings, cluster: ClusterSettings) -> list[str]:
    """Report disks that Autopilot's usual machines do not take; another compute class may."""
    if not (cluster.on_gke and cluster.autopilot):
        return []
    volumes = {"hub.storage": hub.storage, "notebook.storage": notebook.storage}
    return [
        f"{key}.disk: pods without GPUs run on E2 machines on Autopilot, which take no hyperdisk-balanced: they would "
        f"not start, unless a compute class gives them other machines; otherwise: {_set_disk(key, DEFAULT)}"
        for key, storage in volumes.items()
        if storage.disk == "hyperdisk-balanced"
    ]


def share_errors(key: str, storage: Storage) -> list[str]:
    """Report a Filestore share that does not exist."""
    errors: list[str] = []
    if storage.regional:
        problem = "is for disks; a Filestore share is regional anyway"
        errors.append(f"{key}.regional: {problem}; {_remove(key, 'regional')}")
    if storage.share_limit is None:
        problem = f"a Filestore share has whole Gi, at least {filestore.LEAST} and at most {filestore.LIMITS[-1]}"
        errors.append(f"""{key}.size: {problem}: pulumi config set --path '{_path(key)}.size' {filestore.LEAST}""")
    return errors


def _set_disk(key: str, disk: str) -> str:
    return f"""pulumi config set --path '{_path(key)}.disk' {disk}"""


def _remove(key: str, part: str) -> str:
    return f"""remove it: pulumi config rm --path '{_path(key)}.{part}'"""


def _path(key: str) -> str:
    """Return the path of a key, or of a part of a list such as `notebook.folders[0].storage`, for Pulumi."""
    name, bracket, rest = key.partition("[")
    return f'["{name}"]{bracket}{rest}'
