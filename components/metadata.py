"""What the metadata of the stack's Kubernetes objects have in common."""

from typing import Final

from settings import Settings

KEPT: Final = {"pulumi.com/patchFieldManager": "pulumi-jupyterhub"}
"""Annotations of an object that may outlive the stack. The Kubernetes provider makes up the name of a field manager for
each object that it creates; with a fixed one, the next `pulumi up` finds what the last one left to be its own, and may
change it (a label, a size) without a conflict."""


def selector(settings: Settings, component: str) -> dict[str, str]:
    """Returns the labels by which Services and controllers find the pods of `component`. They can never change."""
    return {
        "app.kubernetes.io/name": "jupyterhub",
        "app.kubernetes.io/instance": settings.name,
        "app.kubernetes.io/component": component,
    }


def labels(settings: Settings, component: str) -> dict[str, str]:
    """Returns the standard labels of an object that belongs to `component`: `hub`, `proxy`, `notebooks`, ..."""
    return {
        **selector(settings, component),
        "app.kubernetes.io/part-of": "jupyterhub",
        "app.kubernetes.io/managed-by": "pulumi",
    }
