"""Warnings about locations, machine types and GPU types that the tables in `settings/google` do not have.

They may be new. If they are misspelled, Google refuses them; nothing is lost then.
"""

from settings.google.accelerators import ACCELERATORS
from settings.google.regions import PLACES, ZONES
from settings.groups.cluster import ClusterSettings
from settings.groups.database import DatabaseSettings
from settings.groups.images import ImagesSettings
from settings.groups.nodes import NodesSettings
from settings.groups.notebook import NotebookSettings
from settings.types.machines import is_known_machine, is_known_tier
from settings.types.places import MULTI_REGIONS, region_of
from settings.types.spelling import nearest


def location_warnings(cluster: ClusterSettings) -> list[str]:
    """Report an unknown location."""
    location = cluster.location
    if location is None or location in PLACES:
        return []
    if zones := ZONES.get(region_of(location)):
        hint = f"{region_of(location)} has {', '.join(zones)}"
    else:
        meant = nearest(location, [place for place in PLACES if place.startswith(location[:2])])
        hint = "check its spelling" if meant is None else f"did you mean {meant}?"
    return [
        (
            f"cluster.location: is not a region or zone that this project knows; {hint} (a new "
            "region is taken to have the zones a, b and c; settings/google/regions.py)"
        )
    ]


def node_zone_warnings(nodes: NodesSettings, cluster: ClusterSettings) -> list[str]:
    """Report unknown zones of a known region."""
    return [
        f"nodes.zones[{index}]: is not a zone that this project knows; {cluster.region} has {', '.join(cluster.zones)} "
        "(settings/google/regions.py)"
        for index, zone in enumerate(nodes.zones)
        if cluster.location in ZONES and region_of(zone) == cluster.region and zone not in cluster.zones
    ]


def repository_warnings(images: ImagesSettings) -> list[str]:
    """Report an unknown region of the repository."""
    registry = images.artifact_registry
    if registry is None or registry.location in {*ZONES, *MULTI_REGIONS}:
        return []
    return [
        "images.repository: is in no region that this project knows; check its spelling (settings/google/regions.py)"
    ]


def machine_type_warnings(nodes: NodesSettings) -> list[str]:
    """Report machine types of an unknown form."""
    return [
        f"{place}.machineType: is not a machine type that this project knows; check its spelling: "
        "gcloud compute machine-types list"
        for place, pool in nodes.pools.items()
        if not is_known_machine(pool.machine_type)
    ]


def gpu_type_warnings(nodes: NodesSettings, notebook: NotebookSettings) -> list[str]:
    """Report unknown GPU types."""
    return [
        f"{key}: is not a GPU type that this project knows, so its zones are not checked; "
        f"{'check its spelling' if (meant := nearest(gpu, ACCELERATORS)) is None else f'did you mean {meant}?'} "
        "(settings/google/accelerators.py)"
        for key, gpu in _gpus(nodes, notebook).items()
        if gpu not in ACCELERATORS
    ]


def gpu_zone_warnings(nodes: NodesSettings, notebook: NotebookSettings, cluster: ClusterSettings) -> list[str]:
    """Report GPU types that are not known to be at the location."""
    return [
        f"{key}: {gpu} is not known to be at cluster.location; known are {_regions(gpu, cluster.region)}; "
        "check: gcloud compute accelerator-types list"
        for key, gpu in _gpus(nodes, notebook).items()
        if gpu in ACCELERATORS and cluster.location in PLACES and not cluster.has_known(gpu)
    ]


def tier_warnings(database: DatabaseSettings) -> list[str]:
    """Report an unknown form of the Cloud SQL tier."""
    if is_known_tier(database.tier):
        return []
    return ["database.tier: is not a tier that this project knows; check its spelling: gcloud sql tiers list"]


def _gpus(nodes: NodesSettings, notebook: NotebookSettings) -> dict[str, str]:
    """Return the GPU types by the keys that name them."""
    gpus = {f"nodes.gpu[{index}].accelerator": pool.accelerator for index, pool in enumerate(nodes.gpu)}
    return gpus if notebook.accelerator is None else {**gpus, "notebook.accelerator": notebook.accelerator}


def _regions(gpu: str, near: str) -> str:
    """Return the regions with a GPU type: those on the same continent, if there are any."""
    regions = sorted({region_of(zone) for zone in ACCELERATORS[gpu].zones})
    continent = near.partition("-")[0]
    return ", ".join([region for region in regions if region.startswith(f"{continent}-")] or regions)
