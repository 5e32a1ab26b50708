"""Labels and annotations of the stack's Kubernetes objects."""

from typing import Final

from settings import Settings

MARK: Final = "jupyterhub-on-gke/stack"
"""Annotation of every object with a fixed name: organization, project and stack. A stack finds by it what it kept when
it was destroyed."""

NO_WAIT: Final = {"pulumi.com/waitFor": "jsonpath={.metadata.uid}"}
"""Annotations of an object that counts as ready once it exists. By default the provider waits until a Service has had
endpoints for some time (10 s at least); the pods behind it are waited for by `Rollout` and by the Deployment."""

FIXED_FIELD_MANAGER: Final = {"pulumi.com/patchFieldManager": "pulumi-jupyterhub"}
"""Annotations of an object that may outlive the stack. By default the provider creates an object under a random field
manager; under a fixed one, a later stack owns the fields of an object that was kept, and may change a label or a size
without a conflict."""


def selector(settings: Settings, component: str) -> dict[str, str]:
    """Return the labels that select the pods of `component`. They are immutable."""
    return {
        "app.kubernetes.io/name": "jupyterhub",
        "app.kubernetes.io/instance": settings.name,
        "app.kubernetes.io/component": component,
    }


def labels(settings: Settings, component: str) -> dict[str, str]:
    """Return the standard labels of an object that belongs to `component`: `hub`, `proxy`, `notebooks`, ..."""
    return {
        **selector(settings, component),
        "app.kubernetes.io/part-of": "jupyterhub",
        "app.kubernetes.io/managed-by": "pulumi",
    }
