"""Arguments of `python -m tools.review` in the steps of the preview."""

from pathlib import Path

import pytest

from tests.workflow_scripts import program
from tests.workflow_scripts import run as run_script
from tools.commands import run

RUN_URL = "https://github.com/octo/hub/actions/runs/1"
RECORDS = '#!/bin/sh\nprintf "%s\\n" "$@" > arguments\nexit 3\n'


def _arguments(folder: Path, **variables: str) -> list[str]:
    program(folder / ".venv" / "bin" / "python", RECORDS)
    given = {"STACK": "gke", "RUN_URL": RUN_URL, **variables}
    done = run_script("preview.sh", "build/comments", variables=given, cwd=folder, folder=folder)
    assert (done.returncode, done.stderr) == (3, "")
    assert (folder / "build" / "comments").is_dir()
    return (folder / "arguments").read_text().splitlines()


@pytest.mark.parametrize("with_policy", [True, False])
def test_a_live_preview_uses_the_policy_pack_if_it_exists(tmp_path: Path, *, with_policy: bool) -> None:
    if with_policy:
        (tmp_path / "policy").mkdir()
    comment, summary = "build/comments/gke.md", str(tmp_path / "summary.md")
    assert _arguments(tmp_path, HOW="live") == [
        *("-m", "tools.review", "preview", "--stack", "gke", "--comment", comment, "--summary", summary),
        *("--run-url", RUN_URL),
        *(("--policy-pack", "policy") if with_policy else ()),
    ]


def _commit(folder: Path, text: str) -> str:
    """Commit a file, and return the hash of the commit."""
    (folder / "file").write_text(text)
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (["init", "--quiet"], ["add", "file"], [*person, "commit", "--quiet", "--message", text]):
        run(["git", *words], cwd=folder)
    return run(["git", "rev-parse", "HEAD"], cwd=folder).strip()


@pytest.mark.parametrize("because", ["fork", "dependencies", "variables"])
def test_an_offline_preview_compares_with_the_target_branch(tmp_path: Path, because: str) -> None:
    before = _commit(tmp_path, "before")
    _commit(tmp_path, "after")
    arguments = _arguments(tmp_path, HOW="offline", BECAUSE=because)
    assert arguments[:3] == ["-m", "tools.review", "offline"]
    assert arguments[-4:] == ["--base", before, "--because", because]
