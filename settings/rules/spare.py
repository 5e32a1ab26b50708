"""Rules of `notebook.spare` and `notebook.prepull`."""

from collections.abc import Iterator
from decimal import Decimal

from hub.contract import GPU_RESOURCE
from settings.google.machines import room
from settings.groups.choices import ChoiceSize
from settings.groups.cluster import ClusterSettings
from settings.groups.nodes import GpuPool, NodePool, NodesSettings
from settings.groups.notebook import NotebookSettings
from settings.groups.spare import Spare
from settings.rules.choices import pools_of
from settings.types.quantity import parse

_KEY = "notebook.spare"


def name_errors(notebook: NotebookSettings) -> list[str]:
    """Report choices and sizes that are not there."""
    errors: list[str] = []
    for index, spare in enumerate(notebook.spare):
        if notebook.server_of(spare) is not None:
            continue
        place = f"{_KEY}[{index}]"
        sizes = {choice.name: [size.name for size in choice.all_sizes] for choice in notebook.choices}
        if not sizes:
            errors.append(f"{place}: names a choice or size, but notebook.choices has none; remove the name")
        elif spare.choice is not None and spare.choice not in sizes:
            errors.append(f"{place}.choice: is no name in notebook.choices; there are: {', '.join(sizes)}")
        else:
            of = spare.choice or next(iter(sizes))
            errors.append(f"{place}.size: is no size of the choice; it has: {', '.join(sizes[of])}")
    return errors


def quota_errors(notebook: NotebookSettings) -> list[str]:
    """Report spare capacity that the quota would not let servers use."""
    errors: list[str] = []
    for place, spare, size in _entries(notebook):
        amounts = {
            "pods": Decimal(1),
            "requests.cpu": parse(str(size.cpu)),
            "requests.memory": parse(str(size.memory)),
            **{f"requests.{name}": Decimal(count) for name, count in size.additional_resources.items()},
        }
        errors += [
            f"{place}.servers: is more than {name} of notebook.quota allows; lower it, or raise the quota"
            for name, amount in amounts.items()
            if name in notebook.quota and spare.servers * amount > parse(notebook.quota[name])
        ]
    return errors


def node_errors(notebook: NotebookSettings, nodes: NodesSettings, cluster: ClusterSettings) -> list[str]:
    """Report more spare capacity than the pools of a created cluster can grow to."""
    if not cluster.makes_nodes:
        return []
    errors: list[str] = []
    for place, spare, size in _entries(notebook):
        pools = pools_of(size, nodes)
        most = [_most(size, pool) for _, pool in pools]
        # What fits on no node is a mistake of the choice itself.
        if pools and None not in most and 0 < (total := sum(filter(None, most))) < spare.servers:
            keys = " and ".join(f"{path}.max" for path, _ in pools)
            errors.append(f"{place}.servers: is above {total}, for which {keys} has room; lower it, or raise that max")
    return errors


def prepull_errors(notebook: NotebookSettings, cluster: ClusterSettings) -> list[str]:
    """Report images that are not pulled ahead."""
    if not notebook.prepull:
        return []
    fix = "remove it: pulumi config rm notebook.prepull"
    if notebook.image_pull_policy == "Never":
        return [f"notebook.prepull: has no effect with notebook.imagePullPolicy Never; {fix}"]
    if cluster.on_gke and cluster.autopilot:
        return [
            (
                "notebook.prepull: has no use with cluster.autopilot, where Google makes a node for the pods that "
                f"need it, and bills each further pod; notebook.spare has nodes with the image; {fix}"
            )
        ]
    return []


def _entries(notebook: NotebookSettings) -> Iterator[tuple[str, Spare, ChoiceSize]]:
    """Yield each valid entry with its place and size."""
    for index, spare in enumerate(notebook.spare):
        if (server := notebook.server_of(spare)) is not None:
            yield f"{_KEY}[{index}]", spare, server[1]


def _most(size: ChoiceSize, pool: NodePool) -> int | None:
    """Return the number of servers that all nodes of a pool have room for; None if it is not known."""
    free = room(pool.machine_type)
    if free is None:
        return None
    fitting = [free.cpus // parse(str(size.cpu)), free.memory // parse(str(size.memory))]
    if isinstance(pool, GpuPool) and (gpus := size.additional_resources.get(GPU_RESOURCE)):
        fitting.append(Decimal(pool.count // gpus))
    return int(min(fitting)) * pool.max
