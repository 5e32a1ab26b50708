"""Images of notebooks that nodes pull before a server needs them."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.low_priority_pod import ended, idle, low_priority_pod
from components.metadata import NO_WAIT, labels, selector
from components.notebook_nodes import GPU_TOLERATION, NotebookNodes, images_by_nodes
from hub.contract import ACCELERATOR, EPHEMERAL_STORAGE
from settings import Settings

_RESOURCES: Final = core.ResourceRequirementsArgs(
    requests={"cpu": "5m", "memory": "16Mi", EPHEMERAL_STORAGE: "16Mi"},
    limits={"cpu": "100m", "memory": "64Mi", EPHEMERAL_STORAGE: "64Mi"},
)


@dataclass(frozen=True, kw_only=True)
class ImagePullsArgs:
    """Inputs of `ImagePulls`."""

    settings: Settings
    """The stack's settings: images, choices and their nodes."""
    namespace: pulumi.Input[str]
    """Namespace of the notebooks, where the Secrets of registries are."""
    priority_class: pulumi.Input[str]
    """Name of the PriorityClass of pods that notebooks preempt."""


class ImagePulls(pulumi.ComponentResource):
    """A DaemonSet for each kind of nodes, whose pods start each image that servers may run there, one after the other.

    A node pulls an image to start a container of it. Its pod stays, so that the node does not delete the images when
    its disk fills up. `pulumi up` does not wait for pulls, and an image that cannot be pulled holds up the ones behind
    it on these nodes, and nothing else.
    """

    daemon_sets: list[pulumi.Output[str]]
    """Names of the DaemonSets."""

    def __init__(self, name: str, args: ImagePullsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:image_pulls:ImagePulls", name, None, opts)
        settings, self.daemon_sets = args.settings, []
        for nodes, images in images_by_nodes(settings).items():
            selected = {**selector(settings, "images"), "jupyterhub-on-gke/nodes": nodes.key}
            all_labels = {**labels(settings, "images"), **selected}
            made = apps.DaemonSet(
                f"{name}-{nodes.key}",
                metadata=meta.ObjectMetaArgs(
                    name=f"{settings.name}-images-{nodes.key}",
                    namespace=args.namespace,
                    labels=all_labels,
                    annotations=NO_WAIT,
                ),
                spec=apps.DaemonSetSpecArgs(
                    revision_history_limit=0,
                    selector=meta.LabelSelectorArgs(match_labels=selected),
                    # New images on all nodes at the same time, and not on one after the other.
                    update_strategy=apps.DaemonSetUpdateStrategyArgs(
                        type="RollingUpdate",
                        rolling_update=apps.RollingUpdateDaemonSetArgs(max_unavailable="100%"),
                    ),
                    template=core.PodTemplateSpecArgs(
                        metadata=meta.ObjectMetaArgs(labels=all_labels), spec=_pod(args, nodes, images)
                    ),
                ),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.daemon_sets.append(made.metadata.name)
        self.register_outputs({"daemon_sets": self.daemon_sets})


def _pod(args: ImagePullsArgs, nodes: NotebookNodes, images: tuple[str, ...]) -> core.PodSpecArgs:
    settings = args.settings
    pod = low_priority_pod(
        settings,
        [idle(settings, "idle", images[0], _RESOURCES)],
        priority_class=args.priority_class,
        labels=dict(nodes.labels),
        # Elsewhere than on GKE, nodes with GPUs are among the others.
        further_tolerations=[GPU_TOLERATION] if nodes.have_gpus or not settings.cluster.on_gke else [],
    )
    pod.init_containers = [ended(settings, f"image-{index}", image, _RESOURCES) for index, image in enumerate(images)]
    if nodes.have_gpus and ACCELERATOR not in dict(nodes.labels):
        exists = core.NodeSelectorRequirementArgs(key=ACCELERATOR, operator="Exists")
        pod.affinity = core.AffinityArgs(
            node_affinity=core.NodeAffinityArgs(
                required_during_scheduling_ignored_during_execution=core.NodeSelectorArgs(
                    node_selector_terms=[core.NodeSelectorTermArgs(match_expressions=[exists])]
                )
            )
        )
    return pod
