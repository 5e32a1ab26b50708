"""A recording Pulumi monitor for unit tests: it creates nothing, and returns outputs as the providers do."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# Pulumi's mocks have no types for requests and states.

import asyncio
import gc
import hashlib
import json
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, cast
from unittest import mock

import pulumi
from google.protobuf.empty_pb2 import Empty
from pulumi.output import Unknown
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2, source_pb2
from pulumi.runtime.settings import SETTINGS, configure
from pulumi.runtime.stack import run_in_stack

from tests.doubles.google.wire import merged, unknown
from tools.review.offline import outputs
from tools.review.offline.outputs import ADDRESS

SECRET = "value of secret output"  # noqa: S105 a marker that tests search for
"""Prefix of the made-up values of secret outputs."""

CLUSTER_UID = "00000000-1111-2222-3333-444444444444"
"""UID of the namespace `kube-system`, which is not asked for."""

UNKNOWN = "[unknown]"
"""Placeholder of unknown values in a preview."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A registered resource."""

    urn: str
    type: str
    name: str
    parent: str
    """URN of the parent; empty for none."""
    provider: str
    """Reference of the explicit provider; empty for none."""
    custom: bool
    """Whether it is a resource of a provider, not a component."""
    protect: bool
    retain_on_delete: bool
    delete_before_replace: bool
    ignore_changes: frozenset[str]
    """Inputs whose changes are ignored."""
    error_hooks: frozenset[str]
    """Names of the hooks that are called when an operation fails."""
    dependencies: frozenset[str]
    """URNs of the resources that it depends on."""
    property_dependencies: Mapping[str, frozenset[str]]
    """By input, the URNs of the resources whose outputs it contains."""
    inputs: dict[str, Any]
    """The inputs, with secrets in plain text."""
    public: dict[str, Any]
    """The inputs with secrets replaced, as Pulumi displays them and stores them without encryption."""
    answer: dict[str, Any]
    """The outputs."""

    @property
    def kind(self) -> str:
        """Last part of the type: `ConfigMap` or `JupyterHub`."""
        return self.type.rpartition(":")[2]


@dataclass
class Record:
    """The registrations of a program."""

    resources: list[Registration] = field(default_factory=list[Registration])
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """Outputs of components, by URN, with secrets replaced."""

    @property
    def kubernetes(self) -> list[Registration]:
        """The Kubernetes objects."""
        return [resource for resource in self.resources if resource.type.startswith("kubernetes:")]

    @property
    def components(self) -> list[Registration]:
        """The components."""
        return [resource for resource in self.resources if not resource.custom]

    @property
    def exports(self) -> dict[str, Any]:
        """The exports of the program."""
        return next(outputs for urn, outputs in self.outputs.items() if "pulumi:pulumi:Stack::" in urn)

    def of(self, kind: str) -> list[Registration]:
        """Return the resources of a kind: `Secret`, `Token`, ..."""
        return [resource for resource in self.resources if resource.kind == kind]

    def one(self, kind: str, name: str | None = None) -> Registration:
        """Return the only resource of a kind, or the only one whose Kubernetes name is `name`."""
        found = [
            resource
            for resource in self.of(kind)
            if name is None or resource.inputs.get("metadata", {}).get("name") == name
        ]
        assert len(found) == 1, f"{len(found)} resources of kind {kind} and name {name}"
        return found[0]


