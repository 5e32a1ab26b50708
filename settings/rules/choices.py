"""Rules of `notebook.choices`."""

from collections.abc import Iterable, Iterator, Sequence

from hub.contract import GPU_RESOURCE
from hub.quantity import show_bytes, show_cpus
from settings.google.machines import room
from settings.groups.choices import ChoiceSize
from settings.groups.cluster import ClusterSettings
from settings.groups.nodes import GpuPool, NodePool, NodesSettings
from settings.groups.notebook import NotebookSettings
from settings.types.quantity import parse

_KEY = "notebook.choices"


def name_errors(notebook: NotebookSettings) -> list[str]:
    """Report names and images that are there twice."""
    errors = _repeated(_KEY, "name", [choice.name for choice in notebook.choices])
    for index, choice in enumerate(notebook.choices):
        errors += _repeated(f"{_KEY}[{index}].sizes", "name", [size.name for size in choice.sizes])
        errors += _repeated(f"{_KEY}[{index}].images", "image", [image.image for image in choice.images])
    return errors


def folder_errors(notebook: NotebookSettings) -> list[str]:
    """Report folders of choices that are not there."""
    known = {folder.name for folder in notebook.folders}
    there_are = f"there are: {', '.join(sorted(known))}" if known else "it has none"
    return [
        f"{_KEY}[{index}].folders[{position}]: is no name in notebook.folders; {there_are}"
        for index, choice in enumerate(notebook.choices)
        for position, name in enumerate(choice.folders or ())
        if name not in known
    ]


def lifetime_errors(notebook: NotebookSettings) -> list[str]:
    """Report choices that would outlive all servers."""
    return [
        f"{_KEY}[{index}].maxHours: is more than notebook.maxHours, with which all servers are stopped; lower it, or "
        "raise notebook.maxHours"
        for index, choice in enumerate(notebook.choices)
        if notebook.max_hours and choice.max_hours and choice.max_hours > notebook.max_hours
    ]


def free_errors(notebook: NotebookSettings) -> list[str]:
    """Report the free form as an entry below no choices."""
    if not notebook.free_choice or notebook.choices:
        return []
    return [
        (
            "notebook.freeChoice: has no effect, as without notebook.choices there is only the free form; remove it: "
            "pulumi config rm notebook.freeChoice"
        )
    ]


def limit_errors(notebook: NotebookSettings) -> list[str]:
    """Report limits below the guarantees."""
    return [
        f"{place}.{key}: is below {name}, which the server always gets; raise it, or lower {name}"
        for place, size in _sizes(notebook)
        for name, key, limit in (("cpu", "cpuLimit", size.cpu_limit), ("memory", "memoryLimit", size.memory_limit))
        if parse(str(limit)) < parse(str(getattr(size, name)))
    ]


def node_errors(notebook: NotebookSettings, nodes: NodesSettings, cluster: ClusterSettings) -> list[str]:
    """Report GPUs and nodes that the cluster does not have."""
    errors: list[str] = []
    for place, size in _sizes(notebook):
        gpus = size.additional_resources.get(GPU_RESOURCE, 0)
        if size.node_pool is not None:
            errors += [f"{place}.nodePool: {text}" for text in _pool_mistakes(size, gpus, nodes, cluster)]
        elif size.accelerator is not None:
            errors += [f"{place}.accelerator: {text}" for text in _accelerator_mistakes(size, gpus, nodes, cluster)]
        elif gpus and cluster.makes_nodes and not nodes.gpu:
            errors.append(f"{place}.additionalResources: has {GPU_RESOURCE}, but no pool in nodes.gpu; add one")
        elif gpus and cluster.on_gke and cluster.autopilot and notebook.accelerator is None:
            errors.append(
                f"{place}.accelerator: is not set, but Autopilot starts no pod that asks for {GPU_RESOURCE} without a "
                "GPU type, such as nvidia-l4"
            )
    return errors


def room_errors(notebook: NotebookSettings, nodes: NodesSettings, cluster: ClusterSettings) -> list[str]:
    """Report sizes that no node of the stack has room for."""
    if not cluster.makes_nodes:
        return []
    errors: list[str] = []
    for place, size in _sizes(notebook):
        pools = pools_of(size, nodes)
        reasons = [reason for path, pool in pools if (reason := _why_too_large(size, path, pool))]
        if pools and len(reasons) == len(pools):
            errors.append(f"{place}: fits on no node: {'; '.join(reasons)}")
    return errors


