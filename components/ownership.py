"""Marks the stack's Kubernetes objects, and refuses to take over an object of another stack.

Creating an object that exists would change it: server-side apply makes no difference between the two. So before Pulumi
creates an object, also in a preview, it is looked up in the cluster. Before the stack remembers a cluster, its
namespaces are.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import pulumi
from pulumi.runtime.known_types import is_unknown

from components.dynamic.cluster_identity import ClusterIdentityArgs
from components.dynamic.objects import OF_A_HUB, UnreadableError, hub_in, look_up
from components.metadata import MARK

if TYPE_CHECKING:
    from pulumi_kubernetes.meta import v1 as meta

_Answer = TypeVar("_Answer")
_KEPT: Final = {"Namespace", "PersistentVolumeClaim", "StorageClass"}
"""Kinds that a stack may keep, or that an operator may create before, and that 0.1.0 did not mark."""
_THREADS: Final = ThreadPoolExecutor()
"""Threads of the hooks. Those of the event loop may all wait for registrations, which wait for hooks."""
_WAITS: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds before further attempts to read a state that is being written."""
_ON_DRY_RUN: Final = pulumi.ResourceHookOptions(on_dry_run=True)


def owned(cluster: ClusterIdentityArgs | None) -> pulumi.ResourceOptions:
    """Return options of a component that mark all Kubernetes objects in it, and protect those of others.

    Args:
        cluster: The cluster in which to look; None = nowhere.
    """
    stack = _stack()
    hooks = None
    if cluster is not None:
        look = Look(cluster, stack)
        hook = pulumi.ResourceHook("is-not-of-another-stack", look.before_create, _ON_DRY_RUN)
        hooks = pulumi.ResourceHookBinding(before_create=[hook])

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


def remembered_if_own(cluster: ClusterIdentityArgs, namespaces: Sequence[str]) -> pulumi.ResourceOptions:
    """Return options of the resource that remembers the cluster: it is created only where the stack may be.

    Args:
        cluster: The cluster.
        namespaces: The names of the stack's namespaces.
    """
    look = Look(cluster, _stack())
    # Before the resource: with `--parallel 1`, the engine answers no such question while a hook runs.
    of_state = pulumi.Output.from_input(namespaces_of(_stack()))

    async def before_create(_: pulumi.ResourceHookArgs) -> None:
        await look.before_cluster(await of_state.future() or {}, namespaces)

    hook = pulumi.ResourceHook("is-the-cluster-of-the-stack", before_create, _ON_DRY_RUN)
    return pulumi.ResourceOptions(
        depends_on=of_state.apply(lambda _: []), hooks=pulumi.ResourceHookBinding(before_create=[hook])
    )


class NotOwnError(Exception):
    """An object in the cluster is not the stack's own."""