class _Monitor(mocks.MockMonitor):
    def __init__(self, *, preview: bool, answers: Mapping[str, dict[str, Any]]) -> None:
        super().__init__(_Cluster(self, preview=preview, answers=answers))
        self.record = Record()
        self.secret_outputs: dict[tuple[str, str], list[str]] = {}

    def RegisterResource(  # noqa: N802 the name is Pulumi's
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        self.secret_outputs[request.type, request.name] = list(request.additionalSecretOutputs)
        response = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            inputs = cast("dict[str, Any]", rpc.deserialize_properties(request.object, keep_unknowns=True))
            self.record.resources.append(
                Registration(
                    urn=response.urn,
                    type=request.type,
                    name=request.name,
                    parent=request.parent,
                    provider=request.provider,
                    custom=request.custom,
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete,
                    delete_before_replace=request.deleteBeforeReplace,
                    ignore_changes=frozenset(request.ignoreChanges),
                    error_hooks=frozenset(request.hooks.on_error),
                    dependencies=frozenset(request.dependencies),
                    property_dependencies={
                        name: frozenset(found.urns) for name, found in request.propertyDependencies.items()
                    },
                    inputs=_unwrap(inputs),
                    public=_unwrap(inputs, "[secret]"),
                    answer=self.resources[response.urn].state,
                )
            )
        return response

    def RegisterResourceOutputs(  # noqa: N802 the name is Pulumi's
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> Empty:
        outputs = cast("dict[str, Any]", rpc.deserialize_properties(request.outputs, keep_unknowns=True))
        self.record.outputs[request.urn] = _unwrap(outputs, "[secret]")
        return Empty()


class _Cluster(mocks.Mocks):
    """Outputs of resources and functions, as the providers return them."""

    def __init__(self, monitor: _Monitor, *, preview: bool, answers: Mapping[str, dict[str, Any]]) -> None:
        self._monitor = monitor
        self._preview = preview
        self._answers = answers

    def call(self, args: mocks.MockCallArgs) -> Any:  # noqa: ANN401 so in the base class
        if args.token.endswith(":readStackResourceOutputs"):
            return {"outputs": {}}  # the stack is new
        answer = outputs.answer(args.token, args.args)
        assert answer is not None, f"the program called {args.token}"
        return {**answer, **self._answers.get(args.token, {})}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        state = cast("dict[str, Any]", _unwrap(args.inputs))
        made = {} if self._preview else outputs.outputs(args.typ, args.name, state)
        if args.typ.startswith("kubernetes:"):
            name = f"{args.name}-{_digest(args.inputs)[:8]}"
            state["metadata"] = {"name": name, **made.get("metadata", {}), **state["metadata"]}
            if state.get("spec", {}).get("type") == "LoadBalancer" and not self._preview:
                state["status"] = {"loadBalancer": {"ingress": [{"ip": ADDRESS}]}}
        else:
            state = merged(state, unknown(outputs.outputs(args.typ, args.name, state)) if self._preview else made)
        if not self._preview:
            for output in self._monitor.secret_outputs[args.typ, args.name]:
                state[output] = pulumi.Output.secret(f"{SECRET} {args.name}.{output} {_digest(args.inputs)[:8]}")
        return "" if self._preview else args.name, state


class _Hooks:
    """Accepts hooks, which nothing calls. Pulumi's mocks have none."""

    def register_resource_hook(self, _: pulumi.ResourceHook) -> None:
        """Accept a hook."""

    def register_error_hook(self, _: pulumi.ErrorHook) -> None:
        """Accept a hook."""


def record(
    program: Callable[[], object], *, preview: bool = False, answers: Mapping[str, dict[str, Any]] | None = None
) -> Record:
    """Run a program, and return its registrations.

    Args:
        program: Creates resources; its result is ignored.
        preview: Whether it is a preview of a new stack: ids and outputs are unknown.
        answers: By function token, properties that differ from the default result.
    """

    def run() -> Record:
        monitor = _Monitor(preview=preview, answers=answers or {})
        settings = mocks.MockSettings(
            monitor=monitor,
            monitor_features=set(monitor.GetDeploymentInfo(Empty()).supportedFeatures),
            engine=mocks.MockEngine(None),
            project="jupyterhub",
            stack="test",
            dry_run=preview,
            organization="organization",
        )
        cast("Any", settings).callbacks = _Hooks()  # Pulumi's type is that of the decorator
        configure(settings)

        async def main() -> None:
            program()
            await _outputs()

        # The SDKs are millions of objects, and each full collection looks at all that are not frozen.
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            # The SDK sends the call stack of each resource, which is a third of the time, as pytest's is long.
            with (
                mock.patch("pulumi.runtime.resource._get_stack_trace", source_pb2.StackTrace),
                mock.patch("components.cluster.target.read_uid", return_value=CLUSTER_UID),
            ):
                asyncio.run(run_in_stack(main))
        finally:
            gc.enable()
        return monitor.record

    # In a new context: Pulumi's settings and root resource are context variables.
    return copy_context().run(run)


async def _outputs() -> None:
    """Wait for all outputs at once: Pulumi's own wait takes each of them, and looks at all others each time."""
    # Pulumi declares this attribute by a property that type checkers cannot follow.
    tracked = cast("set[asyncio.Task[object]]", cast("Any", SETTINGS).outputs)
    while pending := [output for output in tracked if not output.done()]:
        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
        if any(output.exception() for output in done):
            return


def _unwrap(value: Any, replacement: str | None = None) -> Any:  # noqa: ANN401 any JSON value
    """Return the value with secrets unwrapped, or replaced by `replacement`."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, list):
        return [_unwrap(item, replacement) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    items = cast("dict[str, Any]", value)
    if rpc.is_rpc_secret(items):
        return replacement or _unwrap(rpc.unwrap_rpc_secret(items))
    return {key: _unwrap(item, replacement) for key, item in items.items()}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
