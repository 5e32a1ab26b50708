"""Keys `kubernetes.*`."""

from settings.types.model import Model
from settings.types.text import Line


class KubernetesSettings(Model):
    """The cluster to use."""

    context: Line | None = None
    """Context of the kubeconfig, for `cluster.mode: context`. Not set: the current context."""
