"""Placeholders of servers that nobody has started yet."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.low_priority_pod import idle, low_priority_pod
from components.metadata import NO_WAIT, labels, selector
from components.notebook_storage import ephemeral_storage_request
from components.spare_servers import SpareServers, spare_servers
from hub.contract import EPHEMERAL_STORAGE
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class SpareArgs:
    """Inputs of `Spare`."""

    settings: Settings
    """The stack's settings: sizes, numbers and hours."""
    namespace: pulumi.Input[str]
    """Namespace of the notebooks, where the Secrets of registries are."""
    priority_class: pulumi.Input[str]
    """Name of the PriorityClass of pods that notebooks preempt."""


class Spare(pulumi.ComponentResource):
    """A Deployment for each size of servers, whose pods request what such a server does.

    A server that finds no free node preempts a placeholder, which then waits for a new node in place of the person. It
    runs the image of its choice, so that the new node has it before a server comes. Nothing waits for placeholders.
    """

    deployments: list[pulumi.Output[str]]
    """Names of the Deployments."""

    def __init__(self, name: str, args: SpareArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:spare:Spare", name, None, opts)
        settings, self.deployments = args.settings, []
        for spare in spare_servers(settings):
            selected = {
                **selector(settings, "spare"),
                "jupyterhub-on-gke/choice": spare.choice,
                "jupyterhub-on-gke/size": spare.size.name,
            }
            made = apps.Deployment(
                f"{name}-{spare.key or 'default'}",
                metadata=meta.ObjectMetaArgs(
                    name=spare.deployment,
                    namespace=args.namespace,
                    labels={**labels(settings, "spare"), **selected},
                    # Without hours the number is Pulumi's again, whoever set it last.
                    annotations={**NO_WAIT, "pulumi.com/patchForce": "true"},
                ),
                spec=apps.DeploymentSpecArgs(
                    # With hours, none until the hub sets their number.
                    replicas=0 if spare.has_hours else spare.number,
                    revision_history_limit=0,
                    # With more pods during a change, the autoscaler would make nodes for them.
                    strategy=apps.DeploymentStrategyArgs(type="Recreate"),
                    selector=meta.LabelSelectorArgs(match_labels=selected),
                    template=core.PodTemplateSpecArgs(
                        metadata=meta.ObjectMetaArgs(
                            labels={**labels(settings, "spare"), **selected},
                            annotations={"cluster-autoscaler.kubernetes.io/safe-to-evict": "true"},
                        ),
                        spec=_pod(args, spare, selected),
                    ),
                ),
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["spec.replicas"] if spare.has_hours else None),
            )
            self.deployments.append(made.metadata.name)
        self.register_outputs({"deployments": self.deployments})


def _pod(args: SpareArgs, spare: SpareServers, selected: dict[str, str]) -> core.PodSpecArgs:
    settings, size = args.settings, spare.size
    amounts = {
        "cpu": f"{size.cpu:g}",
        "memory": str(size.memory),
        EPHEMERAL_STORAGE: str(ephemeral_storage_request(settings)),
        **{name: str(count) for name, count in size.additional_resources.items()},
    }
    container = idle(
        settings, "placeholder", spare.image, core.ResourceRequirementsArgs(requests=amounts, limits=amounts)
    )
    pod = low_priority_pod(settings, [container], priority_class=args.priority_class, labels=size.node_selector)
    # Homes are in all zones of the nodes, and servers run beside them. On the nodes of a zone, pods stay together.
    pod.topology_spread_constraints = [
        core.TopologySpreadConstraintArgs(
            max_skew=1,
            topology_key="topology.kubernetes.io/zone",
            when_unsatisfiable="ScheduleAnyway",
            label_selector=meta.LabelSelectorArgs(match_labels=selected),
        )
    ]
    return pod