def _repeated(place: str, field: str, values: Sequence[str]) -> list[str]:
    return [
        f"{place}[{index}].{field}: is also the {field} of {place}[{values.index(value)}]; choose another"
        for index, value in enumerate(values)
        if value in values[:index]
    ]


def _sizes(notebook: NotebookSettings) -> Iterator[tuple[str, ChoiceSize]]:
    """Yield each complete size with its place in the stack config."""
    for index, choice in enumerate(notebook.choices):
        for number, size in enumerate(notebook.sizes_of(choice)):
            yield f"{_KEY}[{index}]{f'.sizes[{number}]' if choice.sizes else ''}", size


def _pool_mistakes(size: ChoiceSize, gpus: int, nodes: NodesSettings, cluster: ClusterSettings) -> Iterable[str]:
    if not cluster.makes_nodes:
        yield "names a pool of nodes.gpu, which only a created cluster has; set nodeSelector or accelerator"
        return
    pool = next((pool for pool in nodes.gpu if pool.name == size.node_pool), None)
    if pool is None:
        known = ", ".join(pool.name for pool in nodes.gpu)
        yield f"is no pool of nodes.gpu; {f'there are {known}' if known else 'it has none'}"
        return
    if size.accelerator not in {None, pool.accelerator}:
        yield f"has {pool.accelerator}, which is not the accelerator; remove one of both"
    if others := [other.name for other in nodes.gpu if other is not pool and _has_labels_of(other, pool)]:
        yield (
            f"also selects the nodes of {', '.join(others)}, which have the same machines and GPUs; give one of "
            "them another machine type, or remove nodePool"
        )
    if not gpus:
        yield f"has GPUs, where only servers with {GPU_RESOURCE} run; add additionalResources: {{{GPU_RESOURCE}: 1}}"


def _has_labels_of(other: GpuPool, pool: GpuPool) -> bool:
    """Return whether nodes of another pool have all labels by which those of a pool are selected."""
    is_same = (other.machine_type, other.accelerator) == (pool.machine_type, pool.accelerator)
    return is_same and (other.spot or not pool.spot)


def _accelerator_mistakes(size: ChoiceSize, gpus: int, nodes: NodesSettings, cluster: ClusterSettings) -> Iterable[str]:
    if not cluster.on_gke:
        yield "works on GKE only, where cluster.mode is existing or create; set nodeSelector"
    elif not gpus:
        yield f"has no effect without {GPU_RESOURCE}; add additionalResources: {{{GPU_RESOURCE}: 1}}"
    elif cluster.makes_nodes and size.accelerator not in {pool.accelerator for pool in nodes.gpu}:
        yield "is on no node: nodes.gpu has no pool with it; add one"


def pools_of(size: ChoiceSize, nodes: NodesSettings) -> list[tuple[str, NodePool]]:
    """Return the pools of a created cluster on which a server may run, with their places."""
    if not size.additional_resources.get(GPU_RESOURCE):
        return [("nodes.user", nodes.user)]
    return [
        (f"nodes.gpu[{index}]", pool)
        for index, pool in enumerate(nodes.gpu)
        if size.node_pool in {None, pool.name} and size.accelerator in {None, pool.accelerator}
    ]


def _why_too_large(size: ChoiceSize, path: str, pool: NodePool) -> str | None:
    gpus = size.additional_resources.get(GPU_RESOURCE, 0)
    if isinstance(pool, GpuPool) and gpus > pool.count:
        return f"{path} has {pool.count} {GPU_RESOURCE} on a node"
    free = room(pool.machine_type)
    if free is None:
        return None
    if parse(str(size.cpu)) > free.cpus or parse(str(size.memory)) > free.memory:
        cpus, memory = show_cpus(float(free.cpus)), show_bytes(int(free.memory) // 2**20 * 2**20)
        return f"{path} ({pool.machine_type}) has at most {cpus} CPUs and {memory} for a server"
    return None
