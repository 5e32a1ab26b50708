import os
from pathlib import Path

import pulumi
import pytest

from components.cluster import kubeconfig
from tests.kubeconfigs import write


def _environment(*files: Path) -> dict[str, str]:
    return {"KUBECONFIG": os.pathsep.join(str(file) for file in files)}


def _message(context: str | None, environment: dict[str, str]) -> str:
    with pytest.raises(pulumi.RunError) as error:
        kubeconfig.find(context, environment)
    return str(error.value)


def test_the_named_context_is_used(tmp_path: Path) -> None:
    file = write(tmp_path / "config", {"a": "https://a.example:6443", "b": "https://b.example"}, current="a")
    found = kubeconfig.find("b", _environment(file))
    assert (found.context, found.server, found.files) == ("b", "https://b.example", (file,))


def test_without_a_name_the_current_context_is_used(tmp_path: Path) -> None:
    file = write(tmp_path / "config", {"a": "https://a.example", "b": "https://b.example"}, current="b")
    assert kubeconfig.find(None, _environment(file)).context == "b"


def test_without_the_kubeconfig_variable_the_file_in_the_home_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".kube").mkdir()
    file = write(tmp_path / ".kube" / "config", {"a": "https://a.example"}, current="a")
    for environment in ({}, {"KUBECONFIG": ""}):
        assert kubeconfig.find(None, environment).files == (file,)


def test_the_first_of_several_kubeconfig_files_wins(tmp_path: Path) -> None:
    first = write(tmp_path / "first", {"a": "https://first.example"})
    second = write(tmp_path / "second", {"a": "https://second.example", "b": "https://b.example"}, current="a")
    third = write(tmp_path / "third", {"c": "https://c.example"}, current="c")
    environment = _environment(first, tmp_path / "absent", second, third)
    found = kubeconfig.find(None, environment)
    assert (found.context, found.server) == ("a", "https://first.example")
    assert kubeconfig.find("b", environment).server == "https://b.example"
    assert kubeconfig.find("c", environment).files == (first, second, third)


def test_the_first_cluster_of_a_name_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("clusters: [{name: shared, cluster: {server: 'https://first.example'}}]")
    second.write_text(
        "clusters: [{name: shared, cluster: {server: 'https://second.example'}}]\n"
        "contexts: [{name: a, context: {cluster: shared}}]\n"
    )
    assert kubeconfig.find("a", _environment(first, second)).server == "https://first.example"


def test_missing_kubeconfig_files_are_reported_with_their_paths(tmp_path: Path) -> None:
    message = _message(None, _environment(tmp_path / "one", tmp_path / "two"))
    assert str(tmp_path / "one") in message
    assert str(tmp_path / "two") in message
    assert "make up" in message


def test_an_unknown_context_is_reported_with_the_known_ones(tmp_path: Path) -> None:
    file = write(tmp_path / "config", {"b": "https://b.example", "a": "https://a.example"})
    message = _message("c", _environment(file))
    assert "'c'" in message
    assert "kubernetes.context" in message
    assert "Contexts: a, b." in message
    assert str(file) in message


def test_a_missing_current_context_is_reported_with_the_known_ones(tmp_path: Path) -> None:
    file = write(tmp_path / "config", {"a": "https://a.example"}, current="")
    message = _message(None, _environment(file))
    assert "no current context" in message
    assert "Contexts: a." in message


def test_a_context_with_a_missing_cluster_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text("contexts: [{name: a, context: {cluster: lost}}]\nclusters:\n")
    assert "'lost'" in _message("a", _environment(file))


@pytest.mark.parametrize("content", ["token: [hidden-credential", "- hidden-credential", "contexts: hidden-credential"])
def test_an_invalid_kubeconfig_is_named_but_not_quoted(content: str, tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(content)
    message = _message(None, _environment(file))
    assert str(file) in message
    assert "hidden-credential" not in message


def test_an_unreadable_kubeconfig_is_named(tmp_path: Path) -> None:
    assert f"{tmp_path} cannot be read" in _message(None, _environment(tmp_path))
