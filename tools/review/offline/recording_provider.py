"""A provider without cluster, cloud and secrets: it takes everything, and makes nothing.

The engine runs the program as ever; in place of the plugins `kubernetes`, `gcp` and `pulumi-python` (the dynamic
resources) it talks to this one, which says of each resource that it is now as it was asked for. What the program reads
of it beyond that, as Kubernetes or Google fill it in, is in the table here, and the same each time.
"""
# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportIncompatibleMethodOverride=false
# grpc has no types, and so those of Pulumi's protocol classes are in part unknown.
# ruff: noqa: N802 the methods' names are the protocol's

import hashlib
import hmac
import json
import secrets
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

from tools.review.log.resources import SEALED
from tools.review.offline.outputs import answer, outputs

PROVIDERS: Final = ("kubernetes", "gcp", "pulumi-python")
"""The plugins that it stands for."""

_KEY: Final = secrets.token_bytes(32)
"""For digests of secrets, which nobody is to guess from these."""


@contextmanager
def serving() -> Generator[int]:
    """Serve on a port of loopback, which is given, until the end of the block."""
    server = grpc.server(ThreadPoolExecutor(max_workers=16))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Recorder(), server)
    port = int(server.add_insecure_port("127.0.0.1:0"))
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=None).wait()


class _Recorder(provider_pb2_grpc.ResourceProviderServicer):
    def GetPluginInfo(self, request: Empty, context: object) -> plugin_pb2.PluginInfo:
        del request, context
        return plugin_pb2.PluginInfo(version="999.0.0")  # as new as any program asks for

    def Attach(self, request: plugin_pb2.PluginAttach, context: object) -> Empty:
        del request, context
        return Empty()

    def Cancel(self, request: Empty, context: object) -> Empty:
        del request, context
        return Empty()

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        del context
        return provider_pb2.CheckResponse(inputs=request.news)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: object) -> provider_pb2.ConfigureResponse:
        del request, context
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        del context
        inputs = _received(request.news)
        if request.type.startswith("kubernetes:") and "name" not in (metadata := inputs.setdefault("metadata", {})):
            # As the real provider, but the same each time: another content is another name.
            digest = hashlib.sha256(request.news.SerializeToString(deterministic=True)).hexdigest()[:8]
            metadata["name"] = f"{request.name}-{digest}"
            metadata.setdefault("annotations", {})["pulumi.com/autonamed"] = "true"
        sealed = _sealed(inputs)
        if request.type == "kubernetes:core/v1:Secret":
            sealed |= {
                part: {key: _sealed(_as_secret(value)) for key, value in _open(inputs[part]).items()}
                for part in ("data", "stringData")
                if part in inputs
            }
        if sealed != inputs:
            inputs[SEALED] = sealed
        return provider_pb2.CheckResponse(inputs=_sent(inputs))

    def Create(self, request: provider_pb2.CreateRequest, context: object) -> provider_pb2.CreateResponse:
        del context
        inputs = _received(request.properties)
        inputs.pop(SEALED, None)
        state = _merged(inputs, outputs(request.type, request.name, inputs))
        if request.type.endswith(":Token"):
            # Another generation is another token, and so another Secret.
            state["value"] = _secret(f"{request.name} {inputs.get('generation')}")
        return provider_pb2.CreateResponse(id=request.name, properties=_sent(state))

    def Diff(self, request: provider_pb2.DiffRequest, context: object) -> provider_pb2.DiffResponse:
        del request, context
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Invoke(self, request: provider_pb2.InvokeRequest, context: object) -> provider_pb2.InvokeResponse:
        del context
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(
            _sent(answer(request.tok, _received(request.args)) or {})
        )  # a name that Python keeps for itself
        return response


def _received(struct: Struct) -> dict[str, Any]:
    return json_format.MessageToDict(struct)


def _sealed(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """The value, with every secret in it as a digest: the engine tells of a secret only that it is one."""
    if isinstance(value, list):
        return [_sealed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _is_secret(value):
        text = json.dumps(value["value"], sort_keys=True)
        return {SEALED: hmac.digest(_KEY, text.encode(), "sha256").hex()}
    return {key: _sealed(item) for key, item in value.items()}


def _open(value: dict[str, Any]) -> dict[str, Any]:
    """A map that may be secret as a whole. The keys of a Secret are none: pods and `kubectl describe` name them."""
    return value["value"] if _is_secret(value) else value


def _is_secret(value: Any) -> bool:  # noqa: ANN401 any JSON value
    return isinstance(value, dict) and value.get(rpc._special_sig_key) == rpc._special_secret_sig  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- as below


def _as_secret(value: Any) -> Any:  # noqa: ANN401 any JSON value
    return value if _is_secret(value) else _secret(value)


def _sent(properties: dict[str, Any]) -> Struct:
    return json_format.ParseDict(properties, Struct())


def _merged(properties: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    merged = {**more, **properties}
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(properties.get(key), dict):
            merged[key] = _merged(cast("dict[str, Any]", properties[key]), cast("dict[str, Any]", value))
    return merged


def _secret(text: str) -> dict[str, Any]:
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": text}  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- the protocol's marks have no other name
