"""The component of the package: the resources of the program, below it, without dynamic ones."""

import socket
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from pydantic.alias_generators import to_camel

import settings
from components.dynamic.resource import Resource
from provider.component import PackagedHub
from provider.package import TYPE
from provider.resources import PROVIDERS
from settings.reading.keys import SECRETS
from tests.doubles.monitor import Record, record
from tests.kubeconfigs import write
from tests.stacks import CLOUD_SQL, GATEWAY, GKE, OIDC, VALUES, record_gke, record_values
from tools.schema.package import OUTPUTS


@pytest.fixture(autouse=True)
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """A kubeconfig whose current context is a reachable cluster."""
    with socket.create_server(("127.0.0.1", 0)) as up:
        servers = {"up": f"https://127.0.0.1:{up.getsockname()[1]}"}
        monkeypatch.setenv("KUBECONFIG", str(write(tmp_path / "kubeconfig", servers, current="up")))
        yield


def _packaged(values: Mapping[str, object]) -> Record:
    # Only here: the registrations of the program, which others share, are those of another process.
    with mock.patch.object(Resource, "in_plugin", new=True):
        return record(lambda: PackagedHub("hub", settings.parse(values, encrypted=SECRETS)))


@pytest.mark.parametrize("values", [VALUES, {**GKE, **GATEWAY}], ids=["kubernetes", "gke"])
def test_every_resource_is_below_the_component(values: Mapping[str, object]) -> None:
    made = _packaged(values)
    parents = {resource.urn: resource.parent for resource in made.resources}
    outside = [one.urn for one in made.resources if one.type != TYPE and one.parent not in parents]
    assert outside == []


@pytest.mark.parametrize("values", [VALUES, {**GKE, **GATEWAY}], ids=["kubernetes", "gke"])
def test_the_resources_are_those_of_the_program(values: Mapping[str, object]) -> None:
    def bare(kind: str) -> str:
        return kind.replace("pulumi-python:dynamic/jupyterhub:", "jupyterhub:index:")

    made = {(resource.type, resource.name) for resource in _packaged(values).resources}
    of_program = record_gke(GATEWAY) if "gcp.project" in values else record_values(VALUES)
    assert {(bare(resource.type), resource.name) for resource in of_program.resources} <= made


def test_dynamic_resources_are_resources_of_the_plugin() -> None:
    made = {resource.type for resource in _packaged(VALUES).resources if resource.custom}
    own = {kind for kind in made if not kind.startswith(("kubernetes:", "pulumi:providers:"))}
    assert {f"jupyterhub:index:{name}" for name in ("ClusterIdentity", "Rollout", "Token")} <= own
    assert own <= PROVIDERS.keys()


def test_the_plugin_serves_every_dynamic_resource() -> None:
    kinds = [kind for kind in Resource.__subclasses__() if kind.__module__.startswith("components.")]
    assert {f"jupyterhub:index:{kind.__name__}" for kind in kinds} == PROVIDERS.keys()


def test_no_resource_of_the_plugin_has_a_pickle() -> None:
    assert [one.urn for one in _packaged(VALUES).resources if "__provider" in one.inputs] == []


def test_the_outputs_are_the_exports_of_the_program_in_camel_case() -> None:
    made = _packaged(VALUES)
    exports = _outputs(made, "JupyterHub::tf-hub")
    assert _outputs(made, f"{TYPE}::hub") == {to_camel(name): value for name, value in exports.items()}


@pytest.mark.parametrize(
    "values",
    [
        {**VALUES, "hub.services": [{"name": "grades", "scopes": ["list:users"]}]},
        {**VALUES, **OIDC, "oidc.logoutAtProvider": True},
        {**GKE, **GATEWAY, **CLOUD_SQL},
    ],
    ids=["services", "oidc", "cloud-sql"],
)
def test_the_schema_has_every_output(values: Mapping[str, object]) -> None:
    outputs = _outputs(record_values(values), "JupyterHub::tf-hub")
    assert outputs.keys() <= OUTPUTS.keys()
    secret = {name for name, value in outputs.items() if "[secret]" in str(value)}
    assert secret <= {name for name, output in OUTPUTS.items() if output.get("secret")}


def _outputs(made: Record, urn: str) -> dict[str, Any]:
    (outputs,) = [outputs for of, outputs in made.outputs.items() if of.endswith(urn)]
    return outputs
