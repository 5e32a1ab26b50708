"""The plugin, which serves Pulumi's provider protocol as the `gcp` provider."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
# grpc has no types, so those of Pulumi's protocol classes are partially unknown.
# pyright: reportIncompatibleMethodOverride=false
# gRPC passes the arguments by position, and so does `served`.
# ruff: noqa: N802 the methods' names are the protocol's

import asyncio
import functools
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from tests.doubles.google import backups, database_server, ids, rules, schema, sdk
from tests.doubles.google.cloud import Cloud, GoogleError
from tests.doubles.google.failure import Failure
from tests.doubles.google.invokes import invoke
from tests.doubles.google.outputs import Made, invented
from tests.doubles.google.refusals import RefusedOnDemandError, refuse_on_demand
from tests.doubles.google.replacements import Change, changes
from tests.doubles.google.wire import Properties, bare, merged, projected, received, sent, unknown, with_unknowns

Request = TypeVar("Request")
Response = TypeVar("Response")
_Context = grpc.aio.ServicerContext[Any, Any]

_PLACE = {
    "project": ("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"),
    "region": ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
    "zone": ("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"),
}
"""Environment variables of the real provider for unset configuration."""

_PROTECTED = {
    "gcp:container/cluster:Cluster": (
        "Cannot destroy cluster because deletion_protection is set to true. "
        "Set it to false to proceed with cluster deletion."
    ),
    "gcp:sql/databaseInstance:DatabaseInstance": (
        "Error, failed to delete instance because deletion_protection is set to true. "
        "Set it to false to proceed with instance deletion"
    ),
}
"""Types with deletion protection by default, and the error of a deletion."""

_UNDELETABLE = {"gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKey:CryptoKey"}
"""Types that Google never deletes: their names stay taken after a destroy."""


def served(
    method: Callable[["StandIn", Request], Response],
) -> Callable[["StandIn", Request, _Context], Awaitable[Response]]:
    """Wrap a method of the protocol: errors of Google become the status of the call, which the engine shows."""

    @functools.wraps(method)
    async def answer(self: "StandIn", request: Request, context: _Context) -> Response:
        try:
            return method(self, request)
        except RefusedOnDemandError as error:
            await asyncio.sleep(error.after)
            await context.abort(grpc.StatusCode.UNKNOWN, str(error), _half_made(error))
            raise
        except (GoogleError, ids.NoProjectError, sdk.UnknownTypeError) as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise

    return answer


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """The provider; the methods that it lacks are optional in the protocol."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._place = ids.Place()

    @served
    def GetPluginInfo(self, request: Empty) -> plugin_pb2.PluginInfo:
        """Return the version."""
        del request
        return plugin_pb2.PluginInfo(version=sdk.VERSION)

    @served
    def Attach(self, request: plugin_pb2.PluginAttach) -> Empty:
        """Accept an engine that uses a running provider."""
        del request
        return Empty()

    @served
    def Cancel(self, request: Empty) -> Empty:
        """Do nothing: no operation takes long."""
        del request
        return Empty()

    @served
    def CheckConfig(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        """Check the configuration of the provider itself."""
        found = schema.configuration_failures(received(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(found))

    @served
    def DiffConfig(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        """Compare configurations: no change replaces resources."""
        same = received(request.old_inputs) == received(request.news)
        kind = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind)

    @served
    def Configure(self, request: provider_pb2.ConfigureRequest) -> provider_pb2.ConfigureResponse:
        """Store the configuration."""
        given: Properties = bare(received(request.args))
        of_environment = {
            name: next((os.environ[variable] for variable in variables if variable in os.environ), None)
            for name, variables in _PLACE.items()
        }
        self._place = ids.Place(**{name: given.get(name) or value for name, value in of_environment.items()})
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @served
    def Invoke(self, request: provider_pb2.InvokeRequest) -> provider_pb2.InvokeResponse:
        """Call a function."""
        answer = invoke(request.tok, bare(received(request.args)), self._place)
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(sent(answer))  # a keyword of Python
        return response

    @served
    def Check(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        """Check the inputs of a resource, and add defaults as the real provider does."""
        inputs = _with_defaults(request)
        found = schema.failures(request.type, inputs)
        return provider_pb2.CheckResponse(inputs=sent(inputs), failures=_failures(found))

    @served
    def Diff(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        """Compare the inputs of a resource with the old ones."""
        olds, news = received(request.old_inputs), received(request.news)
        found = changes(request.type, olds, news)
        kind = provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE
        # A name set by the program is in use until the old resource is deleted; an auto-generated name is new.
        named = "name" not in news.get("__defaults", []) and news.get("name") == olds.get("name") is not None
        return provider_pb2.DiffResponse(
            changes=kind,
            diffs=sorted({change.path.partition(".")[0].partition("[")[0] for change in found}),
            replaces=[change.path for change in found if change.replaces],
            detailedDiff={change.path: _detailed(change) for change in found},
            hasDetailedDiff=True,
            deleteBeforeReplace=named,
        )

    @served
    def Create(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        """Create a resource, or preview its outputs."""
        inputs = received(request.properties)
        place = ids.located(request.type, bare(inputs), self._place)
        if request.preview:
            made = Made(token=request.type, id="", inputs=bare(inputs) | place)
            return provider_pb2.CreateResponse(properties=sent(_outputs(inputs, place | unknown(invented(made)))))
        if against := self._refusal(request.type, bare(inputs) | place):
            raise GoogleError(against)
        identity = ids.identity(request.type, {"name": request.name} | bare(inputs) | place)
        refuse_on_demand("create", urn=request.urn, token=request.type, identity=identity)
        made = Made(token=request.type, id=identity, inputs=bare(inputs) | place)
        outputs = _outputs(inputs, place | invented(made))
        self._cloud.create(request.type, identity, inputs, outputs)
        refuse_on_demand("create", urn=request.urn, token=request.type, identity=identity, outputs=outputs)
        database_server.follow(request.type, bare(inputs))
        return provider_pb2.CreateResponse(id=identity, properties=sent(outputs))

    @served
    def Read(self, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
        """Read the current state of a resource."""
        found = self._cloud.find(request.type, request.id)
        if found is None:
            return provider_pb2.ReadResponse()
        inputs = found["inputs"] | projected(found["outputs"], found["inputs"])
        return provider_pb2.ReadResponse(id=request.id, properties=sent(found["outputs"]), inputs=sent(inputs))

    @served
    def Update(self, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
        """Update a resource in place, or preview its outputs."""
        inputs = received(request.news)
        place = ids.located(request.type, bare(inputs), self._place)
        made = Made(token=request.type, id=request.id, inputs=bare(inputs) | place)
        outputs = with_unknowns(_outputs(inputs, place | invented(made)))
        if not request.preview:
            refuse_on_demand("update", urn=request.urn, token=request.type, identity=request.id)
            self._cloud.update(request.type, request.id, inputs, outputs)
            database_server.follow(request.type, bare(inputs))
        return provider_pb2.UpdateResponse(properties=sent(outputs))

    @served
    def Delete(self, request: provider_pb2.DeleteRequest) -> Empty:
        """Delete a resource."""
        outputs: Properties = bare(received(request.properties))
        if request.type in _PROTECTED and outputs.get("deletionProtection", True):
            raise GoogleError(_PROTECTED[request.type])
        if outputs.get("settings", {}).get("deletionProtectionEnabled"):
            message = (
                "googleapi: Error 400: The instance is protected. Please disable the deletion protection and try again."
            )
            raise GoogleError(message)
        if outputs.get("deletionPolicy") == "PREVENT":
            message = 'Cannot destroy the resource because deletion_policy is set to "PREVENT".'
            raise GoogleError(message)
        if request.type == rules.BACKUP_PLAN:
            raise GoogleError(backups.NOT_EMPTY)
        refuse_on_demand("delete", urn=request.urn, token=request.type, identity=request.id)
        if outputs.get("deletionPolicy") != "ABANDON" and request.type not in _UNDELETABLE:
            self._cloud.delete(request.type, request.id)
        return Empty()

    def _refusal(self, token: str, inputs: Properties) -> str | None:
        if token == rules.FORWARDING_RULE:
            return rules.address_refusal(inputs, self._cloud.inputs_of(token))
        cluster = self._cloud.find(rules.CLUSTER, str(inputs.get("cluster"))) if token == rules.NODE_POOL else None
        if cluster is not None:
            return rules.zones_refusal(inputs, bare(cluster["outputs"]))
        return rules.refusal(token, inputs)


def _with_defaults(request: provider_pb2.CheckRequest) -> Properties:
    """Return the inputs with defaults and, as the bridge does, the list of these defaults."""
    olds, news = received(request.olds), received(request.news)
    known = sdk.inputs(sdk.arguments_class(request.type))
    defaults: Properties = {}
    if request.type in _PROTECTED and news.get("deletionProtection") is None:
        defaults["deletionProtection"] = True
    if news.get("name") is None and "name" in known and not known["name"].required:
        kept = olds.get("name") if "name" in olds.get("__defaults", []) else None
        defaults["name"] = kept or ids.auto_name(request.name, request.urn, request.randomSeed)
    return news | defaults | {"__defaults": sorted(defaults)}


def _outputs(inputs: Properties, beside: Mapping[str, object]) -> Properties:
    return merged({name: value for name, value in inputs.items() if not name.startswith("__")}, dict(beside))


def _half_made(error: RefusedOnDemandError) -> tuple[tuple[str, bytes], ...]:
    """Return the details with which the engine keeps a resource after a failed creation."""
    if error.outputs is None:
        return ()
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(
        provider_pb2.ErrorResourceInitFailed(id=error.identity, properties=sent(error.outputs), reasons=[str(error)])
    )
    return (("grpc-status-details-bin", status.SerializeToString()),)


def _failures(found: list[Failure]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=failure.path, reason=failure.reason) for failure in found]


def _detailed(change: Change) -> provider_pb2.PropertyDiff:
    kind = provider_pb2.PropertyDiff.Kind.Value(f"{change.kind}_REPLACE" if change.replaces else change.kind)
    return provider_pb2.PropertyDiff(kind=kind, inputDiff=True)


async def _serve() -> None:
    server = grpc.aio.server()
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(StandIn(Cloud.of_environment()), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(_serve())
