"""Rules of GPUs: machine types, and choices of the spawn form."""

from collections.abc import Collection

from hub.contract import GPU_RESOURCE
from settings.google.accelerators import ACCELERATORS
from settings.groups.cluster import ClusterSettings
from settings.groups.nodes import NodesSettings
from settings.groups.notebook import NotebookSettings

_NOT_IN_AUTOPILOT = frozenset({"nvidia-tesla-p4", "nvidia-tesla-p100", "nvidia-tesla-v100"})


def machine_errors(nodes: NodesSettings) -> list[str]:
    """Report machine types that never have the GPU type of their pool. Google reports it after creating the cluster."""
    return [
        f"nodes.gpu[{index}].machineType: has no {pool.accelerator}, which is on machine types {' and '.join(names)} "
        "only"
        for index, pool in enumerate(nodes.gpu)
        if (gpu := ACCELERATORS.get(pool.accelerator)) and not pool.machine_type.startswith(gpu.machines)
        for names in [[f"{machine}*" for machine in gpu.machines]]
    ]


def resource_errors(nodes: NodesSettings, notebook: NotebookSettings) -> list[str]:
    """Report GPUs of pools that users cannot request."""
    key, offered = "notebook.additionalResources", notebook.additional_resources.get(GPU_RESOURCE)
    most = max((pool.count for pool in nodes.gpu), default=None)
    if most is None or not notebook.has_free_form:
        return []
    command = f"""pulumi config set --path '["{key}"]["{GPU_RESOURCE}"]' {most}"""
    if offered is None:
        return [f"{key}: lacks {GPU_RESOURCE}, so nobody could ask for the GPUs of nodes.gpu: {command}"]
    if offered > most:
        return [f"{key}: offers more {GPU_RESOURCE} than any node of nodes.gpu has: {command}"]
    return []


def accelerator_errors(notebook: NotebookSettings, cluster: ClusterSettings) -> list[str]:
    """Report a wrong `notebook.accelerator`, or a missing one on Autopilot."""
    key, gpu = "notebook.accelerator", notebook.accelerator
    if gpu is not None:
        problem = _useless(gpu, _offered(notebook), cluster)
        return [] if problem is None else [f"{key}: {problem.format(fix=f'remove it: pulumi config rm {key}')}"]
    offered = notebook.has_free_form and GPU_RESOURCE in notebook.additional_resources
    if not (cluster.on_gke and cluster.autopilot and offered):
        return []
    return [
        (
            f"{key}: is not set, but Autopilot starts no pod that asks for {GPU_RESOURCE} without a GPU type (see "
            f"notebook.additionalResources): pulumi config set {key} nvidia-l4, or to offer none: "
            "pulumi config set notebook.additionalResources {}"
        )
    ]


def _offered(notebook: NotebookSettings) -> Collection[str]:
    """Return the extended resources of the free form and of the choices."""
    return {
        *(notebook.additional_resources if notebook.has_free_form else ()),
        *(name for choice in notebook.choices for size in choice.all_sizes for name in size.additional_resources),
    }


def _useless(gpu: str, offered: Collection[str], cluster: ClusterSettings) -> str | None:
    if not cluster.on_gke:
        return "works on GKE only, where cluster.mode is existing or create; set that, or {fix}"
    if cluster.makes_nodes:
        return "has no effect where the stack makes the nodes, as nodes.gpu says which GPUs there are; {fix}"
    if GPU_RESOURCE not in offered:
        return f"has no effect, as notebook.additionalResources does not offer {GPU_RESOURCE}; {{fix}}"
    if cluster.autopilot and gpu in _NOT_IN_AUTOPILOT:
        return f"{gpu} is not available with cluster.autopilot; choose another, such as nvidia-l4"
    return None
