"""A recording Pulumi engine that a plugin connects to: it registers what comes, and runs nothing."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportIncompatibleMethodOverride=false, reportUnknownVariableType=false
# grpc has no types, so those of Pulumi's protocol classes are partially unknown.
# ruff: noqa: N802 the methods' names are the protocol's

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, resource_pb2, resource_pb2_grpc

from components.dynamic.resource import PACKAGE
from tests.doubles.google.wire import merged, received, sent
from tools.review.offline.outputs import outputs


@dataclass(kw_only=True)
class EngineDouble:
    """A running double."""

    address: str
    resources: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Type and name of each registered resource."""
    parents: set[str] = field(default_factory=set[str])
    """URNs of the parents; an empty text for none."""
    fails: str = ""
    """Type whose registration fails."""
    plugin: Any = None
    """Client of the plugin that checks its custom resources before they are registered; None = no checks."""


@contextmanager
def running() -> Generator[EngineDouble]:
    """Run the double on a loopback port until the end of the block."""
    server = grpc.server(ThreadPoolExecutor(max_workers=64))
    double = EngineDouble(address=f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(_Monitor(double), server)
    engine_pb2_grpc.add_EngineServicer_to_server(_Engine(), server)
    server.start()
    try:
        yield double
    finally:
        server.stop(grace=None).wait()


class _Engine(engine_pb2_grpc.EngineServicer):
    def Log(self, *_: object) -> Empty:
        return Empty()


class _Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    def __init__(self, double: EngineDouble) -> None:
        self._double = double

    def GetDeploymentInfo(self, request: Empty, _: object) -> object:
        # Everything that this version of the SDK knows; the mocks themselves are not asked.
        return mocks.MockMonitor(cast("Any", None)).GetDeploymentInfo(request)

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        kind, name, parent = request.type, request.name, request.parent
        self._double.resources.append((kind, name))
        self._double.parents.add(parent)
        if kind == self._double.fails:
            context.abort(grpc.StatusCode.UNKNOWN, "the registration failed")
        if self._double.plugin is not None and request.custom and kind.startswith(f"{PACKAGE}:"):
            check = provider_pb2.CheckRequest(urn=f"urn:pulumi:test::project::{kind}::{name}", news=request.object)
            self._double.plugin.Check(check, timeout=30)
        inputs = received(request.object)
        state = merged(inputs, outputs(kind, name, inputs)) if request.custom else inputs
        if kind.startswith("kubernetes:"):
            state["metadata"] = {"name": name, "uid": "a-uid", "generation": 1, **state["metadata"]}
        for output in request.additionalSecretOutputs:
            state[output] = rpc.wrap_rpc_secret("a-secret")
        path = f"{parent.split('::')[2]}$" if parent else ""
        urn = f"urn:pulumi:test::project::{path}{kind}::{name}"
        return resource_pb2.RegisterResourceResponse(urn=urn, id=name if request.custom else "", object=sent(state))

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest, _: object) -> provider_pb2.InvokeResponse:
        assert request.tok == "pulumi:pulumi:readStackResourceOutputs"
        answer = provider_pb2.InvokeResponse()
        getattr(answer, "return").CopyFrom(sent({"outputs": {}}))
        return answer

    def RegisterResourceOutputs(self, *_: object) -> Empty:
        return Empty()

    def RegisterResourceHook(self, *_: object) -> Empty:
        return Empty()

    def RegisterErrorHook(self, *_: object) -> Empty:
        return Empty()
