"""The plugin as the engine runs it: a process that speaks Pulumi's protocol."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# grpc has no types, so those of Pulumi's protocol classes are partially unknown.

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from provider.package import SCHEMA, TYPE, VERSION
from tests.doubles.google.wire import sent
from tests.plugin_process import running_plugin

_URN = "urn:pulumi:test::project::jupyterhub:index:JupyterHub$jupyterhub:index:{}::name"
_SECRET = rpc.wrap_rpc_secret


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    """A client of the running plugin."""
    with running_plugin(tmp_path_factory.mktemp("project")) as client:
        yield client


def test_it_has_the_schema_and_the_version_of_the_package(plugin: Any) -> None:  # noqa: ANN401 grpc has no types
    assert plugin.GetSchema(provider_pb2.GetSchemaRequest()).schema == SCHEMA.read_text(encoding="utf-8")
    assert plugin.GetPluginInfo(Empty()).version == VERSION


def test_a_token_is_created_kept_and_renewed(plugin: Any) -> None:  # noqa: ANN401 see above
    urn, inputs = _URN.format("Token"), {"generation": 1, "keep_previous": True}
    checked = plugin.Check(provider_pb2.CheckRequest(urn=urn, news=sent(inputs)))
    assert MessageToDict(checked.inputs) == inputs
    made = plugin.Create(provider_pb2.CreateRequest(urn=urn, properties=checked.inputs))
    first = MessageToDict(made.properties)["value"]
    assert len(bytes.fromhex(first)) == 32
    # As in the state, where the engine has marked it as secret.
    state = sent({**inputs, "value": _SECRET(first)})
    kinds = provider_pb2.DiffResponse
    for generation, changes in ((1, kinds.DIFF_NONE), (2, kinds.DIFF_SOME)):
        news = sent({**inputs, "generation": generation})
        diff = plugin.Diff(provider_pb2.DiffRequest(id=made.id, urn=urn, olds=state, news=news))
        assert diff.changes == changes
    news = sent({**inputs, "generation": 2})
    renewed = plugin.Update(provider_pb2.UpdateRequest(id=made.id, urn=urn, olds=state, news=news))
    second, _, kept = MessageToDict(renewed.properties)["value"].partition(";")
    assert second != first
    assert kept == first


def test_what_was_secret_stays_secret(plugin: Any) -> None:  # noqa: ANN401 see above
    urn, inputs = _URN.format("Token"), {"generation": 1, "note": _SECRET({"a": "marker"})}
    checked = plugin.Check(provider_pb2.CheckRequest(urn=urn, news=sent(inputs)))
    assert MessageToDict(checked.inputs) == inputs
    made = plugin.Create(provider_pb2.CreateRequest(urn=urn, properties=sent(inputs)))
    assert MessageToDict(made.properties)["note"] == inputs["note"]
    state = sent({**inputs, "value": _SECRET("token")})
    read = plugin.Read(provider_pb2.ReadRequest(id="id", urn=urn, properties=state, inputs=sent(inputs)))
    assert (MessageToDict(read.properties), MessageToDict(read.inputs)) == (MessageToDict(state), inputs)


def test_an_unknown_input_is_left_alone_by_the_check(plugin: Any) -> None:  # noqa: ANN401 see above
    inputs = {"context": "none", "namespace": rpc.UNKNOWN, "secret": "tls", "hostname": "hub.example.org"}
    request = provider_pb2.CheckRequest(urn=_URN.format("CertificateCheck"), news=sent(inputs))
    answer = plugin.Check(request)
    assert (MessageToDict(answer.inputs), list(answer.failures)) == (inputs, [])


def test_the_error_of_a_resource_has_its_reason_only(plugin: Any, tmp_path: Path) -> None:  # noqa: ANN401 see above
    inputs = {"uid": "known", "kubeconfig": f'{{"clusters": "{tmp_path}"}}'}
    request = provider_pb2.DeleteRequest(id="id", urn=_URN.format("ClusterIdentity"), properties=sent(inputs))
    with pytest.raises(grpc.RpcError) as caught:
        plugin.Delete(request)
    assert "It is not certain that this is the cluster of the stack" in _details(caught.value)
    assert "Traceback" not in _details(caught.value)


def _construct(plugin: Any, inputs: Mapping[str, Any], **options: Any) -> str:  # noqa: ANN401 see above
    """Return the error of a component."""
    request = provider_pb2.ConstructRequest(
        type=TYPE,
        name="hub",
        project="project",
        stack="test",
        inputs=sent({**inputs}),
        **options,
    )
    with pytest.raises(grpc.RpcError) as caught:
        plugin.Construct(request)
    return _details(caught.value)


_MARKER = "a-marker of a secret"


def test_all_mistakes_of_a_component_are_in_one_error(plugin: Any) -> None:  # noqa: ANN401 see above
    inputs = {
        "auth": {"type": "github"},
        "github": {"clientSecret": _SECRET(f" {_MARKER}")},
        "notebook": {"cpu": {"max": "8x"}, "typo": True},
    }
    error = _construct(plugin, inputs)
    for key in ("github.clientSecret", "notebook.cpu.max", "notebook.typo"):
        assert f"\n  * {key}: " in error
    assert "Traceback" not in error
    assert "File " not in error
    assert _MARKER not in error


def test_the_provider_of_another_cluster_is_refused(plugin: Any) -> None:  # noqa: ANN401 see above
    reference = "urn:pulumi:test::project::pulumi:providers:kubernetes::mine::id"
    error = _construct(plugin, {}, providers={"kubernetes": reference})
    assert error.startswith("JupyterHub hub: has the provider of kubernetes")
    assert "kubernetes.context" in error


def test_a_second_hub_is_refused(plugin: Any) -> None:  # noqa: ANN401 see above
    _construct(plugin, {})
    assert _construct(plugin, {}).startswith("JupyterHub hub: is the second hub of this stack")


def _details(error: Any) -> str:  # noqa: ANN401 see above
    return str(error.details())
