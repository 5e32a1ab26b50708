"""The lock: what `make lock` writes, and how lock.yml proposes it."""

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
printf "%s|" "$@" >> "$ASKED"; echo >> "$ASKED"
if [ "$1" = pr ] && [ "$2" = list ]; then echo "$OPEN"; fi
"""
"""Stands in for GitHub's program, and knows of so many open pull requests."""


def test_the_lock_says_nothing_twice_and_nothing_of_what_installs() -> None:
    """What installs is of the machine's Python; what docker/hub pins stands there, where Dependabot can renew it."""
    first, *locked = (CHECKOUT / "requirements.lock").read_text().splitlines()
    assert first.startswith("#")
    names = [re.split("==", line)[0].lower() for line in locked]
    assert len(names) == len(set(names))
    assert {"pip", "setuptools", "wheel"} & set(names) == set()
    assert set(locked) & set((CHECKOUT / "docker" / "hub" / "requirements.txt").read_text().splitlines()) == set()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout of main with its origin, with a lock."""
    origin, folder = tmp_path / "origin", tmp_path / "checkout"
    run(["git", "init", "--quiet", "--bare", "--initial-branch=main", origin])
    run(["git", "clone", "--quiet", origin, folder])
    (folder / "requirements.lock").write_text("# made\nidna==3.10\n")
    for words in (["add", "."], ["commit", "--quiet", "--message", "A lock"], ["push", "--quiet", "origin", "HEAD"]):
        run(["git", *PERSON, *words], cwd=folder)
    return folder


def _proposed(folder: Path, lock: str, pull_requests: int = 0) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Return the output, and the requests to GitHub."""
    (folder / "new.lock").write_text(lock)
    gh = program(folder.parent / "bin" / "gh", GH)
    asked = folder.parent / "asked"
    variables = {
        "PATH": f"{gh.parent}:/usr/bin:/bin",
        "ASKED": str(asked),
        "OPEN": str(pull_requests),
        "RUN_URL": RUN_URL,
    }
    done = run_script("propose_lock.sh", "new.lock", variables=variables, cwd=folder, folder=folder.parent)
    return done, asked.read_text().splitlines() if asked.exists() else []


def _branch(folder: Path) -> str:
    """Return the lock of the origin's branch, after its first commit."""
    return run(["git", "-C", folder.parent / "origin", "show", "renew-lock:requirements.lock"])


def test_a_new_lock_is_a_branch_of_one_commit_and_a_pull_request(checkout: Path) -> None:
    done, asked = _proposed(checkout, "# made\nidna==3.11\n")
    assert done.returncode == 0, done.stderr
    assert _branch(checkout) == "# made\nidna==3.11\n"
    count = run(["git", "-C", checkout.parent / "origin", "rev-list", "--count", "main..renew-lock"])
    assert count.strip() == "1"
    made = asked[-1]
    assert made.startswith("pr|create|--base|main|--head|renew-lock|")
    assert RUN_URL in made


def test_an_open_pull_request_is_brought_up_to_date(checkout: Path) -> None:
    _proposed(checkout, "# made\nidna==3.11\n")
    run(["git", "reset", "--quiet", "--hard", "origin/main"], cwd=checkout)
    (checkout.parent / "asked").unlink()
    done, asked = _proposed(checkout, "# made\nidna==3.12\n", pull_requests=1)
    assert done.returncode == 0, done.stderr
    assert _branch(checkout) == "# made\nidna==3.12\n"
    assert [line for line in asked if line.startswith("pr|create")] == []


def test_the_same_lock_is_not_proposed(checkout: Path) -> None:
    done, asked = _proposed(checkout, "# made\nidna==3.10\n")
    assert done.returncode == 0
    assert done.stdout.startswith("::notice::requirements.lock is up to date")
    assert asked == []


@pytest.mark.parametrize("line", ["--index-url https://mallory.example", "idna @ https://mallory.example/x.whl", ""])
def test_a_lock_that_could_fetch_from_elsewhere_is_refused(checkout: Path, line: str) -> None:
    done, asked = _proposed(checkout, f"idna==3.11\n{line}\n")
    assert done.returncode == 1
    assert done.stdout.startswith("::error::new.lock is not a lock file")
    assert asked == []
