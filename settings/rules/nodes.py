"""Rules of the node pools."""

from settings.groups.cluster import ClusterSettings
from settings.groups.network import NetworkSettings
from settings.groups.nodes import NodesSettings
from settings.rules.effects import without_effect
from settings.types.networks import nodes_in, nodes_with_pods_in
from settings.types.places import region_of

_TAKEN = ("core", "user")


def pool_errors(nodes: NodesSettings) -> list[str]:
    """Report wrong sizes and names of pools."""
    errors = [
        f"{place}.min: is above {place}.max; lower min, or raise max"
        for place, pool in nodes.pools.items()
        if pool.min > pool.max
    ]
    names = [pool.name for pool in nodes.gpu]
    for index, name in enumerate(names):
        place = f"nodes.gpu[{index}].name"
        if name in _TAKEN:
            errors.append(f"{place}: core and user are the pools without GPUs; choose another, such as gpu")
        if name in names[:index]:
            errors.append(f"{place}: is also the name of nodes.gpu[{names.index(name)}]; choose another")
    return errors


def zone_errors(nodes: NodesSettings, cluster: ClusterSettings) -> list[str]:
    """Report zones outside of the region of the cluster, and zones that are listed twice."""
    if not (cluster.makes_nodes and cluster.location and nodes.zones):
        return []
    if cluster.is_zonal:
        return ["nodes.zones: needs a region, but cluster.location is a zone; remove it: pulumi config rm nodes.zones"]
    errors: list[str] = []
    for index, zone in enumerate(nodes.zones):
        key = f"nodes.zones[{index}]"
        if region_of(zone) != cluster.region:
            errors.append(f"{key}: is not in the region of cluster.location, which has {', '.join(cluster.zones)}")
        if zone in nodes.zones[:index]:
            errors.append(f"{key}: is the same as nodes.zones[{nodes.zones.index(zone)}]; remove one of them")
    return errors


def effect_errors(nodes: NodesSettings, cluster: ClusterSettings) -> list[str]:
    """Report pools that have no effect in this cluster."""
    if cluster.makes_nodes:
        return []
    if cluster.mode == "create":
        names = ("zones", "core", "user", "gpu", "pod_pids_limit", "image_streaming")
        why = "with cluster.autopilot, where Google makes the nodes"
    else:
        names, why = (
            ("zones", "gpu", "pod_pids_limit", "image_streaming"),
            f"with cluster.mode {cluster.mode}, as only a created cluster gets pools",
        )
    return without_effect("nodes", nodes, names, why)


def room_errors(nodes: NodesSettings, cluster: ClusterSettings, network: NetworkSettings) -> list[str]:
    """Report ranges that are too small for the maximum number of nodes. GKE cannot change them later."""
    if not cluster.makes_nodes:
        return []
    most = sum(pool.max for pool in nodes.pools.values())
    room = {
        "network.nodeRange": nodes_in(network.node_range),
        "network.podRange": nodes_with_pods_in(network.pod_range),
    }
    return [
        f"{key}: has room for {count} nodes, but nodes.* may grow to {most}; make the range larger, or lower a max"
        for key, count in room.items()
        if count < most
    ]
