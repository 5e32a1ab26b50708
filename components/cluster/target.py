"""The cluster that the stack uses, with its providers."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes


@dataclass(frozen=True, kw_only=True)
class Gke:
    """Parts of a GKE cluster that the hub's resources on Google Cloud are attached to."""

    kubeconfig: pulumi.Output[str]
    """Kubeconfig as JSON, without credentials."""
    network: pulumi.Output[str]
    """VPC of the cluster."""
    subnetwork: pulumi.Output[str]
    """Subnet of the nodes, in which an internal load balancer and a database get their addresses."""
    zones: pulumi.Output[Sequence[str]]
    """Zones of the nodes; with a zone as `cluster.location`, only those beside it."""
    apis: pulumi.Resource
    """The enabled APIs, on which every resource of Google Cloud depends."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The cluster that the stack uses."""

    providers: list[pulumi.ProviderResource]
    """The Kubernetes provider, and on GKE the Google provider."""
    admin_user: pulumi.Input[str] | None
    """User who is made cluster-admin, as the cluster knows them; None = nobody."""
    gke: Gke | None = None
    """Parts of a GKE cluster; None = another cluster, of the user's own kubeconfig."""


def kubernetes_provider(kubeconfig: pulumi.Input[str], *, context: str | None = None) -> kubernetes.Provider:
    """Return the Kubernetes provider of a cluster.

    Args:
        kubeconfig: Kubeconfig as JSON; empty = the user's own.
        context: Context of the kubeconfig; None = its current one.
    """
    return kubernetes.Provider(
        "cluster",
        context=context,
        kubeconfig=kubeconfig,
        # A stack stays in one cluster. Were the provider replaced (another context, a renewed certificate), every
        # object would be replaced too, homes and database included.
        cluster_identifier=f"{pulumi.get_project()}/{pulumi.get_stack()}",
        # Stated, because environment variables could set each of them. An unreachable cluster is no reason to drop its
        # objects from the state, and server-side apply keeps Secrets out of annotations.
        delete_unreachable=False,
        skip_update_unreachable=False,
        enable_server_side_apply=True,
    )
