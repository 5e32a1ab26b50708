"""The lock file of `make lock`, and its pull request by `lock.yml`."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.workflow_scripts import program
from tests.workflow_scripts import run as run_script
from tools.commands import run
from tools.paths import CHECKOUT

RUN_URL = "https://github.com/octo/hub/actions/runs/1"
PERSON = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
GH = """#!/bin/sh
printf "%s|" "$@" >> "$CALLS"; echo >> "$CALLS"
if [ "$1" = pr ] && [ "$2" = list ]; then echo "$OPEN"; fi
"""
"""Test double of GitHub's CLI, with `$OPEN` open pull requests."""


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-docs.lock"])
def test_a_lock_has_unique_packages_without_installers(name: str) -> None:
    """Installers belong to Python; the pins of docker/hub are in its own file, which Dependabot updates."""
    first, *locked = (CHECKOUT / name).read_text().splitlines()
    assert first.startswith("#")
    names = [re.split("==", line)[0].lower() for line in locked]
    assert len(names) == len(set(names))
    assert {"pip", "setuptools", "wheel"} & set(names) == set()
    assert set(locked) & set((CHECKOUT / "docker" / "hub" / "requirements.txt").read_text().splitlines()) == set()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone with two lock files on branch main."""
    origin, folder = tmp_path / "origin", tmp_path / "checkout"
    run(["git", "init", "--quiet", "--bare", "--initial-branch=main", origin])
    run(["git", "clone", "--quiet", origin, folder])
    for name in ("requirements.lock", "requirements-docs.lock"):
        (folder / name).write_text("# made\nidna==3.10\n")
    for words in (["add", "."], ["commit", "--quiet", "--message", "A lock"], ["push", "--quiet", "origin", "HEAD"]):
        run(["git", *PERSON, *words], cwd=folder)
    return folder


def _proposed(folder: Path, lock: str, pull_requests: int = 0) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Return the result for a new requirements.lock, and the calls of GitHub's CLI."""
    made = folder.parent / "made"
    made.mkdir(exist_ok=True)
    (made / "requirements.lock").write_text(lock)
    (made / "requirements-docs.lock").write_text("# made\nidna==3.10\n")
    gh = program(folder.parent / "bin" / "gh", GH)
    calls = folder.parent / "calls"
    variables = {
        "PATH": f"{gh.parent}:/usr/bin:/bin",
        "CALLS": str(calls),
        "OPEN": str(pull_requests),
        "RUN_URL": RUN_URL,
    }
    done = run_script("propose_lock.sh", made, variables=variables, cwd=folder, folder=folder.parent)
    return done, calls.read_text().splitlines() if calls.exists() else []


def _branch(folder: Path) -> str:
    """Return requirements.lock in the pushed branch."""
    return run(["git", "-C", folder.parent / "origin", "show", "renew-lock:requirements.lock"])


def test_a_new_lock_is_proposed_as_one_commit_in_a_pull_request(checkout: Path) -> None:
    done, calls = _proposed(checkout, "# made\nidna==3.11\n")
    assert done.returncode == 0, done.stderr
    assert _branch(checkout) == "# made\nidna==3.11\n"
    count = run(["git", "-C", checkout.parent / "origin", "rev-list", "--count", "main..renew-lock"])
    assert count.strip() == "1"
    made = calls[-1]
    assert made.startswith("pr|create|--base|main|--head|renew-lock|")
    assert RUN_URL in made


def test_an_open_pull_request_is_updated(checkout: Path) -> None:
    _proposed(checkout, "# made\nidna==3.11\n")
    run(["git", "reset", "--quiet", "--hard", "origin/main"], cwd=checkout)
    (checkout.parent / "calls").unlink()
    done, calls = _proposed(checkout, "# made\nidna==3.12\n", pull_requests=1)
    assert done.returncode == 0, done.stderr
    assert _branch(checkout) == "# made\nidna==3.12\n"
    assert [line for line in calls if line.startswith("pr|create")] == []


def test_an_unchanged_lock_is_not_proposed(checkout: Path) -> None:
    done, calls = _proposed(checkout, "# made\nidna==3.10\n")
    assert done.returncode == 0
    assert done.stdout.startswith("::notice::The lock files are up to date")
    assert calls == []


@pytest.mark.parametrize("line", ["--index-url https://mallory.example", "idna @ https://mallory.example/x.whl", ""])
def test_a_lock_with_other_sources_is_refused(checkout: Path, line: str) -> None:
    done, calls = _proposed(checkout, f"idna==3.11\n{line}\n")
    assert done.returncode == 1
    assert done.stdout.startswith("::error::requirements.lock is not a lock file")
    assert calls == []
