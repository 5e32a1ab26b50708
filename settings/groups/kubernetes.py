"""Keys `kubernetes.*`."""

from settings.types.model import Model
from settings.types.text import Line


class KubernetesSettings(Model):
    """The cluster of `cluster.mode: context`."""

    context: Line | None = None
    """Context of the kubeconfig, such as `gke_my-project-123_europe-west1_jupyterhub`. Not set: the current context."""
