import dataclasses
import json
import shutil
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from tools import paths
from tools.engine import Engine, Stack
from tools.engine.stack import exists
from tools.errors import ToolError

VARIABLES = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "KUBECONFIG")

WRITTEN = {
    "a": "22:30",
    "b": "on",
    "c": "0123",
    "d": "~",
    "e": '"null"',
    "f": "2026-01-01",
    "g": "1e3",
    "h": '{x: 1.10, y: [no, ~, "", 0x10]}',
    "i": "{secure: AAAB}",
    "j": "'it''s'",
}
"""Values that PyYAML reads or writes differently from Pulumi."""


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stack:
    """A stack whose engine succeeds at every command."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    engine = Engine(program=Path("true"), environment={}, description="")
    return Stack(name="dev", engine=engine, folder=tmp_path, kubeconfig=tmp_path / "kubeconfig")


def _copy(stack: Stack) -> dict[str, object]:
    return yaml.safe_load((stack.workspace / "Pulumi.dev.yaml").read_text())


def test_the_stack_file_is_copied_with_defaults_and_stays_unchanged(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("config:\n  jupyterhub:hub.image: mine:1\n")
    before = file.read_bytes()
    stack.prepare(file, {"hub.image": "built:1", "proxy.image": "built:2"})
    assert _copy(stack)["config"] == {"jupyterhub:hub.image": "mine:1", "jupyterhub:proxy.image": "built:2"}
    assert file.read_bytes() == before


def test_every_value_is_copied_as_written(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    lines = ["encryptionsalt: v1:salt", "config:"] + [f"  jupyterhub:{key}: {value}" for key, value in WRITTEN.items()]
    file.write_text("# For the course\n" + "\n".join(lines) + "\n")
    stack.prepare(file, {})
    assert (stack.workspace / "Pulumi.dev.yaml").read_text().splitlines() == lines


def test_a_read_only_command_creates_no_stack(stack: Stack, tmp_path: Path) -> None:
    calls, engine = tmp_path / "calls", tmp_path / "engine"
    engine.write_text(f"#!/bin/sh\necho $* >> {calls}\necho \"error: no stack named 'dev' found\" >&2\nexit 255\n")
    engine.chmod(0o755)
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    empty = dataclasses.replace(stack, engine=dataclasses.replace(stack.engine, program=engine))
    with pytest.raises(ToolError, match=r"Stack dev does not exist .* Create it with: make up STACK=dev"):
        empty.prepare(tmp_path / "Pulumi.dev.yaml", {}, create=False)
    assert "--create" not in calls.read_text()
    assert not exists("dev", tmp_path)


def test_a_read_only_command_uses_the_same_stack_file_as_an_update(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  jupyterhub:hub.image: mine:1\n")
    stack.prepare(tmp_path / "Pulumi.dev.yaml", {"proxy.image": "built:2"})
    before = _copy(stack)
    stack.prepare(tmp_path / "Pulumi.dev.yaml", {"proxy.image": "built:2"}, create=False)
    assert _copy(stack) == before


@pytest.mark.parametrize("key", ["jupyterhub:endpoint.address", "endpoint.address"])
def test_an_override_takes_the_place_of_the_key_in_the_file(stack: Stack, tmp_path: Path, key: str) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  {key}: 127.100.0.10\n  other:key: kept\n")
    stack.prepare(tmp_path / "Pulumi.dev.yaml", {}, overrides={"endpoint.address": ""})
    assert _copy(stack)["config"] == {"other:key": "kept", "jupyterhub:endpoint.address": ""}


def test_the_encryption_salt_is_kept_in_a_new_copy(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("config: {}\n")
    stack.prepare(file, {})
    (stack.workspace / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:salt\nconfig:\n  jupyterhub:old: gone\n")
    stack.prepare(file, {})
    assert _copy(stack) == {"encryptionsalt": "v1:salt", "config": {}}


def test_the_copied_project_runs_the_program_of_the_checkout(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    stack.prepare(tmp_path / "Pulumi.dev.yaml", {})
    project = yaml.safe_load((stack.workspace / "Pulumi.yaml").read_text())
    original = yaml.safe_load((paths.CHECKOUT / "Pulumi.yaml").read_text())
    assert project["main"] == str(paths.CHECKOUT)
    assert project["config"] == original["config"]


def test_the_passphrase_is_generated_once_and_private(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    stack.prepare(tmp_path / "Pulumi.dev.yaml", {})
    first = (tmp_path / "passphrase").read_text()
    stack.prepare(tmp_path / "Pulumi.dev.yaml", {})
    assert (tmp_path / "passphrase").read_text() == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "passphrase").stat().st_mode) == 0o600


def test_a_lost_passphrase_is_not_regenerated(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    stack.prepare(tmp_path / "Pulumi.dev.yaml", {})
    (tmp_path / "passphrase").unlink()
    with pytest.raises(ToolError, match="passphrase of stack dev is missing"):
        stack.prepare(tmp_path / "Pulumi.dev.yaml", {})
    assert not (tmp_path / "passphrase").exists()


@pytest.mark.parametrize("name", ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"])
def test_the_users_backend_and_passphrase_take_precedence(
    monkeypatch: pytest.MonkeyPatch, stack: Stack, name: str
) -> None:
    monkeypatch.setenv(name, "mine")
    assert not {key for key in stack.environment if key.startswith(name)}


@pytest.mark.parametrize("name", VARIABLES[:3])
def test_an_isolated_stack_ignores_the_users_backend_and_passphrase(
    monkeypatch: pytest.MonkeyPatch, stack: Stack, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv(name, "mine")
    environment = dataclasses.replace(stack, isolated=True).environment
    assert environment["PULUMI_BACKEND_URL"] == f"file://{tmp_path / 'pulumi'}"
    assert environment["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(tmp_path / "passphrase")


def test_a_prepared_stack_exists(stack: Stack, tmp_path: Path) -> None:
    assert not exists("dev", tmp_path)
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    stack.prepare(tmp_path / "Pulumi.dev.yaml", {})
    assert exists("dev", tmp_path)


def test_a_program_with_its_own_project_file_keeps_name_and_config(stack: Stack, tmp_path: Path) -> None:
    program, file = tmp_path / "program", tmp_path / "Pulumi.dev.yaml"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: other\nconfig: {project: {type: string}}\n")
    file.write_text("config: {}\n")
    other = dataclasses.replace(stack, program=program)
    other.prepare(file, {})
    project = yaml.safe_load((other.workspace / "Pulumi.yaml").read_text())
    assert project["name"] == "other"
    assert project["config"] == {"project": {"type": "string"}}
    assert project["main"] == str(program)


@pytest.mark.parametrize("content", ["name: [", "- a\n"])
def test_a_broken_project_file_is_reported(stack: Stack, tmp_path: Path, content: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(content)
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    with pytest.raises(ToolError, match=r"Pulumi\.yaml cannot be used: .* in line 1"):
        dataclasses.replace(stack, program=tmp_path).prepare(tmp_path / "Pulumi.dev.yaml", {})


def test_plain_pulumi_works_in_the_workspace_of_a_selected_stack(stack: Stack) -> None:
    assert stack.selection["PULUMI_OPTION_CWD"] == str(stack.workspace)
    assert stack.selection["PULUMI_CONFIG_PASSPHRASE_FILE"]


@pytest.mark.parametrize(
    "error",
    [
        "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end",
        "error: [409] Conflict: Another update is currently in progress.",
    ],
)
def test_a_locked_stack_is_reported_with_the_command_that_unlocks_it(
    stack: Stack, tmp_path: Path, error: str, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\necho '{error}' >&2\nexit 255\n")
    program.chmod(0o755)
    locked = dataclasses.replace(stack, engine=dataclasses.replace(stack.engine, program=program))
    with pytest.raises(ToolError, match="If none is at work: make cancel STACK=dev"):
        locked.show("up")
    assert error in capfd.readouterr().err


def test_a_stack_on_which_another_pulumi_works_is_not_unlocked(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pulumi"
    shutil.copy("/bin/sleep", program)
    folder = tmp_path / "pulumi.state" / ".pulumi" / "locks" / "organization" / "jupyterhub" / "dev"
    folder.mkdir(parents=True)
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path / 'pulumi.state'}")
    with subprocess.Popen([program, "60"]) as process:
        try:
            while Path("/proc", str(process.pid), "comm").read_text().strip() != "pulumi":
                pass  # Linux sets the name a moment after the start
            for host, at_work in (("elsewhere", False), (socket.gethostname(), True)):
                (folder / "id.json").write_text(json.dumps({"pid": process.pid, "hostname": host, "username": "ada"}))
                if at_work:
                    with pytest.raises(ToolError, match=f"process {process.pid}.* kill -INT {process.pid}"):
                        stack.require_idle()
                else:
                    stack.require_idle()
        finally:
            process.kill()
    stack.require_idle()


def test_an_interrupt_is_left_to_pulumi(stack: Stack, tmp_path: Path) -> None:
    program, ended = tmp_path / "pulumi", tmp_path / "ended"
    program.write_text(
        f"#!/bin/sh\ntrap 'sleep 1; echo unlocked >&2; touch {ended}; exit 255' INT\n"
        "kill -INT $PPID; kill -INT $PPID; kill -INT $$\n"
    )
    program.chmod(0o755)
    interrupted = dataclasses.replace(stack, engine=dataclasses.replace(stack.engine, program=program))
    assert interrupted.show("up") == 255
    assert ended.exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_commands_of_make_ignore_the_stack_of_make_env(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "pulumi"
    program.write_text('#!/bin/sh\necho "in $PULUMI_OPTION_CWD"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PULUMI_OPTION_CWD", "/another")
    other = dataclasses.replace(stack, engine=dataclasses.replace(stack.engine, program=program))
    other.workspace.mkdir(parents=True)
    other.show("up")
    assert capfd.readouterr().out == "in \n"
    assert other.run("up").stdout == "in \n"
