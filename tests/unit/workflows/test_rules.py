"""Security rules for all workflows."""

import json
import os
import re
import shlex
from typing import Any

from tests.unit.workflows.files import ACTION, FILES, GITHUB, WORKFLOWS, jobs, load, steps
from tools.paths import CHECKOUT

TEXTS = {file.name: file.read_text() for file in (*FILES, ACTION)}
BOOTSTRAP = {"GCP_WORKLOAD_IDENTITY_PROVIDER", "PULUMI_BACKEND_URL"} | {
    f"GCP_{purpose}_ACCOUNT" for purpose in ("PREVIEW", "DRIFT", "DEPLOY")
}
"""Variables that `bootstrap/` exports."""
_SCRIPTS = {".github/scripts/propose_lock.sh", ".venv/bin/python"}
"""Programs of jobs with write permissions; the latter runs post_comments.py."""
_RELEASE_SCRIPTS = {f".github/scripts/{name}.sh" for name in ("release", "keep_digest", "publish_image")} | {"cosign"}
"""Programs of jobs with write permissions that run for the tag of a release only."""


def test_every_workflow_is_in_the_guide() -> None:
    guide = (CHECKOUT / "docs" / "pull-requests.md").read_text()
    assert set(WORKFLOWS) == {"checks", "comment", "deploy", "drift", "images", "lock", "pages", "preview"}
    assert {name for name in WORKFLOWS if f"`{name}.yml`" not in guide} == set()


def test_actions_are_pinned_by_commit_in_one_version() -> None:
    pins: dict[str, set[str]] = {}
    for text in TEXTS.values():
        for used in re.findall(r"uses: (.*)", text):
            if used.startswith("./"):
                assert (CHECKOUT / used / "action.yml").is_file()
                continue
            pinned = re.fullmatch(r"([\w.-]+/[\w.-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", used)
            assert pinned, used
            pins.setdefault(pinned[1], set()).add(f"{pinned[2]} {pinned[3]}")
    assert {action: found for action, found in pins.items() if len(found) > 1} == {}


def test_permissions_are_set_by_job() -> None:
    assert {name: workflow["permissions"] for name, workflow in WORKFLOWS.items()} == {name: {} for name in WORKFLOWS}
    read = {"contents": "read"}
    sign_in = {**read, "id-token": "write"}
    assert {name: job["permissions"] for name, job in jobs()} == {
        "checks.check": read,
        "checks.images": read,
        "checks.docs": read,
        "comment.post": {"actions": "read", **read, "pull-requests": "write"},
        "deploy.choose": read,
        "deploy.plan": sign_in,
        "deploy.up": sign_in,
        "drift.choose": read,
        "drift.drift": sign_in,
        "images.build": {**read, "packages": "write"},
        "images.publish": {"attestations": "write", **sign_in, "packages": "write"},
        "lock.lock": read,
        "lock.propose": {"contents": "write", "pull-requests": "write"},
        "pages.build": read,
        "pages.publish": {"id-token": "write", "pages": "write"},
        "preview.choose": read,
        "preview.live": sign_in,
        "preview.offline": read,
    }


def test_jobs_with_write_permissions_run_code_of_the_default_branch_only() -> None:
    """No code of a pull request or of a new package: these jobs install the locked packages or none."""
    for name, job in jobs():
        writes = {right for right, level in job["permissions"].items() if level == "write"} - {"id-token"}
        commands = [step["run"] for step in job["steps"] if "run" in step]
        if writes and name.startswith("images."):
            assert WORKFLOWS["images"]["on"] == {"push": {"tags": ["v*"]}}, "a release's commit was merged"
            assert {command.partition(" ")[0] for command in commands} <= _RELEASE_SCRIPTS, name
        elif writes:
            of_default_branch = {"workflow_run", "schedule", "workflow_dispatch"}
            started_by = WORKFLOWS[name.partition(".")[0]]["on"]
            assert started_by.keys() <= of_default_branch or started_by == {"push": {"branches": ["main"]}}
            assert {command.partition(" ")[0] for command in commands} <= {"make", *_SCRIPTS}, name
            assert [command for command in commands if command.startswith("make ")] in ([], ["make environment"]), name


def test_no_workflow_uses_secrets_or_pull_request_target() -> None:
    for text in TEXTS.values():
        assert "secrets." not in text
        assert "pull_request_target" not in text
    assert [name for name, workflow in WORKFLOWS.items() if "workflow_run" in workflow["on"]] == ["comment"]


def test_a_checkout_keeps_no_token_and_has_the_default_ref() -> None:
    for _, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"
            assert {"ref", "repository"} & step["with"].keys() == set()


