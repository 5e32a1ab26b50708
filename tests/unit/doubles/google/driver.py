"""Calls of the provider protocol, as the engine makes them."""

import asyncio
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import provider_pb2 as proto

from tests.doubles.google.cloud import Cloud
from tests.doubles.google.provider import StandIn
from tests.doubles.google.wire import Properties, received, sent
from tests.kubeconfigs import write


def kubeconfig(folder: Path) -> Path:
    """Write a kubeconfig with two clusters. The current context has the second, and credentials in files."""
    client = folder / "client.pem"
    client.write_text("CERTIFICATE AND KEY")
    return write(
        folder / "kubeconfig",
        {"a": "https://192.0.2.1", "b": "https://127.0.0.1:16443"},
        current="b",
        cluster={"certificate-authority-data": "Q0E="},
        user={"client-certificate": str(client), "client-key": str(client)},
    )


class RefusedError(Exception):
    """A failed call, with its message."""


class _Context:
    async def abort(self, code: object, details: str, trailing_metadata: object = ()) -> None:
        del code, trailing_metadata
        raise RefusedError(details)


class Driver:
    """Calls the stand-in in the engine's order."""

    def __init__(self, file: Path) -> None:
        self._stand_in = StandIn(Cloud(file=file))
        self.call("Configure", proto.ConfigureRequest(args=sent({"project": "foo", "region": "europe-west1"})))

    def call(self, method: str, request: object) -> Any:  # noqa: ANN401 any answer
        """Make one call of the protocol and return the response."""
        return asyncio.run(getattr(self._stand_in, method)(request, _Context()))

    def check(self, token: str, inputs: Properties, olds: Properties | None = None, seed: bytes = b"") -> Properties:
        """Return the checked inputs with defaults."""
        urn = f"urn:pulumi:test::jupyterhub::{token}::hub"
        request = proto.CheckRequest(
            urn=urn, type=token, name="hub", news=sent(inputs), olds=sent(olds or {}), randomSeed=seed
        )
        answer = self.call("Check", request)
        assert not answer.failures
        return received(answer.inputs)

    def create(self, token: str, inputs: Properties, *, preview: bool = False) -> tuple[str, Properties]:
        """Create a resource and return its id and outputs."""
        properties = sent(self.check(token, inputs))
        answer = self.call(
            "Create", proto.CreateRequest(type=token, name="hub", properties=properties, preview=preview)
        )
        return answer.id, received(answer.properties)

    def read(self, token: str, identity: str) -> Any:  # noqa: ANN401 an answer
        """Read the resource with that id."""
        return self.call("Read", proto.ReadRequest(type=token, id=identity))

    def delete(self, token: str, identity: str, outputs: Properties) -> None:
        """Delete it."""
        self.call("Delete", proto.DeleteRequest(type=token, id=identity, properties=sent(outputs)))

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Return the result of a function."""
        answer = self.call("Invoke", proto.InvokeRequest(tok=token, args=sent(arguments)))
        return received(getattr(answer, "return"))
