"""What node pools demand of each other, of the cluster and of its network; see `settings.rules.gke`."""

from collections.abc import Mapping

from hub.contract import GPU_RESOURCE
from settings.google.accelerators import ACCELERATORS, SPOT_ONLY, zones_with
from settings.groups.cluster import ClusterSettings
from settings.groups.network import NetworkSettings
from settings.groups.node_zones import gpu_zones
from settings.groups.nodes import GpuPool, NodePool, NodesSettings
from settings.types.machines import n1_cpus
from settings.types.networks import nodes_in, nodes_with_pods_in
from settings.types.places import region_of

_TAKEN = ("core", "user")
_NOT_IN_AUTOPILOT = frozenset({"nvidia-tesla-p4", "nvidia-tesla-p100", "nvidia-tesla-v100"})


def pool_mistakes(nodes: NodesSettings) -> list[str]:
    """Returns what is wrong with pools in themselves."""
    mistakes = [
        f"{place}.min: is above {place}.max; raise that, or lower this"
        for place, pool in _pools(nodes).items()
        if pool.min > pool.max
    ]
    names = [pool.name for pool in nodes.gpu]
    for index, pool in enumerate(nodes.gpu):
        place = f"nodes.gpu[{index}]"
        if pool.name in _TAKEN:
            mistakes.append(f"{place}.name: core and user are the pools without GPUs; choose another, such as gpu")
        if pool.name in names[:index]:
            mistakes.append(f"{place}.name: is that of nodes.gpu[{names.index(pool.name)}] too; choose another")
        if problem := _misfit(pool):
            mistakes.append(f"{place}.{problem}")
        if pool.machine_type in SPOT_ONLY and not pool.spot:
            mistakes.append(
                f"{place}.spot: has to be true with {pool.machine_type}, which is not to be had otherwise without a "
                "reservation: "
                f"""pulumi config set --path '["nodes.gpu"][{index}].spot' true"""
            )
    return mistakes


def place_mistakes(nodes: NodesSettings, cluster: ClusterSettings) -> list[str]:
    """Returns which pools have no effect in this cluster, or have GPUs that are not to be had at its location."""
    if cluster.mode != "create":
        why = f"with cluster.mode {cluster.mode}, as only a created cluster gets pools"
        return [_no_effect("gpu", why)] if nodes.gpu else []
    if cluster.autopilot:
        given = {"core": nodes.core, "user": nodes.user, "gpu": nodes.gpu}
        fields = NodesSettings.model_fields
        why = "with cluster.autopilot, as Google makes the nodes then"
        return [_no_effect(name, why) for name, pool in given.items() if pool != fields[name].default]
    location = cluster.location
    return [
        f"nodes.gpu[{index}].accelerator: {_absent(pool.accelerator, location)}"
        for index, pool in enumerate(nodes.gpu)
        if location is not None and not gpu_zones(pool.accelerator, cluster)
    ]


def room_mistakes(nodes: NodesSettings, cluster: ClusterSettings, network: NetworkSettings) -> list[str]:
    """Returns which ranges are too small for as many nodes as the pools may grow to."""
    if not cluster.makes_nodes:
        return []
    most = sum(pool.max for pool in _pools(nodes).values())
    room = {
        "network.nodeRange": nodes_in(network.node_range),
        "network.podRange": nodes_with_pods_in(network.pod_range),
    }
    return [
        f"{key}: has room for {count} nodes, but nodes.* may grow to {most}; make the range larger, or lower a max"
        for key, count in room.items()
        if count < most
    ]


def resource_mistakes(nodes: NodesSettings, most_of: Mapping[str, int]) -> list[str]:
    """Returns why people could not ask for the GPUs of the pools; `most_of` is `notebook.additionalResources`."""
    key = "notebook.additionalResources"
    most = max((pool.count for pool in nodes.gpu), default=None)
    if most is None:
        return []
    command = f"""pulumi config set --path '["{key}"]["{GPU_RESOURCE}"]' {most}"""
    if GPU_RESOURCE not in most_of:
        return [f"{key}: lacks {GPU_RESOURCE}, so that nobody could ask for what nodes.gpu has: {command}"]
    if most_of[GPU_RESOURCE] > most:
        return [f"{key}: offers more of {GPU_RESOURCE} than any node of nodes.gpu has: {command}"]
    return []


