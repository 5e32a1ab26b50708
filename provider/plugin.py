"""The plugin: Pulumi's protocol for the component and its custom resources."""
# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportIncompatibleMethodOverride=false
# grpc has no types, and so those of Pulumi's protocol classes are in part unknown.
# ruff: noqa: N802 the methods' names are the protocol's

import asyncio
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import grpc
import grpc.aio
import pulumi
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.provider import ConstructResult, Provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from components.dynamic.resource import Resource
from provider.component import PackagedHub
from provider.inputs import settings_of
from provider.package import SCHEMA, TYPE, VERSION
from provider.resources import ResourceServicer
from settings import SettingsError

_OWN_PROVIDERS: Final = (
    "JupyterHub {}: has the provider of {} in its options or those of its parent, but makes its own from its inputs. "
    "Remove the option; kubernetes.context, or cluster on GKE, is the hub's cluster"
)
_SECOND: Final = "JupyterHub {}: is the second hub of this stack, but a stack has one. Create another stack for it"


class HubProvider(Provider):
    """The package's one component."""

    def construct(
        self, name: str, resource_type: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Create the component.

        Raises:
            pulumi.RunError: Its inputs are wrong, or the cluster is. The message has all mistakes.
        """
        if resource_type != TYPE:
            raise pulumi.RunError(f"The package has no component {resource_type}, only {TYPE}")
        try:
            settings = settings_of(name, inputs)
        except SettingsError as error:
            raise pulumi.RunError(str(error)) from None
        for warning in settings.warnings:
            pulumi.log.warn(warning)
        hub = PackagedHub(name, settings, options)
        return ConstructResult(hub.urn, {**hub.outputs})


class HubServicer(ResourceServicer):
    """The whole protocol."""

    def __init__(self, provider: Provider, engine_address: str) -> None:
        super().__init__(provider, [], engine_address)
        self._monitors: set[str] = set()

    async def Construct(
        self, request: provider_pb2.ConstructRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> provider_pb2.ConstructResponse:
        """Create a component. Errors have no traceback; that of a bug is in the output of `pulumi up --debug`."""
        if foreign := sorted({"kubernetes", "gcp"}.intersection(request.providers)):
            await context.abort(grpc.StatusCode.UNKNOWN, _OWN_PROVIDERS.format(request.name, " and ".join(foreign)))
        if request.monitorEndpoint in self._monitors:
            await context.abort(grpc.StatusCode.UNKNOWN, _SECOND.format(request.name))
        self._monitors.add(request.monitorEndpoint)
        try:
            return await self._construct(request, context)
        except Exception as error:
            # The SDK's error of a failed resource has no type of its own. Any other is a bug.
            if type(error) not in {pulumi.RunError, Exception}:
                pulumi.log.debug(traceback.format_exc())
                await context.abort(grpc.StatusCode.UNKNOWN, repr(error))
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise

    # The SDK's own form makes a whole group secret if a part of it is.
    async def _construct_inputs(self, inputs: Struct, _: object) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleMethodOverride] -- static in the SDK
        return json_format.MessageToDict(inputs)


def main(arguments: Sequence[str]) -> None:
    """Serve the engine until it ends the process.

    Args:
        arguments: Options for logs, and last the engine's address.
    """
    Resource.in_plugin = True
    provider = HubProvider(VERSION, SCHEMA.read_text(encoding="utf-8"))
    with suppress(KeyboardInterrupt):  # Ctrl-C in the terminal reaches plugins, too
        asyncio.run(_serve(HubServicer(provider, arguments[-1])))


async def _serve(servicer: HubServicer) -> None:
    # The engine's messages may be larger than the default limit of 4 MiB.
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", 400 * 1024 * 1024)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()
