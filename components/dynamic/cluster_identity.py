"""Remembers which cluster the stack's objects are in, and refuses another one.

A kubeconfig's context is only a name. The UID of the namespace `kube-system` is as old as the cluster, and no two
clusters have the same one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi import dynamic
from pulumi.runtime.known_types import is_unknown

from components.dynamic.objects import UnreachableError, UnreadableError, look_up
from components.dynamic.resource import Resource

FIRST: Final = "cluster-identity"
"""Logical name of the first identity: the provider, and so every object in the cluster, depends on it."""
LAST: Final = "cluster-guard"
"""Logical name of the last identity: it depends on every object there, so `pulumi destroy` deletes it first."""
_MOVE: Final = "docs/operations.md#move-a-hub-to-another-cluster"


class ClusterIdentityProvider(dynamic.ResourceProvider):
    """Compares the UID of the cluster with the one in the state. It creates nothing in the cluster."""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Refuse another cluster; Pulumi calls this in each preview and before each update."""
        known, found, problem = _olds.get("uid"), news.get("uid"), news.get("problem")
        failures: list[dynamic.CheckFailure] = []
        if isinstance(problem, str):
            failures = [dynamic.CheckFailure(property_="uid", reason=problem)]
        elif known is None:
            pass
        elif is_unknown(found):
            failures = [dynamic.CheckFailure(property_="uid", reason=_replaced(known))]
        elif found is not None and found != known:
            failures = [dynamic.CheckFailure(property_="uid", reason=another_cluster(known, found, news))]
        # A preview needs no permissions in the cluster, and without them it does not know the UID.
        uid = {} if known is None else {"uid": known}
        return dynamic.CheckResult(inputs={**news, **uid}, failures=failures)

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Remember the cluster."""
        return dynamic.CreateResult(id_=str(props.get("uid") or "unknown"), outs=props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Remember another context or address of the same cluster."""
        return dynamic.UpdateResult(outs=_news)

    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        """Refuse another cluster in `pulumi refresh`, whose preview calls this.

        Raises:
            AnotherClusterError: The context leads to another cluster.
            UnknownClusterError: It may lead to another cluster.
        """
        _require_same(props)
        return dynamic.ReadResult(id_=id_, outs=props)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Refuse another cluster in `pulumi destroy`, before the first object is deleted.

        Raises:
            AnotherClusterError: The context leads to another cluster.
            UnknownClusterError: It may lead to another cluster.
        """
        _require_same(_props)


class AnotherClusterError(Exception):
    """The context leads to another cluster than the one that the state is about."""


class UnknownClusterError(Exception):
    """The cluster could not be asked for its identity."""


class UnreachableClusterError(UnknownClusterError):
    """The cluster did not answer."""


@dataclass(frozen=True, kw_only=True)
class ClusterIdentityArgs:
    """Inputs of `ClusterIdentity`."""

    uid: pulumi.Input[str | None]
    """UID of the namespace `kube-system`; None = it was not read. Unknown while the cluster is being created."""
    problem: pulumi.Input[str | None] = None
    """Reason why `uid` was not read; None in previews, which need no permissions in the cluster."""
    context: str | None
    """Context of the kubeconfig; None with `kubeconfig`."""
    kubeconfig: pulumi.Input[str] | None = None
    """Kubeconfig of a GKE cluster; None = the user's own."""


class ClusterIdentity(Resource, provider=ClusterIdentityProvider):
    """The cluster of the stack. While it is in the state, another cluster is refused."""

    def __init__(self, name: str, args: ClusterIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, vars(args), opts)


def read_uid(props: Mapping[str, Any]) -> str:
    """Return the UID of a cluster's namespace `kube-system`.

    Args:
        props: `context` and `kubeconfig`, as for `api_client`.

    Raises:
        UnknownClusterError: It cannot be read. The message says why, and how to fix it.
    """
    try:
        found = look_up(props, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}})
    except UnreachableError as error:
        raise UnreachableClusterError(_unknown(str(error))) from None
    except UnreadableError as error:
        raise UnknownClusterError(_unknown(str(error))) from None
    if found is None:
        raise UnknownClusterError(_unknown("it has no namespace kube-system"))
    return str(found["uid"])


def another_cluster(known: str, found: str, props: Mapping[str, Any]) -> str:
    """Return the message for another cluster."""
    context = props.get("context")
    leads = f"Context {context} of the kubeconfig leads" if context else "cluster.name and cluster.location lead"
    return (
        f"{leads} to another cluster than the one that this stack's hub is in. Nothing was changed.\n"
        f"  the stack's cluster: {known} (UID of its namespace kube-system)\n"
        f"  the cluster found:   {found}\n"
        "To fix it, do one of these:\n"
        f"""  - {
            "choose the context of the stack's cluster: pulumi config set kubernetes.context NAME"
            if context
            else "set cluster.name and cluster.location of the stack's cluster"
        }\n"""
        "  - create another stack for a hub in the other cluster: pulumi stack init NAME\n"
        f"  - move the hub, or give it up if its cluster no longer exists: {_MOVE}"
    )


def _replaced(known: str) -> str:
    return (
        "The change replaces the GKE cluster, and so deletes this stack's hub with everything that is in the cluster "
        f"({known}, UID of its namespace kube-system). Nothing was changed.\n"
        "To fix it, do one of these:\n"
        "  - undo the change of the settings; `pulumi preview --diff` shows what replaces the cluster\n"
        "  - create another stack for a hub in another cluster: pulumi stack init NAME\n"
        f"  - replace the cluster on purpose: {_MOVE}"
    )


def _unknown(reason: str) -> str:
    return (
        "It is not certain that this is the cluster of the stack, so nothing was changed: the UID of the namespace "
        f"kube-system cannot be read: {reason}\n"
        "To fix it, do one of these:\n"
        "  - check the network and your access: kubectl get namespace kube-system\n"
        "  - allow the user who runs Pulumi to read namespaces: kubectl create clusterrole read-namespaces --verb=get "
        "--resource=namespaces, and bind it\n"
        f"  - if the cluster no longer exists: {_MOVE}"
    )


def _require_same(props: Mapping[str, Any]) -> None:
    """Raise an error unless this is certainly the stack's cluster."""
    known = props.get("uid")
    if known is None:
        return
    found = read_uid(props)
    if found != known:
        raise AnotherClusterError(another_cluster(known, found, props))
