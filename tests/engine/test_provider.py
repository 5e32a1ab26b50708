"""A program in YAML with the component package, run by the real engine, with the stand-in for Google Cloud."""

from collections.abc import Generator, Mapping
from typing import Any

import pytest

from provider.package import TYPE
from tests.doubles.google import refusals
from tests.doubles.google.plugin import engine_with_stand_in, kept_running
from tests.package_programs import Program, new_program
from tools.engine import Engine

pytestmark = pytest.mark.scenario

_SECRET = "a-marker-of-the-client-secret"  # noqa: S105 tests search for it
_INPUTS: Mapping[str, Any] = {
    "protect": False,
    "gcp": {"project": "my-project-123"},
    "cluster": {"mode": "create", "location": "europe-west1"},
    "images": {"repository": "europe-west1-docker.pkg.dev/my-project-123/jupyterhub"},
    "endpoint": {"type": "gateway", "hostname": "hub.example.org"},
    "auth": {"type": "github"},
    "github": {"clientId": "id", "clientSecret": "${clientSecret}", "organizations": ["physics"]},
}
_NO_CLUSTER = ("--exclude", "**$kubernetes:**", "--exclude-dependents")
"""Options that exclude Kubernetes objects and their dependents."""


@pytest.fixture(scope="module")
def program(built_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[Program]:
    """A program with a hub on a GKE cluster that it creates."""
    folder = tmp_path_factory.mktemp("package")
    with kept_running(engine_with_stand_in(built_engine, folder, fail={})) as engine:
        yield new_program(engine, folder, folder / "none", _INPUTS, {"clientSecret": _SECRET})


def test_all_mistakes_of_the_inputs_fail_the_preview_at_once(program: Program) -> None:
    wrong = {**_INPUTS, "cluster": {"mode": "create"}, "notebook": {"cpu": {"max": "8x"}, "memory": {"max": "1Gib"}}}
    program.write(wrong)
    succeeded, printed = program.run("preview")
    program.write(_INPUTS)
    assert not succeeded
    for key in ("cluster.location", "notebook.cpu.max", "notebook.memory.max"):
        assert f"* {key}: " in printed, printed
    assert "Traceback" not in printed
    assert not (program.folder / "cloud.json").exists()


def test_a_preview_shows_the_whole_hub(program: Program) -> None:
    printed = program.succeed("preview", "--diff")
    for kind in (TYPE, "gcp:container/cluster:Cluster", "kubernetes:apps/v1:StatefulSet", "jupyterhub:index:Rollout"):
        assert kind in printed
    assert "pulumi-python:dynamic" not in printed
    assert _SECRET not in printed


def test_a_failed_resource_is_reported_with_its_reason_only(program: Program) -> None:
    refusals.demand(program.folder / "fail.json", {"gcp:compute/network:Network": "quota"})
    succeeded, printed = program.run("up", "--yes", "--skip-preview", *_NO_CLUSTER)
    refusals.demand(program.folder / "fail.json", {})
    assert not succeeded
    assert refusals.says("quota") in printed
    assert "Traceback" not in printed
    assert 'File "' not in printed


def test_the_hub_is_created_with_its_secrets_encrypted(program: Program) -> None:
    printed = program.succeed("up", "--yes", "--skip-preview", *_NO_CLUSTER)
    assert "hub.example.org" in program.succeed("stack", "output", "hubUrl")
    resources = {resource["type"]: resource for resource in program.state()}
    assert {TYPE, "gcp:container/cluster:Cluster", "jupyterhub:index:Token"} <= resources.keys()
    value = resources["jupyterhub:index:Token"]["outputs"]["value"]
    assert "ciphertext" in value
    assert _SECRET not in printed + str(program.state())


def test_an_update_without_changes_changes_nothing(program: Program) -> None:
    program.succeed("up", "--yes", "--skip-preview", "--expect-no-changes", *_NO_CLUSTER)


def test_a_raised_generation_renews_one_token_only(program: Program) -> None:
    program.write({**_INPUTS, "secrets": {"cookieGeneration": 2}})
    printed = program.succeed("preview", "--diff", *_NO_CLUSTER)
    assert printed.count("~ jupyterhub:index:Token") == 1, printed


def test_the_hub_is_destroyed_without_the_program(program: Program) -> None:
    program.succeed("destroy", "--yes", "--skip-preview")
    assert program.state() == []


def test_a_missing_cluster_fails_the_preview_with_a_fix(program: Program) -> None:
    program.write(
        {
            "auth": {"type": "dummy"},
            "endpoint": {"type": "none"},
            "images": {"repository": "registry.example.org/hub"},
        }
    )
    succeeded, printed = program.run("preview")
    assert not succeeded
    assert "There is no kubeconfig" in printed
    assert "Traceback" not in printed