def accelerator_mistakes(accelerator: str | None, most_of: Mapping[str, int], cluster: ClusterSettings) -> list[str]:
    """Returns why people could not get GPUs of the type `notebook.accelerator` where the stack makes no pools.

    Without a type, Autopilot would leave a pod that asks for a GPU waiting.
    """
    key = "notebook.accelerator"
    if accelerator is not None:
        problem = _useless(accelerator, most_of, cluster)
        return [] if problem is None else [f"{key}: {problem.format(mend=f'remove it: pulumi config rm {key}')}"]
    if not (cluster.on_gke and cluster.autopilot and GPU_RESOURCE in most_of):
        return []
    mend = f"pulumi config set {key} nvidia-l4, or to offer none: pulumi config set notebook.additionalResources {{}}"
    reason = f"without a GPU type Autopilot gives nobody the {GPU_RESOURCE} that notebook.additionalResources offers"
    return [f"{key}: is not set, and {reason}: {mend}"]


def _useless(accelerator: str, most_of: Mapping[str, int], cluster: ClusterSettings) -> str | None:
    if not cluster.on_gke:
        return "works on GKE only, where cluster.mode is existing or create; set that, or {mend}"
    if cluster.makes_nodes:
        return "has no effect where the stack makes the nodes, as nodes.gpu says which GPUs there are; {mend}"
    if GPU_RESOURCE not in most_of:
        return f"has no effect, as notebook.additionalResources does not offer {GPU_RESOURCE}; {{mend}}"
    if cluster.autopilot and accelerator in _NOT_IN_AUTOPILOT:
        return f"{accelerator} is not to be had with cluster.autopilot; choose another, such as nvidia-l4"
    if cluster.location is not None and not gpu_zones(accelerator, cluster):
        return _absent(accelerator, cluster.location)
    return None


def _pools(nodes: NodesSettings) -> dict[str, NodePool]:
    gpu = {f"nodes.gpu[{index}]": pool for index, pool in enumerate(nodes.gpu)}
    return {"nodes.core": nodes.core, "nodes.user": nodes.user, **gpu}


def _no_effect(name: str, why: str) -> str:
    return f"nodes.{name}: has no effect {why}; remove it: pulumi config rm nodes.{name}"


def _misfit(pool: GpuPool) -> str | None:
    """Returns why a machine type cannot have this many GPUs of this type, behind the part of the pool to change."""
    gpu, kind = ACCELERATORS[pool.accelerator], pool.accelerator
    if gpu.machines:
        built_in = gpu.machines.get(pool.machine_type)
        if built_in is None:
            return f"machineType: is none with {kind}, which is built into {', '.join(gpu.machines)}"
        return None if pool.count == built_in else f"count: is not that of the machine type; set it to {built_in}"
    cpus = n1_cpus(pool.machine_type)
    if cpus is None:
        return f"machineType: cannot have {kind}, which only N1 machines can, such as n1-standard-8"
    most = gpu.most_cpus.get(pool.count)
    if most is None:
        return f"count: does not fit {kind}, of which a node has {_either([*gpu.most_cpus])}"
    if cpus > most:
        return f"machineType: has more than {most} vCPUs, the most with {pool.count} of {kind}; take a smaller one"
    return None


def _either(numbers: list[int]) -> str:
    *others, last = map(str, numbers)
    return f"{', '.join(others)} or {last}"


def _absent(accelerator: str, location: str) -> str:
    return (
        f"{accelerator} is not to be had in {location}; it is in {_nearby(accelerator, location)}; choose another "
        "cluster.location or another GPU type"
    )


def _nearby(accelerator: str, location: str) -> str:
    """Returns where else a GPU type is: in other zones of the region, else on the continent, else anywhere."""
    if zones := zones_with(accelerator, region_of(location)):
        return ", ".join(zones)
    regions = sorted({region_of(zone) for zone in ACCELERATORS[accelerator].zones})
    continent = location.partition("-")[0]
    return ", ".join([region for region in regions if region.startswith(f"{continent}-")] or regions)
