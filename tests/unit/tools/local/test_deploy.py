import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from tests.stacks import settings_with
from tools.clusters import own
from tools.clusters.named import Named
from tools.clusters.own import Own
from tools.errors import ToolError, run_reporting_errors
from tools.local import deploy


def test_a_tool_error_is_a_message_without_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> int:
        message = "The hub's page does not answer."
        raise ToolError(message)

    assert run_reporting_errors(act) == 1
    assert capsys.readouterr().err.strip() == "error: The hub's page does not answer."


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The commands for stack and cluster that a command of `make` calls."""
    made: list[str] = []

    def show(command: str, *_: str) -> int:
        made.append(f"pulumi {command}")
        return 0

    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(deploy, "existing", Mock(return_value=SimpleNamespace(show=show, require_idle=Mock())))
    monkeypatch.setattr(deploy, "stack_exists", Mock(return_value=True))
    monkeypatch.setattr(own.cluster, "up", lambda: made.append("cluster up"))
    monkeypatch.setattr(own.cluster, "down", lambda: made.append("cluster down"))
    monkeypatch.setattr(own.cluster, "is_up", lambda: True)
    monkeypatch.setattr(deploy.clusters, "of", Mock(return_value=Own()))
    monkeypatch.setattr(deploy.clusters, "forget", Mock())
    monkeypatch.setattr(deploy.paths, "CHECKOUT", tmp_path)
    (tmp_path / "Pulumi.second.yaml").write_text(
        "config: {jupyterhub:auth.type: dummy, jupyterhub:endpoint.address: 127.100.0.20}\n"
    )
    return made


def _make(monkeypatch: pytest.MonkeyPatch, command: str) -> int:
    monkeypatch.setattr(sys, "argv", ["deploy", command, "--stack", "second"])
    return deploy.main()


def test_one_stack_is_destroyed_and_the_cluster_left_running(monkeypatch: pytest.MonkeyPatch, calls: list[str]) -> None:
    assert _make(monkeypatch, "destroy") == 0
    assert calls == ["cluster up", "pulumi destroy"]


def test_a_cluster_with_other_hubs_is_not_stopped_and_they_are_named(
    monkeypatch: pytest.MonkeyPatch, calls: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(own.api, "hubs", lambda: ["namespace jupyterhub (stack organization/jupyterhub/dev)"])
    assert _make(monkeypatch, "down") == 0
    assert calls == ["cluster up", "pulumi destroy"]
    printed = capsys.readouterr().err
    assert "namespace jupyterhub (stack organization/jupyterhub/dev)" in printed
    assert "python -m tools.local down" in printed


def test_a_cluster_without_other_hubs_is_stopped(monkeypatch: pytest.MonkeyPatch, calls: list[str]) -> None:
    monkeypatch.setattr(own.api, "hubs", list)
    assert _make(monkeypatch, "down") == 0
    assert calls == ["cluster up", "pulumi destroy", "cluster down"]


def test_a_stack_is_cleaned_up_without_its_file(
    monkeypatch: pytest.MonkeyPatch, calls: list[str], tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.second.yaml").rename(tmp_path / "copy.yaml")
    monkeypatch.setattr(deploy, "copy_of", Mock(return_value=tmp_path / "copy.yaml"))
    assert _make(monkeypatch, "destroy") == 0
    assert calls == ["cluster up", "pulumi destroy"]
    assert _make(monkeypatch, "up") == 1, "a hub is not started without its settings"


def test_a_killed_command_is_unlocked(
    monkeypatch: pytest.MonkeyPatch, calls: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _make(monkeypatch, "cancel") == 0
    assert calls == ["pulumi cancel"]
    assert "make up STACK=second" in capsys.readouterr().err


def test_a_refresh_that_fails_or_is_interrupted_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, calls: list[str], tmp_path: Path
) -> None:
    images = "".join(f", jupyterhub:{part}.image: 'example.org/{part}:1'" for part in ("hub", "proxy", "notebook"))
    (tmp_path / "Pulumi.second.yaml").write_text(
        f"config: {{jupyterhub:auth.type: dummy, jupyterhub:kubernetes.context: a, "
        f"jupyterhub:endpoint.address: 127.100.0.20{images}}}\n"
    )

    def show(command: str, *_: str) -> int:
        calls.append(f"pulumi {command}")
        return 255

    deployment = Mock(return_value={"pending_operations": [{}]})
    interrupted = SimpleNamespace(prepare=Mock(), deployment=deployment, show=show)
    monkeypatch.setattr(deploy, "_stack", Mock(return_value=interrupted))
    monkeypatch.setattr(deploy.clusters, "choose", Mock(return_value=Named(settings_with({"kubernetes.context": "a"}))))
    monkeypatch.setattr(deploy.engine, "find", Mock())
    assert _make(monkeypatch, "up") == 1
    assert calls == ["pulumi refresh"]
