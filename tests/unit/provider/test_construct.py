"""The component over Pulumi's protocol: the plugin as a process, and an engine that only records."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# grpc has no types, so those of Pulumi's protocol classes are partially unknown.

import socket
from collections.abc import Generator, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from provider.package import TYPE
from tests.doubles import engine
from tests.doubles.engine import EngineDouble
from tests.doubles.google.wire import sent
from tests.kubeconfigs import write
from tests.plugin_process import running_plugin
from tests.stacks import record_values

_MARKER = "a-marker-of-a-secret"
_INPUTS: Mapping[str, Any] = {
    "auth": {"type": "dummy"},
    "endpoint": {"address": "127.100.0.10"},
    "images": {"repository": "registry.example.org/hub"},
    "hub": {"services": [{"name": "grades", "scopes": ["list:users"]}]},
    "notebook": {"secretEnvironment": {"TOKEN": rpc.wrap_rpc_secret(_MARKER)}},
}
_VALUES = {f"{group}.{key}": value for group, parts in _INPUTS.items() for key, value in parts.items()}


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Generator[Path]:
    """A kubeconfig whose API server takes connections, and closes each of them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_close_each, args=[server], daemon=True).start()
        servers = {"closing": f"https://127.0.0.1:{server.getsockname()[1]}"}
        yield write(tmp_path / "kubeconfig", servers, current="closing")


def _close_each(server: socket.socket) -> None:
    while True:
        try:
            server.accept()[0].close()
        except OSError:  # the test has ended
            return


def _construct(double: EngineDouble, kubeconfig: Path, inputs: Mapping[str, Any] = _INPUTS) -> Any:  # noqa: ANN401 grpc has no types
    request = provider_pb2.ConstructRequest(
        type=TYPE,
        name="hub",
        organization="organization",
        project="project",
        stack="test",
        monitorEndpoint=double.address,
        inputs=sent({**inputs}),
        dryRun=True,
    )
    with running_plugin(kubeconfig.parent, double.address, {"KUBECONFIG": str(kubeconfig)}) as plugin:
        double.plugin = plugin
        return plugin.Construct(request)


def test_the_plugin_registers_the_whole_hub_below_the_component(kubeconfig: Path) -> None:
    with engine.running() as double:
        made = _construct(double, kubeconfig)
    assert made.urn == f"urn:pulumi:test::project::{TYPE}::hub"
    values = {**_VALUES, "notebook.secretEnvironment": {"TOKEN": _MARKER}}
    of_program = record_values(values).resources
    expected = {
        (one.type.replace("pulumi-python:dynamic/jupyterhub:", "jupyterhub:index:"), one.name) for one in of_program
    }
    assert expected <= set(double.resources)
    assert [parent for parent in double.parents if not parent.startswith(f"urn:pulumi:test::project::{TYPE}")] == [""]
    assert [kind for kind, _ in double.resources if kind.startswith("pulumi-python:")] == []


def test_many_resources_of_the_plugin_are_checked_while_the_component_waits_for_them(kubeconfig: Path) -> None:
    services = [{"name": f"service-{number}", "scopes": ["list:users"]} for number in range(20)]
    with engine.running() as double:
        _construct(double, kubeconfig, {**_INPUTS, "hub": {"services": services}})
    kinds = [kind for kind, _ in double.resources]
    assert kinds.count("jupyterhub:index:Token") >= len(services)


def test_the_outputs_are_complete_and_the_tokens_of_services_secret(kubeconfig: Path) -> None:
    with engine.running() as double:
        state = MessageToDict(_construct(double, kubeconfig).state)
    assert state["hubUrl"] == "http://127.100.0.10"
    assert state["namespace"] == "jupyterhub"
    assert rpc.is_rpc_secret(state["serviceTokens"])
    assert rpc.unwrap_rpc_secret(state["serviceTokens"]) == {"grades": "a-secret"}
    assert _MARKER not in str(state)


def test_a_failed_resource_fails_the_component_without_a_traceback(kubeconfig: Path) -> None:
    with engine.running() as double:
        double.fails = "kubernetes:core/v1:Namespace"
        with pytest.raises(grpc.RpcError) as caught:
            _construct(double, kubeconfig)
    error: Any = caught.value
    assert error.details() == "the registration failed"
