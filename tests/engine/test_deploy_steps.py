"""The steps of `deploy.yml` with the real engine: only the approved plan is deployed."""

import os
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
import yaml

from tests.doubles.google.plugin import engine_with_stand_in, kept_running
from tests.workflow_scripts import run as run_script
from tools.commands import run
from tools.engine import Engine, Stack
from tools.paths import CHECKOUT

PROGRAM = """
import pulumi
from pulumi_gcp import Provider, serviceaccount

config = pulumi.Config()
google = Provider("google", project="foo", region="europe-west1")
for name in ("hub", "notebooks")[: config.get_int("accounts") or 1]:
    serviceaccount.Account(
        name,
        account_id=f"{name}-account",
        description=config.get("text"),
        display_name=pulumi.Output.secret(config.get("title") or "hunter2"),
        opts=pulumi.ResourceOptions(provider=google),
    )
if config.get_bool("wrong"):
    raise pulumi.RunError("hub.imgae: is not known; did you mean hub.image?")
"""
DIGEST = re.compile(r"\b[0-9a-f]{16}\b")
PROJECT = "urn:pulumi:google::jupyterhub"


@pytest.fixture
def stack(built_engine: Engine, tmp_path: Path) -> Generator[Stack]:
    """A stack with a new cloud."""
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "__main__.py").write_text(PROGRAM)
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump({"config": {"pulumi:disable-default-providers": ["*"]}}))
    with kept_running(engine_with_stand_in(built_engine, tmp_path)) as engine:
        stack = Stack(name="google", engine=engine, folder=tmp_path, program=tmp_path / "program")
        stack.prepare(file, {})
        (stack.workspace / ".venv").symlink_to(sys.prefix)
        yield stack


def _deploy(stack: Stack, approved: Path) -> subprocess.CompletedProcess[str]:
    return run_script(
        "deploy.sh", "google", approved, variables=_variables(stack), cwd=stack.workspace, folder=stack.folder
    )


def _variables(stack: Stack) -> dict[str, str]:
    return {**stack.environment, "PYTHONPATH": str(CHECKOUT)}


def _plan(stack: Stack) -> subprocess.CompletedProcess[str]:
    """Run the step of `deploy.yml` before the approval."""
    return subprocess.run(
        [".venv/bin/python", "-m", "tools.review", "plan", "--stack", "google"],
        cwd=stack.workspace,
        env={**os.environ, **_variables(stack)},
        capture_output=True,
        text=True,
        check=False,
    )


def _approved(stack: Stack) -> Path:
    planned = _plan(stack)
    assert (planned.returncode, planned.stderr) == (0, "")
    file = stack.folder / "planned.txt"
    file.write_text(planned.stdout)
    return file


def _set(stack: Stack, key: str, value: str) -> None:
    run(stack.command("config", "set", key, value), env=stack.environment)


def test_the_approved_plan_is_deployed_and_the_next_plan_is_empty(stack: Stack) -> None:
    approved = _approved(stack)
    assert DIGEST.sub("*", approved.read_text()) == (
        f"create {PROJECT}::gcp:serviceaccount/account:Account::hub *\n"
        f"create {PROJECT}::pulumi:providers:gcp::google *\n"
        f"create {PROJECT}::pulumi:pulumi:Stack::jupyterhub-google *\n"
    )
    done = _deploy(stack, approved)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 created" in done.stdout
    assert _approved(stack).read_text() == ""


def test_a_plan_names_the_changed_inputs_without_values(stack: Stack) -> None:
    assert _deploy(stack, _approved(stack)).returncode == 0
    _set(stack, "text", "of the hub")
    (line,) = _approved(stack).read_text().splitlines()
    assert DIGEST.sub("*", line) == f"update {PROJECT}::gcp:serviceaccount/account:Account::hub description *"


def test_another_value_of_the_same_input_is_not_deployed(stack: Stack) -> None:
    assert _deploy(stack, _approved(stack)).returncode == 0
    _set(stack, "text", "of the hub")
    approved = _approved(stack)
    _set(stack, "text", "of the notebooks")
    assert _deploy(stack, approved).returncode == 1
    _set(stack, "text", "of the hub")
    assert _deploy(stack, approved).returncode == 0


def test_the_digest_does_not_depend_on_secrets(stack: Stack) -> None:
    plan = _approved(stack).read_text()
    _set(stack, "title", "hunter3")
    assert _approved(stack).read_text() == plan


def test_a_plan_that_differs_from_the_approved_one_is_not_deployed(stack: Stack) -> None:
    approved = _approved(stack)
    _set(stack, "accounts", "2")
    done = _deploy(stack, approved)
    assert done.returncode == 1
    assert f"\n+create {PROJECT}::gcp:serviceaccount/account:Account::notebooks " in done.stdout
    assert "::error::The plan of google differs from the approved one" in done.stdout
    assert not (stack.folder / "cloud.json").exists()


def test_a_failed_preview_fails_the_step_and_deploys_nothing(stack: Stack) -> None:
    approved = _approved(stack)
    _set(stack, "wrong", "true")
    for done in (_plan(stack), _deploy(stack, approved)):
        assert done.returncode != 0
        assert "hub.imgae: is not known; did you mean hub.image?" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (stack.folder / "cloud.json").exists()
