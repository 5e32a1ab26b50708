"""The cluster of the stack: `find` looks and makes no more than a provider, `use` makes what is missing."""

from components.cluster import existing_gke, gke, kubeconfig, reachability
from components.cluster.existing_gke import ExistingGke
from components.cluster.kubeconfig import ClusterAddress
from components.cluster.target import Cluster, Gke, kubernetes_provider
from settings import Settings

__all__ = ["Cluster", "Gke", "find", "use"]


def find(settings: Settings) -> ClusterAddress | ExistingGke | None:
    """Return the cluster that the settings name; None if the stack is to create it.

    Raises:
        pulumi.RunError: The kubeconfig names no such cluster, nothing answers there, or the GKE cluster does not exist
            or does not fit the settings. The message says how to fix it.
    """
    if settings.cluster.mode == "create":
        return None
    if settings.cluster.on_gke:
        return existing_gke.find(settings, gke.google_provider(settings))
    address = kubeconfig.find(settings.kubernetes.context)
    # The provider would treat an unreachable cluster as an empty one, and its preview would succeed.
    reachability.check(address)
    return address


def use(found: ClusterAddress | ExistingGke | None, settings: Settings) -> Cluster:
    """Return the cluster with its providers, and create what it lacks: on GKE the cluster itself, APIs, registry."""
    if not isinstance(found, ClusterAddress):
        return gke.use(found, settings)
    # An empty kubeconfig keeps $KUBECONFIG out of the state, which others share: it is a path of this machine, or a
    # list of paths, which the provider refuses as an input. The provider reads the same files by itself.
    provider = kubernetes_provider("", context=found.context)
    admin = settings.cluster_admin
    return Cluster(providers=[provider], admin_user=admin.user if admin.enabled else None)
