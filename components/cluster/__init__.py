"""The cluster of the stack: `find` looks and makes no more than a provider, `use` makes what is missing."""

from components.cluster import existing_gke, gke, kubeconfig, reachability
from components.cluster.existing_gke import ExistingGke
from components.cluster.target import Cluster, Gke, guard, kubernetes_provider, read_identity
from components.dynamic.cluster_identity import ClusterIdentityArgs
from settings import Settings

__all__ = ["Cluster", "Gke", "find", "guard", "use"]


def find(settings: Settings) -> ClusterIdentityArgs | ExistingGke | None:
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
    # Here, because the check of the hub's configuration runs meanwhile, and the client is slow to load.
    return ClusterIdentityArgs(**read_identity(context=address.context), context=address.context)


def use(found: ClusterIdentityArgs | ExistingGke | None, settings: Settings) -> Cluster:
    """Return the cluster with its providers, and create what it lacks: on GKE the cluster itself, APIs, registry."""
    if not isinstance(found, ClusterIdentityArgs):
        return gke.use(found, settings)
    admin = settings.cluster_admin
    return Cluster(
        providers=[kubernetes_provider(found, settings)],
        admin_user=admin.user if admin.enabled else None,
        identity=found,
    )
