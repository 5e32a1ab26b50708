"""The choice of a stack's cluster."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.stacks import GKE, settings_with
from tools import clusters, paths
from tools.clusters import choice
from tools.clusters.docker import registry
from tools.commands import run
from tools.local import layout


@pytest.fixture(autouse=True)
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Folders without any choice, on a Linux machine without Docker."""
    monkeypatch.setattr(paths, "STATE", tmp_path)
    monkeypatch.setattr(choice.kind, "obstacle", lambda: "docker is not installed")
    monkeypatch.setattr(choice.host, "unsuitable", lambda: "")
    monkeypatch.setattr(choice.host, "check", lambda: None)
    monkeypatch.delenv("KUBECONFIG", raising=False)


@pytest.mark.parametrize(
    ("changed", "kubeconfig", "name"),
    [
        ({}, None, "local"),
        ({}, "", "local"),
        ({}, str(layout.KUBECONFIG), "local"),
        ({}, str(choice.kind.KUBECONFIG), "local"),
        ({}, "/home/ada/.kube/config", ""),
        ({"kubernetes.context": "somewhere"}, None, ""),
        ({**GKE, "endpoint.address": "198.51.100.7"}, None, ""),
    ],
    ids=["dev", "empty-variable", "after-make-env", "after-make-env-of-kind", "own-kubeconfig", "context", "gke"],
)
def test_a_cluster_is_chosen_unless_the_stack_or_the_environment_names_one(
    changed: Mapping[str, object], kubeconfig: str | None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kubeconfig is not None:
        monkeypatch.setenv("KUBECONFIG", kubeconfig)
    assert clusters.of("dev", settings_with(changed)).name == name
    assert clusters.choose("dev", settings_with(changed), "").name == name


def test_a_gke_cluster_is_described_with_its_project() -> None:
    described = clusters.of("dev", settings_with({**GKE, "endpoint.address": "198.51.100.7"})).description
    assert described == "the GKE cluster jupyterhub in my-project-123, europe-west1 (made by the stack)"


def test_kind_is_the_first_choice_and_the_reason_against_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clusters.choose("first", settings_with({}), "")
    assert "Cluster: the local cluster on this machine (not kind: docker is not installed)." in capsys.readouterr().err
    monkeypatch.setattr(choice.kind, "obstacle", lambda: "")
    assert clusters.choose("second", settings_with({}), "").name == "kind"


def test_a_stack_of_an_earlier_version_stays_in_the_local_cluster(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def exists(_: str) -> bool:
        return True

    monkeypatch.setattr(choice.kind, "obstacle", lambda: "")
    monkeypatch.setattr(choice, "exists", exists)
    monkeypatch.setattr(choice.layout, "KUBECONFIG", tmp_path / "kubeconfig")
    (tmp_path / "kubeconfig").touch()
    assert clusters.of("dev", settings_with({})).name == "local"


def test_an_endpoint_of_the_stack_file_is_not_replaced() -> None:
    settings = settings_with({"endpoint.address": "127.0.0.1"})
    assert choice.Kind().overrides(settings) == {}


@pytest.mark.parametrize(
    ("remote", "repository"),
    [
        ("https://github.com/Octo/Hub.git", "ghcr.io/octo/hub"),
        ("git@github.com:octo/hub.git", "ghcr.io/octo/hub"),
        ("ssh://git@github.com/octo/hub", "ghcr.io/octo/hub"),
        ("https://token@github.com/octo/hub/", "ghcr.io/octo/hub"),
        ("https://git.example.org/octo/hub.git", ""),
        ("https://github.com.example.org/octo/hub", ""),
        (None, ""),
    ],
)
def test_the_registry_is_that_of_the_repository_on_github(
    remote: str | None, repository: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run(["git", "init", "--quiet", tmp_path])
    if remote:
        run(["git", "-C", tmp_path, "remote", "add", "origin", remote])
    monkeypatch.setattr(paths, "CHECKOUT", tmp_path)
    monkeypatch.delenv("HUB_IMAGES", raising=False)
    assert registry() == repository
    monkeypatch.setenv("HUB_IMAGES", "registry.example.org/hub/")
    assert registry() == "registry.example.org/hub"
