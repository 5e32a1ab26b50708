"""A provider that accepts every resource and creates nothing: no cluster, cloud or secrets needed.

The engine uses it in place of the plugins `kubernetes`, `gcp` and `pulumi-python` (the dynamic resources). Outputs are
the inputs, and the made-up values of `outputs`.
"""
# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportIncompatibleMethodOverride=false
# grpc has no types, and so those of Pulumi's protocol classes are in part unknown.
# ruff: noqa: N802 the methods' names are the protocol's

import hashlib
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, cast

import grpc
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from tools.review.offline.outputs import answer, outputs

PROVIDERS: Final = ("kubernetes", "gcp", "pulumi-python")
"""The plugins that it replaces."""


@contextmanager
def serving() -> Generator[int]:
    """Serve on a loopback port, which is returned, until the end of the block."""
    server = grpc.server(ThreadPoolExecutor(max_workers=16))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Recorder(), server)
    port = int(server.add_insecure_port("127.0.0.1:0"))
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=None).wait()


class _Recorder(provider_pb2_grpc.ResourceProviderServicer):
    def GetPluginInfo(self, *_: object) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="999.0.0")  # newer than any version that a program requires

    def Attach(self, *_: object) -> Empty:
        return Empty()

    def Cancel(self, *_: object) -> Empty:
        return Empty()

    def CheckConfig(self, request: provider_pb2.CheckRequest, _: object) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Configure(self, *_: object) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request: provider_pb2.CheckRequest, _: object) -> provider_pb2.CheckResponse:
        inputs = _received(request.news)
        if request.type.startswith("kubernetes:") and "name" not in (metadata := inputs.setdefault("metadata", {})):
            # As the real provider, but deterministic: the name follows from the content.
            digest = hashlib.sha256(request.news.SerializeToString(deterministic=True)).hexdigest()[:8]
            metadata["name"] = f"{request.name}-{digest}"
            metadata.setdefault("annotations", {})["pulumi.com/autonamed"] = "true"
        return provider_pb2.CheckResponse(inputs=_sent(inputs))

    def Create(self, request: provider_pb2.CreateRequest, _: object) -> provider_pb2.CreateResponse:
        inputs = _received(request.properties)
        state = _merged(inputs, outputs(request.type, request.name, inputs))
        if request.type.endswith(":Token"):
            # A new generation is a new token, and so a new Secret.
            state["value"] = _secret(f"{request.name} {inputs.get('generation')}")
        return provider_pb2.CreateResponse(id=request.name, properties=_sent(state))

    def Diff(self, *_: object) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Invoke(self, request: provider_pb2.InvokeRequest, _: object) -> provider_pb2.InvokeResponse:
        returned = _sent(answer(request.tok, _received(request.args)) or {})
        return cast("Any", provider_pb2.InvokeResponse)(**{"return": returned})  # a keyword of Python


def _received(struct: Struct) -> dict[str, Any]:
    return json_format.MessageToDict(struct)


def _sent(properties: dict[str, Any]) -> Struct:
    return json_format.ParseDict(properties, Struct())


def _merged(properties: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    merged = {**more, **properties}
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(properties.get(key), dict):
            merged[key] = _merged(cast("dict[str, Any]", properties[key]), cast("dict[str, Any]", value))
    return merged


def _secret(text: str) -> dict[str, Any]:
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": text}  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- the markers of the protocol have no public name
