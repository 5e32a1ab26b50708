"""The process in which Pulumi runs dynamic providers: their inputs arrive as from the engine."""

import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi import dynamic
from pulumi.dynamic import dynamic as pulumi_dynamic
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tools.paths import CHECKOUT

Check = Callable[
    [dynamic.ResourceProvider, Mapping[str, object], Mapping[str, object]], tuple[list[str], dict[str, Any]]
]
"""Sends inputs of the state and of the program to the `check` of a provider; returns the reasons of its failures, and
the inputs. Unknown inputs are `pulumi.runtime.rpc.UNKNOWN`."""
_PROVIDER_KEY = "__provider"


@contextmanager
def running() -> Generator[Check]:
    """Start the process, and stop it at the end."""
    command = [sys.executable, "-m", "pulumi.dynamic"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)

                def check(
                    provider: dynamic.ResourceProvider, olds: Mapping[str, object], news: Mapping[str, object]
                ) -> tuple[list[str], dict[str, Any]]:
                    pickled = {_PROVIDER_KEY: _pickle(provider)}
                    request: Any = provider_pb2.CheckRequest(olds=_struct({**olds}), news=_struct({**news, **pickled}))
                    answer = stub.Check(request)
                    inputs = MessageToDict(answer.inputs)
                    del inputs[_PROVIDER_KEY]
                    return [failure.reason for failure in answer.failures], inputs

                yield check
        finally:
            process.kill()


def _pickle(provider: dynamic.ResourceProvider) -> str:
    untyped: Any = pulumi_dynamic
    return untyped.serialize_provider(provider)


def _struct(values: dict[str, Any]) -> Struct:
    struct = Struct()
    struct.update(values)
    return struct
