"""The steps of deploy.yml with the real engine: what was approved is done, and nothing else is."""

import subprocess
from pathlib import Path

import pytest
import yaml

from local.commands import run
from local.engine import Engine
from local.stack import Stack
from tests.gcp.plugin import engine_with_stand_in
from tests.unit.workflows.scripts import run as run_script

PROGRAM = """
import pulumi
from pulumi_gcp import Provider, serviceaccount

config = pulumi.Config()
google = Provider("google", project="foo", region="europe-west1")
for name in ("hub", "notebooks")[: config.get_int("accounts") or 1]:
    serviceaccount.Account(
        name,
        account_id=f"{name}-account",
        display_name=pulumi.Output.secret(config.get("title") or "hunter2"),
        opts=pulumi.ResourceOptions(provider=google),
    )
if config.get_bool("wrong"):
    raise pulumi.RunError("hub.imgae: is not known; did you mean hub.image?")
"""
PROJECT = "urn:pulumi:google::jupyterhub"


@pytest.fixture
def stack(built_engine: Engine, tmp_path: Path) -> Stack:
    """A stack with a cloud of its own."""
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "__main__.py").write_text(PROGRAM)
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump({"config": {"pulumi:disable-default-providers": ["*"]}}))
    engine = engine_with_stand_in(built_engine, tmp_path)
    stack = Stack(name="google", engine=engine, folder=tmp_path, program=tmp_path / "program")
    stack.prepare(file, {})
    return stack


def _step(stack: Stack, script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run_script(
        script, "google", *arguments, variables=stack.environment, cwd=stack.workspace, folder=stack.folder
    )


def _approved(stack: Stack) -> Path:
    planned = _step(stack, "planned.py")
    assert (planned.returncode, planned.stderr) == (0, "")
    file = stack.folder / "planned.txt"
    file.write_text(planned.stdout)
    return file


def _set(stack: Stack, key: str, value: str) -> None:
    run(stack.command("config", "set", key, value), env=stack.environment)


def test_the_approved_plan_is_carried_out_and_then_there_is_nothing_to_do(stack: Stack) -> None:
    approved = _approved(stack)
    assert approved.read_text() == (
        f"create {PROJECT}::gcp:serviceaccount/account:Account::hub\n"
        f"create {PROJECT}::pulumi:providers:gcp::google\n"
        f"create {PROJECT}::pulumi:pulumi:Stack::jupyterhub-google\n"
    )
    done = _step(stack, "deploy.sh", approved)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 created" in done.stdout
    assert _approved(stack).read_text() == ""


def test_a_change_is_named_by_its_inputs_without_any_value(stack: Stack) -> None:
    assert _step(stack, "deploy.sh", _approved(stack)).returncode == 0
    _set(stack, "title", "hunter3")
    assert _approved(stack).read_text() == f"update {PROJECT}::gcp:serviceaccount/account:Account::hub displayName\n"


def test_a_plan_that_is_not_what_was_approved_is_not_carried_out(stack: Stack) -> None:
    approved = _approved(stack)
    _set(stack, "accounts", "2")
    done = _step(stack, "deploy.sh", approved)
    assert done.returncode == 1
    assert f"\n+create {PROJECT}::gcp:serviceaccount/account:Account::notebooks\n" in done.stdout
    assert "::error::What a deployment of google would do is not what was approved" in done.stdout
    assert not (stack.folder / "cloud.json").exists()


def test_a_failed_preview_ends_the_step_with_its_reason_and_nothing_is_deployed(stack: Stack) -> None:
    approved = _approved(stack)
    _set(stack, "wrong", "true")
    for script, arguments in (("planned.py", ()), ("deploy.sh", (approved,))):
        done = _step(stack, script, *arguments)
        assert done.returncode != 0
        assert "hub.imgae: is not known; did you mean hub.image?" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (stack.folder / "cloud.json").exists()