def test_only_branches_of_the_repository_sign_in() -> None:
    """`choose.py` decides; see test_choose.py. GitHub Pages takes the token of a job as well, and no other sign-in."""
    for name, job in jobs():
        # images.publish signs in to Sigstore only, and pages.publish to GitHub Pages.
        signs_in = job["permissions"].get("id-token") == "write" and name not in {"images.publish", "pages.publish"}
        accounts = [step["with"]["account"] for step in job["steps"] if "account" in step.get("with", {})]
        assert len(accounts) == signs_in, name
        if name not in {"deploy.up"} and signs_in:
            assert job["if"] == "needs.choose.outputs.how == 'live'"
    assert WORKFLOWS["deploy"]["jobs"]["up"]["needs"] == ["choose", "plan"]


def test_each_job_signs_in_as_the_account_of_its_purpose() -> None:
    accounts = {name: step["with"]["account"] for name, step in steps() if "account" in step.get("with", {})}
    assert accounts == {
        "deploy.plan": "${{ vars.GCP_DRIFT_ACCOUNT }}",
        "deploy.up": "${{ vars.GCP_DEPLOY_ACCOUNT }}",
        "drift.drift": "${{ vars.GCP_DRIFT_ACCOUNT }}",
        "preview.live": "${{ vars.GCP_PREVIEW_ACCOUNT }}",
    }


def test_a_deployment_waits_for_approval_and_is_not_cancelled() -> None:
    up = WORKFLOWS["deploy"]["jobs"]["up"]
    assert up["environment"] == "production"
    assert up["concurrency"]["cancel-in-progress"] == "false"
    assert WORKFLOWS["deploy"]["on"]["push"]["branches"] == ["main"]


def test_code_of_forks_runs_on_github_hosted_runners_only() -> None:
    runners = {name: job["runs-on"] for name, job in jobs()}
    own = {name for name, runner in runners.items() if "vars.RUNNER" in runner}
    assert own == {"preview.live", "deploy.plan", "deploy.up", "drift.drift"}
    hosted = {runner for name, runner in runners.items() if name not in own}
    assert hosted == {"ubuntu-24.04", "${{ matrix.platform.runner }}"}
    platforms = WORKFLOWS["images"]["jobs"]["build"]["strategy"]["matrix"]["platform"]
    assert {one["architecture"]: one["runner"] for one in platforms} == {
        "amd64": "ubuntu-24.04",
        "arm64": "ubuntu-24.04-arm",
    }


def test_every_job_has_a_timeout() -> None:
    assert [name for name, job in jobs() if int(job["timeout-minutes"]) > 120] == []


def test_a_step_is_one_command_without_expressions() -> None:
    for _, step in steps():
        command = step.get("run")
        if command is None:
            continue
        assert "${{" not in command
        assert "\n" not in command
        words = shlex.split(command, posix=True)
        assert not {"&&", "||", ";", "|", "if"} & set(words), command
        if words[0].startswith("."):
            program = CHECKOUT / words[0]
            assert words[0].startswith(".venv/") or (program.is_file() and os.access(program, os.X_OK)), command


def test_variables_are_exported_by_bootstrap_and_in_the_guide() -> None:
    needed = {name: step["env"]["NEEDED"].split() for name, step in steps() if step.get("id") == "choose"}
    used = {variable for text in TEXTS.values() for variable in re.findall(r"vars\.(\w+)", text)}
    assert used == BOOTSTRAP | {"RUNNER"}
    for name, wanted in needed.items():
        workflow = name.partition(".")[0]
        assert set(wanted) == set(re.findall(r"vars\.(\w+)", TEXTS[f"{workflow}.yml"])) - {"RUNNER"}
    guide = (CHECKOUT / "docs" / "pull-requests.md").read_text()
    assert {variable for variable in used if f"`{variable}`" not in guide} == set()


def test_workflows_use_the_tested_versions_of_pulumi_and_python() -> None:
    action = {step.get("uses", "").partition("@")[0]: step.get("with", {}) for step in load(ACTION)["runs"]["steps"]}
    lock = (CHECKOUT / "requirements.lock").read_text().splitlines()
    assert f"pulumi=={action['pulumi/actions']['pulumi-version']}" in lock
    versions = {step["with"]["python-version"] for _, step in steps() if "setup-python" in step.get("uses", "")}
    assert versions == {"3.11"}


def test_each_stack_has_its_file() -> None:
    stacks = json.loads((GITHUB / "stacks.json").read_text())
    assert [name for name in stacks if not (CHECKOUT / f"Pulumi.{name}.yaml").is_file()] == []


def test_dependency_updates_are_grouped_with_a_cooldown_of_a_week() -> None:
    files = {"pip": "requirements*.txt", "github-actions": "*", "docker": "Dockerfile", "npm": "package.json"}
    updates: list[dict[str, Any]] = load(GITHUB / "dependabot.yml")["updates"]
    assert {update["package-ecosystem"] for update in updates} == files.keys()
    for update in updates:
        assert update["cooldown"] == {"default-days": "7"}
        assert list(update["groups"].values()) == [{"patterns": ["*"]}]
        for folder in update.get("directories") or [update["directory"]]:
            assert any((CHECKOUT / folder.lstrip("/")).glob(files[update["package-ecosystem"]])), folder
