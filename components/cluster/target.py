"""The cluster that the stack uses, with its providers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi.runtime.known_types import is_unknown

from components.dynamic.cluster_identity import (
    FIRST,
    LAST,
    AnotherClusterError,
    ClusterIdentity,
    ClusterIdentityArgs,
    UnknownClusterError,
    UnreachableClusterError,
    another_cluster,
    read_uid,
)
from components.ownership import remembered_if_own
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class Gke:
    """Parts of a GKE cluster that the hub's resources on Google Cloud are attached to."""

    cluster: pulumi.Output[str]
    """ID of the cluster: `projects/PROJECT/locations/LOCATION/clusters/NAME`."""
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
    identity: ClusterIdentityArgs | None = None
    """The UID of the cluster, and how to reach it; None only in tests of single components."""
    gke: Gke | None = None
    """Parts of a GKE cluster; None = another cluster, of the user's own kubeconfig."""


def kubernetes_provider(identity: ClusterIdentityArgs, settings: Settings) -> kubernetes.Provider:
    """Return the Kubernetes provider of a cluster, once it is certain that the stack's objects are in that cluster."""
    namespaces = [settings.namespace, settings.notebooks_namespace]
    same = ClusterIdentity(FIRST, identity, remembered_if_own(identity, namespaces))
    return kubernetes.Provider(
        "cluster",
        context=identity.context,
        # An empty kubeconfig keeps $KUBECONFIG out of the state, which others share: it is a path of this machine, or a
        # list of paths, which the provider refuses as an input. The provider reads the same files by itself.
        kubeconfig=identity.kubeconfig or "",
        # A stack stays in one cluster. Were the provider replaced (another context, a renewed certificate), every
        # object would be replaced too, homes and database included.
        cluster_identifier=f"{pulumi.get_project()}/{pulumi.get_stack()}",
        # Stated, because environment variables could set each of them. An unreachable cluster is no reason to drop its
        # objects from the state, and server-side apply keeps Secrets out of annotations.
        delete_unreachable=False,
        skip_update_unreachable=False,
        enable_server_side_apply=True,
        # The announcement changes in place. The other ConfigMaps are immutable, so a change still makes a new one.
        enable_config_map_mutable=True,
        opts=pulumi.ResourceOptions(
            depends_on=same,
            # It has the stack's name, and a renamed stack keeps its objects.
            ignore_changes=["clusterIdentifier"],
            hooks=pulumi.ResourceHookBinding(
                before_update=[
                    pulumi.ResourceHook(
                        "is-the-same-cluster", _require_same_cluster, pulumi.ResourceHookOptions(on_dry_run=True)
                    )
                ]
            ),
        ),
    )


def _require_same_cluster(args: pulumi.ResourceHookArgs) -> None:
    """Raise an AnotherClusterError if the provider would go from one cluster to another.

    `pulumi destroy --run-program` updates the provider, but does not check the identity.
    """
    before, after = args.old_inputs or {}, args.new_inputs or {}
    addresses = [{key: of.get(key) or None for key in ("context", "kubeconfig")} for of in (before, after)]
    if addresses[0] == addresses[1] or any(map(is_unknown, addresses[1].values())):
        return
    try:
        known, found = (read_uid(address) for address in addresses)
    except UnknownClusterError:
        return  # a renamed context, for example; `pulumi up` compares with the state
    if known != found:
        raise AnotherClusterError(another_cluster(known, found, addresses[1]))


def guard(cluster: Cluster, hub: pulumi.Resource) -> None:
    """Let `pulumi destroy` and `pulumi refresh`, which do not run the program, refuse another cluster."""
    if cluster.identity is not None:
        ClusterIdentity(LAST, cluster.identity, pulumi.ResourceOptions(depends_on=hub))


def read_identity(*, context: str | None = None, kubeconfig: str | None = None) -> Mapping[str, str | None]:
    """Return the UID of the cluster's namespace `kube-system` as `uid`, or the reason why it is not known as `problem`.

    Previews need no permissions in the cluster, so in them there is no problem. With `kubeconfig` it is none either if
    the cluster does not answer: the kubeconfig has its address and CA, and Pulumi cannot change anything there.
    """
    try:
        return {"uid": read_uid({"context": context, "kubeconfig": kubeconfig}), "problem": None}
    except UnknownClusterError as error:
        passes = pulumi.runtime.is_dry_run() or (kubeconfig and isinstance(error, UnreachableClusterError))
        return {"uid": None, "problem": None if passes else str(error)}
