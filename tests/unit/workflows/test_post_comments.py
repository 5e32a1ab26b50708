"""Comments are posted to the pull request that GitHub names, with nothing in them that could do harm."""

import json
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.workflow_scripts import program, run
from tools.review.show import comment

SHA = "0123456789abcdef0123456789abcdef01234567"
EVENT: dict[str, Any] = {
    "workflow_run": {
        "conclusion": "success",
        "head_sha": SHA,
        "head_branch": "more-memory",
        "head_repository": {"full_name": "mallory/hub", "owner": {"login": "mallory"}},
        "html_url": "https://github.com/octo/hub/actions/runs/1",
    }
}
REVIEW = """import pathlib, sys
_, command, _, comment, _, number = sys.argv
with open("posted", "a") as posted:
    posted.write(f"=== {command} {number}\\n{pathlib.Path(comment).read_text()}\\n")
"""
"""Stands in for `python -m tools.review`, and takes `post --comment FILE --pr N`."""


@contextmanager
def _github(pull_requests: list[dict[str, Any]]) -> Generator[tuple[str, list[str]]]:
    """GitHub, which has these pull requests; its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(pull_requests).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name is the server's
            del format, args

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def _posted(
    folder: Path,
    pull_requests: list[dict[str, Any]],
    event: dict[str, Any] = EVENT,
    *,
    stacks: Sequence[str] = (),
) -> tuple[str, str]:
    """Return the posted text and the output of the run; `stacks` are those of the default branch."""
    (folder / ".github").mkdir()
    (folder / ".github" / "stacks.json").write_text(json.dumps(list(stacks)))
    program(folder / "tools" / "review" / "__main__.py", REVIEW)
    with _github(pull_requests) as (url, asked):
        variables = {"GITHUB_API_URL": url, "GITHUB_TOKEN": "token", "PYTHONPATH": "."}
        done = run("post_comments.py", "comments", event=event, variables=variables, cwd=folder, folder=folder)
    assert done.returncode == 0, done.stderr
    for path in asked:
        parts = urlsplit(path)
        assert parts.path == "/repos/octo/hub/pulls"
        assert parse_qs(parts.query)["head"] == ["mallory:more-memory"]
    posted = folder / "posted"
    return posted.read_text() if posted.exists() else "", done.stdout


def _comment(folder: Path, name: str, text: str) -> Path:
    file = folder / "comments" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


OPEN = [{"number": 6, "head": {"sha": "f" * 40}}, {"number": 7, "head": {"sha": SHA}}]


def test_a_comment_goes_to_the_pull_request_of_the_commit_with_a_marker_and_a_first_line_of_ours(
    tmp_path: Path,
) -> None:
    _comment(tmp_path, "gke.md", "### Preview\n\n1 to change\n")
    posted, _ = _posted(tmp_path, OPEN)
    assert posted == (
        "=== post 7\n<!-- jupyterhub-preview: gke -->\n"
        "> Written by the code of this pull request at `0123456`: trust it as far as that code.\n\n"
        "### Preview\n\n1 to change\n"
    )


def test_the_marker_is_the_one_by_which_review_finds_its_comment() -> None:
    assert comment.marker("gke") == "<!-- jupyterhub-preview: gke -->"


def test_marks_and_mentions_in_a_comment_do_nothing(tmp_path: Path) -> None:
    _comment(tmp_path, "gke.md", "<!-- jupyterhub-preview: other -->hi @octo/admins, hub@sha256:0 <!-- open to the end")
    posted, _ = _posted(tmp_path, OPEN)
    assert posted.count("<!--") == 1
    assert posted.endswith("\n\nhi @\u200bocto/admins, hub@sha256:0\n")


@pytest.mark.parametrize("pull_requests", [[], [{"number": 7, "head": {"sha": "f" * 40}}]])
def test_a_commit_that_is_not_the_newest_of_a_pull_request_is_not_told_of(
    tmp_path: Path, pull_requests: list[dict[str, Any]]
) -> None:
    _comment(tmp_path, "gke.md", "old")
    posted, told = _posted(tmp_path, pull_requests)
    assert posted == ""
    assert told.startswith("::notice::No open pull request")


def test_of_a_fork_that_is_gone_nothing_is_told(tmp_path: Path) -> None:
    _comment(tmp_path, "gke.md", "old")
    posted, _ = _posted(tmp_path, OPEN, {"workflow_run": {**EVENT["workflow_run"], "head_repository": None}})
    assert posted == ""


def test_what_is_no_comment_is_left_out_and_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the runner")
    _comment(tmp_path, "large.md", "x" * 262_145)
    _comment(tmp_path, "gke.html", "x")
    _comment(tmp_path, "$(reboot).md", "x")
    (tmp_path / "comments" / "folder.md").mkdir()
    link = _comment(tmp_path, "link.md", "x")
    link.unlink()
    link.symlink_to(secret)
    posted, told = _posted(tmp_path, OPEN)
    assert posted == ""
    assert told.count("::warning::") == 5


def test_a_comment_is_no_longer_than_github_takes(tmp_path: Path) -> None:
    _comment(tmp_path, "gke.md", "x" * 65_536)
    posted, _ = _posted(tmp_path, OPEN)
    assert len(posted) == len("=== post 7\n") + 65_536 + len("\n")


def test_there_is_an_end_to_comments(tmp_path: Path) -> None:
    for number in range(12):
        _comment(tmp_path, f"a{number}.md", "x")
    posted, _ = _posted(tmp_path, OPEN)
    assert posted.count("=== post 7") == 10


@pytest.mark.parametrize("conclusion", ["cancelled", "failure"])
def test_a_run_that_ended_without_a_result_takes_the_place_of_what_an_earlier_one_said(
    tmp_path: Path, conclusion: str
) -> None:
    _comment(tmp_path, "dev.md", "### Preview\n")
    event = {"workflow_run": {**EVENT["workflow_run"], "conclusion": conclusion}}
    posted, _ = _posted(tmp_path, OPEN, event, stacks=["gke", "dev"])
    dev, gke = posted.split("=== post 7\n")[1:]
    assert dev.endswith("### Preview\n")
    assert gke == (
        "<!-- jupyterhub-preview: gke -->\n### Preview of stack `gke` ended without a result\n\n"
        "[The run](https://github.com/octo/hub/actions/runs/1) of `0123456` "
        f"ended as {conclusion} before it had one, and shows the step. "
        "docs/pull-requests.md lists causes.\n\n"
    )


def test_of_a_run_that_a_newer_commit_cut_off_nothing_is_told(tmp_path: Path) -> None:
    event = {"workflow_run": {**EVENT["workflow_run"], "conclusion": "cancelled"}}
    posted, _ = _posted(tmp_path, [{"number": 7, "head": {"sha": "f" * 40}}], event, stacks=["gke"])
    assert posted == ""
