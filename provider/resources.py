"""The custom resources of the plugin: those of components/dynamic, run as Pulumi runs dynamic ones."""
# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportIncompatibleMethodOverride=false
# grpc has no types, and so those of Pulumi's protocol classes are in part unknown.
# ruff: noqa: N802 the methods' names are the protocol's

import asyncio
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar, cast

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi import dynamic
from pulumi.provider.server import ProviderServicer
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from components.dynamic.certificate_check import CertificateCheck
from components.dynamic.cluster_identity import ClusterIdentity
from components.dynamic.connection_check import ConnectionCheck
from components.dynamic.definitions_check import DefinitionsCheck
from components.dynamic.ingress_check import IngressCheck
from components.dynamic.issuer_check import IssuerCheck
from components.dynamic.resource import PACKAGE
from components.dynamic.rollout import Rollout
from components.dynamic.route_check import RouteCheck
from components.dynamic.token import Token

PROVIDERS: Final[Mapping[str, dynamic.ResourceProvider]] = {
    f"{PACKAGE}:index:{kind.__name__}": kind.provider()
    for kind in (
        CertificateCheck,
        ClusterIdentity,
        ConnectionCheck,
        DefinitionsCheck,
        IngressCheck,
        IssuerCheck,
        Rollout,
        RouteCheck,
        Token,
    )
}
"""The providers by the types of their resources."""

_THREADS: Final = ThreadPoolExecutor(max_workers=32)
"""Threads of the providers. Those of asyncio may all wait for the engine, which waits for a provider."""
_Result = TypeVar("_Result")
_Context = grpc.aio.ServicerContext[Any, Any]


class ResourceServicer(ProviderServicer):
    """Pulumi's protocol for custom resources. Outputs are as secret as the inputs of the same name."""

    async def Configure(self, *_: object) -> provider_pb2.ConfigureResponse:
        """Say what the plugin understands: secrets, which components need, but not outputs with their dependencies."""
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptResources=True)

    async def Check(self, request: provider_pb2.CheckRequest, context: _Context) -> provider_pb2.CheckResponse:
        """Check the inputs of a resource."""
        olds, news = _received(request.olds, unknowns=True), _received(request.news, unknowns=True)
        result = await _run(context, _provider(request.urn).check, olds.values, news.values)
        return provider_pb2.CheckResponse(
            inputs=await _sent(result.inputs, news.secret),
            failures=[provider_pb2.CheckFailure(property=one.property, reason=one.reason) for one in result.failures],
        )

    async def Diff(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        """Compare a resource with its new inputs."""
        olds, news = _received(request.olds, unknowns=True), _received(request.news, unknowns=True)
        result = await _run(context, _provider(request.urn).diff, request.id, olds.values, news.values)
        kinds = provider_pb2.DiffResponse
        changes = {None: kinds.DIFF_UNKNOWN, True: kinds.DIFF_SOME, False: kinds.DIFF_NONE}
        return provider_pb2.DiffResponse(changes=changes[result.changes])

    async def Create(self, request: provider_pb2.CreateRequest, context: _Context) -> provider_pb2.CreateResponse:
        """Create a resource."""
        news = _received(request.properties)
        result = await _run(context, _provider(request.urn).create, news.values)
        return provider_pb2.CreateResponse(id=result.id, properties=await _sent(result.outs, news.secret))

    async def Update(self, request: provider_pb2.UpdateRequest, context: _Context) -> provider_pb2.UpdateResponse:
        """Update a resource."""
        olds, news = _received(request.olds), _received(request.news)
        result = await _run(context, _provider(request.urn).update, request.id, olds.values, news.values)
        return provider_pb2.UpdateResponse(properties=await _sent(result.outs, news.secret))

    async def Read(self, request: provider_pb2.ReadRequest, context: _Context) -> provider_pb2.ReadResponse:
        """Read a resource, in `pulumi refresh`."""
        properties = _received(request.properties)
        result = await _run(context, _provider(request.urn).read, request.id, properties.values)
        return provider_pb2.ReadResponse(
            id=result.id or "", properties=await _sent(result.outs, properties.secret), inputs=request.inputs
        )

    async def Delete(self, request: provider_pb2.DeleteRequest, context: _Context) -> Empty:
        """Delete a resource."""
        properties = _received(request.properties)
        await _run(context, _provider(request.urn).delete, request.id, properties.values)
        return Empty()


def _provider(urn: str) -> dynamic.ResourceProvider:
    """Return the provider of a resource: `urn:pulumi:stack::project::parent$type::name`."""
    return PROVIDERS[urn.split("::")[2].rpartition("$")[2]]


async def _run(context: _Context, method: Callable[..., _Result], *arguments: object) -> _Result:
    """Return the result of a provider, which may take minutes; its error is what the engine shows."""
    try:
        return await asyncio.get_running_loop().run_in_executor(_THREADS, partial(method, *arguments))
    except Exception as error:
        await context.abort(grpc.StatusCode.UNKNOWN, str(error))
        raise


class _Properties(NamedTuple):
    values: dict[str, Any]
    secret: AbstractSet[str]
    """The names of those that are secret, or have a secret part."""


def _received(struct: Struct, *, unknowns: bool = False) -> _Properties:
    properties = cast("dict[str, Any]", rpc.deserialize_properties(struct, keep_unknowns=unknowns))
    secret = {name for name, value in properties.items() if rpc.is_rpc_secret(value)}
    return _Properties({name: rpc.unwrap_rpc_secret(value) for name, value in properties.items()}, secret)


async def _sent(properties: Mapping[str, Any] | None, secret: AbstractSet[str]) -> Struct:
    marked = {
        name: rpc.wrap_rpc_secret(value) if name in secret else value for name, value in (properties or {}).items()
    }
    return await rpc.serialize_properties(marked, {})
