"""The steps of `preview.yml` for a pull request from a fork: from its checkout to the comment."""

import re
import sys
from pathlib import Path

import pytest

from tests.workflow_scripts import run as run_script
from tools.commands import run
from tools.paths import CHECKOUT

PERSON = ("-c", "user.name=Mallory", "-c", "user.email=mallory@example.org")


@pytest.fixture
def pull_request(tmp_path: Path) -> Path:
    """A checkout whose last commit is the pull request."""
    folder = tmp_path / "checkout"
    run(["git", "clone", "--quiet", "--no-hardlinks", CHECKOUT, folder])
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def _comment(folder: Path, because: str) -> tuple[int, str]:
    run(["git", *PERSON, "commit", "--quiet", "--all", "--message", "A change"], cwd=folder)
    variables = {
        "STACK": "gke",
        "HOW": "offline",
        "BECAUSE": because,
        "RUN_URL": "https://github.com/octo/hub/actions/runs/1",
    }
    done = run_script("preview.sh", "build/comments", variables=variables, cwd=folder, folder=folder.parent)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, (folder / "build" / "comments" / "gke.md").read_text()


def _replace(file: Path, old: str, new: str) -> None:
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_a_fork_gets_an_offline_comparison_with_the_reason(pull_request: Path) -> None:
    _replace(pull_request / "Pulumi.gke.yaml", "notebook.idleMinutes: 60", "notebook.idleMinutes: 30")
    exit_code, comment = _comment(pull_request, "fork")
    assert exit_code == 0
    assert comment.startswith("<!-- jupyterhub-preview: gke -->\n")
    assert "fork" in comment
    assert '-     "idle_minutes": 60,\n+     "idle_minutes": 30,\n' in comment


def test_an_invalid_setting_fails_the_step_and_the_comment_has_the_fix(pull_request: Path) -> None:
    _replace(pull_request / "Pulumi.gke.yaml", "jupyterhub:notebook.idleMinutes", "jupyterhub:notebook.idelMinutes")
    exit_code, comment = _comment(pull_request, "fork")
    assert exit_code == 1
    found = re.search(
        r"notebook\.idelMinutes \(Pulumi\.gke\.yaml, line (\d+)\): is not known; did you mean notebook\.idleMinutes\?",
        comment,
    )
    assert found
    assert "notebook.idelMinutes" in (pull_request / "Pulumi.gke.yaml").read_text().splitlines()[int(found[1]) - 1]
