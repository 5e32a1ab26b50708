"""What the preview's steps ask of `python -m tools.review`."""

from pathlib import Path

import pytest

from tests.workflow_scripts import program
from tests.workflow_scripts import run as run_script
from tools.commands import run

RUN_URL = "https://github.com/octo/hub/actions/runs/1"
RECORDS = '#!/bin/sh\nprintf "%s\\n" "$@" > asked\nexit 3\n'


def _asked(folder: Path, **variables: str) -> list[str]:
    program(folder / ".venv" / "bin" / "python", RECORDS)
    given = {"STACK": "gke", "RUN_URL": RUN_URL, **variables}
    done = run_script("preview.sh", "build/comments", variables=given, cwd=folder, folder=folder)
    assert (done.returncode, done.stderr) == (3, "")
    assert (folder / "build" / "comments").is_dir()
    return (folder / "asked").read_text().splitlines()


@pytest.mark.parametrize("with_policy", [True, False])
def test_a_preview_in_google_cloud_uses_the_policies_if_there_are_some(tmp_path: Path, *, with_policy: bool) -> None:
    if with_policy:
        (tmp_path / "policy").mkdir()
    comment, summary = "build/comments/gke.md", str(tmp_path / "summary.md")
    assert _asked(tmp_path, HOW="live") == [
        *("-m", "tools.review", "preview", "--stack", "gke", "--comment", comment, "--summary", summary),
        *("--run-url", RUN_URL),
        *(("--policy-pack", "policy") if with_policy else ()),
    ]


def _commit(folder: Path, text: str) -> str:
    """Commit a file; the commit's hash."""
    (folder / "file").write_text(text)
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (["init", "--quiet"], ["add", "file"], [*person, "commit", "--quiet", "--message", text]):
        run(["git", *words], cwd=folder)
    return run(["git", "rev-parse", "HEAD"], cwd=folder).strip()


@pytest.mark.parametrize("because", ["fork", "dependencies", "variables"])
def test_a_preview_offline_compares_with_the_branch_that_the_pull_request_goes_to(tmp_path: Path, because: str) -> None:
    before = _commit(tmp_path, "before")
    _commit(tmp_path, "after")
    asked = _asked(tmp_path, HOW="offline", BECAUSE=because)
    assert asked[:3] == ["-m", "tools.review", "offline"]
    assert asked[-4:] == ["--base", before, "--because", because]
