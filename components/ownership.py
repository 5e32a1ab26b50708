"""Marks the stack's Kubernetes objects, and refuses to take over an object of another stack.

Creating an object that exists would change it: server-side apply makes no difference between the two. So before Pulumi
creates an object, also in a preview, it is looked up in the cluster.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import pulumi
from pulumi.runtime.known_types import is_unknown

from components.dynamic.cluster_identity import ClusterIdentityArgs
from components.dynamic.objects import UnreadableError, hub_in, look_up
from components.metadata import MARK

if TYPE_CHECKING:
    from pulumi_kubernetes.meta import v1 as meta

_Answer = TypeVar("_Answer")
_KEPT: Final = {"Namespace", "PersistentVolumeClaim", "StorageClass"}
"""Kinds that a stack may keep, or that an operator may create before, and that 0.1.0 did not mark."""


def owned(cluster: ClusterIdentityArgs | None) -> pulumi.ResourceOptions:
    """Return options of a component that mark all Kubernetes objects in it, and protect those of others.

    Args:
        cluster: The cluster in which to look; None = nowhere.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    hooks = None
    if cluster is not None:
        look = Look(cluster, stack)
        on_dry_run = pulumi.ResourceHookOptions(on_dry_run=True)
        hooks = pulumi.ResourceHookBinding(
            before_create=[pulumi.ResourceHook("is-not-of-another-stack", look.before_create, on_dry_run)],
            before_update=[pulumi.ResourceHook("is-the-same-namespace", look.before_update, on_dry_run)],
        )

    def mark(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith("kubernetes:"):
            return None
        metadata = cast("meta.ObjectMetaArgs", args.props["metadata"])
        if metadata.name is None:
            return None  # Pulumi invents a name, which no other object has
        annotations = cast("Mapping[str, pulumi.Input[str]]", metadata.annotations or {})
        metadata.annotations = {**annotations, MARK: stack}
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(hooks=hooks))
        return pulumi.ResourceTransformationResult(args.props, opts)

    return pulumi.ResourceOptions(transformations=[mark])


class NotOwnError(Exception):
    """An object in the cluster is not the stack's own."""


class Look:
    """Compares an object in the cluster with the stack."""

    def __init__(self, cluster: ClusterIdentityArgs, stack: str) -> None:
        self._cluster, self._stack = cluster, stack

    async def before_create(self, args: pulumi.ResourceHookArgs) -> None:
        """Raise a NotOwnError if the object exists and belongs to somebody else."""
        wanted = dict(args.new_inputs or {})
        address = await self._address(wanted)
        if address is None:
            return

        def owner() -> str | None:
            there = look_up(address, wanted)
            if there is None:
                return self._stack
            mark = cast("Mapping[str, str]", there.get("annotations") or {}).get(MARK)
            if mark is None and wanted["kind"] in _KEPT:
                another_hub = wanted["kind"] == "Namespace" and hub_in(address, there["name"])
                return None if another_hub else self._stack
            return mark

        if (found := await _asked(owner, wanted, otherwise=self._stack)) != self._stack:
            raise NotOwnError(_not_own(wanted, found, self._stack))

    async def before_update(self, args: pulumi.ResourceHookArgs) -> None:
        """Raise a NotOwnError if a namespace is not the one in the state: states of 0.1.0 do not know their cluster."""
        wanted = dict(args.new_inputs or {})
        known = cast("Mapping[str, Any]", (args.old_outputs or {}).get("metadata") or {}).get("uid")
        if wanted.get("kind") != "Namespace" or not isinstance(known, str):
            return
        address = await self._address(wanted)
        there = address and await _asked(lambda: look_up(address, wanted), wanted, otherwise=None)
        if there and there["uid"] != known:
            raise NotOwnError(_another_namespace(there["name"], known, there["uid"]))

    async def _address(self, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return how to reach the cluster; None while the object's name or the cluster is unknown.

        It is unknown before it exists, in previews without permissions there, and in comparisons without a cluster.
        """
        metadata = cast("Mapping[str, object]", wanted.get("metadata") or {})
        if not isinstance(metadata.get("name"), str) or any(map(is_unknown, metadata.values())):
            return None
        uid = await pulumi.Output.from_input(self._cluster.uid).future()
        if uid is None:
            return None
        kubeconfig = self._cluster.kubeconfig and await pulumi.Output.from_input(self._cluster.kubeconfig).future()
        return {"context": self._cluster.context, "kubeconfig": kubeconfig}


async def _asked(question: Callable[[], _Answer], wanted: Mapping[str, Any], *, otherwise: _Answer) -> _Answer:
    """Return the answer of the cluster; `otherwise` in a preview without permissions there, which needs none."""
    try:
        return await asyncio.to_thread(question)
    except UnreadableError as error:
        if pulumi.runtime.is_dry_run():
            return otherwise
        raise NotOwnError(f"{_name(wanted)} cannot be looked up, so it may be another stack's: {error}") from None


def _not_own(wanted: Mapping[str, Any], owner: str | None, stack: str) -> str:
    kind, metadata = str(wanted["kind"]), wanted["metadata"]
    of = f"belongs to another stack, {owner}" if owner else "exists already, and is not this stack's"
    keys = ["clusterAdmin.bindingName"] if kind == "ClusterRoleBinding" else ["name", "namespace"]
    option = f" --namespace {metadata['namespace']}" if "namespace" in metadata else ""
    return "\n".join(
        [
            f"{_name(wanted)} {of}. Nothing was changed.",
            f"To fix it, choose other names for the hub of this stack, {stack}:",
            *(f"  pulumi config set {key} {key.upper().rpartition('.')[2]}" for key in keys),
            "If it is this stack's own (its state was lost, or the stack renamed), hand it over:",
            f"  kubectl annotate --overwrite{option} {kind.lower()} {metadata['name']} {MARK}={stack}",
        ]
    )


def _another_namespace(name: str, known: str, found: str) -> str:
    return (
        f"Namespace {name} of this cluster is not the one that this stack created: its UID is {found}, and in the "
        f"state it is {known}. Nothing was changed.\n"
        "To fix it, do one of these:\n"
        "  - choose the cluster of the stack: pulumi config set kubernetes.context NAME\n"
        "  - if somebody deleted the namespace and created it again, update the state: pulumi refresh"
    )


def _name(wanted: Mapping[str, Any]) -> str:
    metadata = wanted["metadata"]
    return f"{wanted['kind']} {metadata['name']}" + (
        f" in namespace {metadata['namespace']}" if "namespace" in metadata else ""
    )