class Look:
    """Compares an object in the cluster with the stack."""

    def __init__(self, cluster: ClusterIdentityArgs, stack: str) -> None:
        self._cluster, self._stack = cluster, stack

    async def before_create(self, args: pulumi.ResourceHookArgs) -> None:
        """Raise a NotOwnError if the object exists and belongs to somebody else."""
        wanted = dict(args.new_inputs or {})
        metadata = cast("Mapping[str, object]", wanted.get("metadata") or {})
        # A name is unknown if the stack is to create the namespace.
        if isinstance(metadata.get("name"), str) and not any(map(is_unknown, metadata.values())):
            address = await self._address()
            if address is not None:
                await self._require_own(address, wanted)

    async def before_cluster(self, of_state: Mapping[str, str], namespaces: Sequence[str]) -> None:
        """Raise a NotOwnError if the cluster is not that of the stack's objects, or its namespaces are not free.

        The state knows no cluster if the stack is new, or of 0.1.0. Then it has namespaces, with their UIDs.
        """
        address = await self._address()
        if address is None:
            return
        # A program of one's own, which has the hub as one component, may have other namespaces, in any cluster.
        known = {name: uid for name, uid in of_state.items() if name in namespaces}
        for name, uid in known.items():
            wanted = _namespace(name)
            there = await _asked(partial(look_up, address, wanted), wanted, otherwise={"uid": uid})
            found = None if there is None else str(there["uid"])
            if found != uid:
                raise NotOwnError(_another_namespace(name, uid, found))
        for name in () if known else namespaces:
            await self._require_own(address, _namespace(name))
            # A stack that has this hub knows the cluster, so this is the hub of a stack of the same name.
            if await _asked(partial(hub_in, address, name), _namespace(name), otherwise=False):
                raise NotOwnError(_another_hub(name, self._stack))

    async def _require_own(self, address: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
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

    async def _address(self) -> dict[str, Any] | None:
        """Return how to reach the cluster; None while it is unknown.

        It is unknown before it exists, in previews without permissions there, and in comparisons without a cluster.
        """
        uid = await pulumi.Output.from_input(self._cluster.uid).future()
        if uid is None:
            return None
        kubeconfig = self._cluster.kubeconfig and await pulumi.Output.from_input(self._cluster.kubeconfig).future()
        return {"context": self._cluster.context, "kubeconfig": kubeconfig}


def _stack() -> str:
    return f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"


async def namespaces_of(stack: str) -> dict[str, str]:
    """Return the UIDs of the namespaces in the stack's state, by name.

    The program sees no state, apart from this function of the engine, which exists for stack references.
    """
    resources = (await _outputs_of(stack)).values()
    all_metadata = [one["outputs"]["metadata"] for one in resources if one["type"] == "kubernetes:core/v1:Namespace"]
    return {one["name"]: one["uid"] for one in all_metadata}


async def _outputs_of(stack: str) -> Mapping[str, Mapping[str, Any]]:
    waits = iter(_WAITS)
    while True:
        try:
            answer = await pulumi.runtime.invoke_async("pulumi:pulumi:readStackResourceOutputs", {"stackName": stack})
            return cast("Mapping[str, Mapping[str, Any]]", answer["outputs"])
        except Exception as error:  # the SDK raises no other type
            wait = next(waits, None)
            # With the state in a file, the engine may be writing it.
            if wait is None or "failed to load checkpoint" not in str(error):
                raise
            await asyncio.sleep(wait)


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


async def _asked(question: Callable[[], _Answer], wanted: Mapping[str, Any], *, otherwise: _Answer) -> _Answer:
    """Return the answer of the cluster; `otherwise` in a preview without permissions there, which needs none."""
    try:
        return await asyncio.get_running_loop().run_in_executor(_THREADS, question)
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


def _another_namespace(name: str, known: str, found: str | None) -> str:
    differs = "is not in this cluster" if found is None else "is another one in this cluster"
    return (
        f"Namespace {name} of this stack {differs}, so this may be a wrong cluster. Nothing was changed.\n"
        f"  its UID in the stack's state: {known}\n"
        f"  its UID in this cluster:      {found or 'none'}\n"
        "To fix it, do one of these:\n"
        "  - choose the cluster of the stack: pulumi config set kubernetes.context NAME\n"
        "  - if this is the cluster, and somebody deleted the namespace, update the state: pulumi refresh"
    )


def _another_hub(namespace: str, stack: str) -> str:
    return (
        f"Namespace {namespace} has a hub of a stack of the same name, {stack}, which is in another state: that of "
        "another backend or user. Nothing was changed.\n"
        "To fix it, do one of these:\n"
        "  - log in to the backend of that state: pulumi login URL; the current one: pulumi whoami --verbose\n"
        "  - choose other names for the hub of this stack: pulumi config set name NAME, "
        "pulumi config set namespace NAMESPACE\n"
        "  - if that state is lost, let this stack take over what is there. This stops the hub until `pulumi up`; "
        "servers, homes and database stay:\n"
        f"    kubectl delete statefulset --namespace {namespace} --selector {OF_A_HUB}"
    )


def _name(wanted: Mapping[str, Any]) -> str:
    metadata = wanted["metadata"]
    return f"{wanted['kind']} {metadata['name']}" + (
        f" in namespace {metadata['namespace']}" if "namespace" in metadata else ""
    )
