"""Pods on the nodes of notebooks that do nothing, and that notebooks preempt: placeholders, and pulls of images."""

from collections.abc import Mapping, Sequence
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core

from components.notebook_nodes import node_selector, tolerations
from components.pod import container_security, pod_security
from settings import Settings, Toleration

_FOR_EVER: Final = "exec sleep 2147483647"
"""Every notebook image has a shell: the hub starts its server with one."""


def low_priority_pod(
    settings: Settings,
    containers: Sequence[core.ContainerArgs],
    *,
    priority_class: pulumi.Input[str],
    labels: Mapping[str, str],
    further_tolerations: Sequence[Toleration] = (),
) -> core.PodSpecArgs:
    """Return the spec of a pod that runs where notebooks run, and is ended at once for one of them.

    Args:
        settings: The stack's settings: nodes, user, and Secrets of registries.
        containers: Its containers.
        priority_class: Name of a PriorityClass below that of notebooks.
        labels: Labels of its nodes, beside those of all notebooks.
        further_tolerations: Beside those of all notebooks.
    """
    notebook = settings.notebook
    secrets = [core.LocalObjectReferenceArgs(name=name) for name in notebook.image_pull_secrets]
    tolerated = [*tolerations(settings), *further_tolerations]
    return core.PodSpecArgs(
        priority_class_name=priority_class,
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=pod_security(user=notebook.run_as.user),
        # A notebook waits for its end.
        termination_grace_period_seconds=0,
        image_pull_secrets=secrets or None,
        node_selector={**node_selector(settings), **labels} or None,
        tolerations=[core.TolerationArgs(**one.model_dump()) for one in tolerated] or None,
        containers=list(containers),
    )


def idle(settings: Settings, name: str, image: str, resources: core.ResourceRequirementsArgs) -> core.ContainerArgs:
    """Return a container that does nothing for ever."""
    return _shell(settings, name, image, resources, _FOR_EVER)


def ended(settings: Settings, name: str, image: str, resources: core.ResourceRequirementsArgs) -> core.ContainerArgs:
    """Return a container that ends at once."""
    return _shell(settings, name, image, resources, ":")


def _shell(
    settings: Settings, name: str, image: str, resources: core.ResourceRequirementsArgs, script: str
) -> core.ContainerArgs:
    return core.ContainerArgs(
        name=name,
        image=image,
        image_pull_policy=settings.notebook.image_pull_policy,
        # In place of the image's entrypoint, which may want to write files.
        command=["sh", "-c", script],
        resources=resources,
        security_context=container_security(),
    )
