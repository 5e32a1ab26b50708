"""A cluster that a stack may use, and the one Kubernetes provider for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A cluster that the stack may use."""

    providers: list[pulumi.ProviderResource]
    """The Kubernetes provider, and on GKE the Google provider."""
    kubeconfig: pulumi.Output[str] | None = None
    """The kubeconfig of a GKE cluster, without credentials; none = the user's own."""
    operator: pulumi.Input[str] | None = None
    """The user who runs the stack, as the cluster knows them, and who needs to be made cluster-admin; none = nobody."""
    network: pulumi.Output[str] | None = None
    """VPC of a GKE cluster."""
    subnetwork: pulumi.Output[str] | None = None
    """Subnet of a GKE cluster, in which an internal load balancer and a database have their addresses."""
    google_services: pulumi.Resource | None = None
    """The APIs that must be enabled before anything of Google Cloud is made; none = there is nothing of it."""
    zones: pulumi.Output[Sequence[str]] | None = None
    """Zones of the nodes of a GKE cluster; with a zone as `cluster.location`, those beside it."""


def kubernetes_provider(kubeconfig_: pulumi.Input[str], *, context: str | None = None) -> kubernetes.Provider:
    """Returns the provider for a cluster.

    Args:
        kubeconfig_: A kubeconfig as JSON; empty = the user's own.
        context: Context of the kubeconfig; None = its current one.
    """
    return kubernetes.Provider(
        "cluster",
        context=context,
        kubeconfig=kubeconfig_,
        # A stack lives in one cluster all its life. Were the provider replaced (for another context, a renewed
        # certificate), every object would be too: homes and database with them.
        cluster_identifier=f"{pulumi.get_project()}/{pulumi.get_stack()}",
        # Set here, as each could be set otherwise by a variable of somebody's environment. An unreachable cluster is no
        # reason to forget what is in it, and server-side apply keeps Secrets out of annotations.
        delete_unreachable=False,
        skip_update_unreachable=False,
        enable_server_side_apply=True,
    )
