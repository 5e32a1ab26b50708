"""Comments are posted to the pull request of their commit, without markers and mentions."""

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
"""Test double of `python -m tools.review post --comment FILE --pr N`."""


@contextmanager
def _github(pull_requests: list[dict[str, Any]]) -> Generator[tuple[str, list[str]]]:
    """Serve an API of GitHub with these pull requests; yield its URL and the paths of its requests."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(pull_requests).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name is the server's
            del format, args

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", paths
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
    with _github(pull_requests) as (url, paths):
        variables = {"GITHUB_API_URL": url, "GITHUB_TOKEN": "token", "PYTHONPATH": "."}
        done = run("post_comments.py", "comments", event=event, variables=variables, cwd=folder, folder=folder)
    assert done.returncode == 0, done.stderr
    for path in paths:
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


def test_a_comment_has_a_marker_and_a_warning_and_goes_to_its_pull_request(
    tmp_path: Path,
) -> None:
    _comment(tmp_path, "gke.md", "### Preview\n\n1 to change\n")
    posted, _ = _posted(tmp_path, OPEN)
    assert posted == (
        "=== post 7\n<!-- jupyterhub-preview: gke -->\n"
        "> Written by the code of this pull request at `0123456`: trust it as far as that code.\n\n"
        "### Preview\n\n1 to change\n"
    )


def test_the_marker_is_that_of_the_review_tool() -> None:
    assert comment.marker("gke") == "<!-- jupyterhub-preview: gke -->"


def test_markers_and_mentions_in_a_comment_are_removed(tmp_path: Path) -> None:
    _comment(tmp_path, "gke.md", "<!-- jupyterhub-preview: other -->hi @octo/admins, hub@sha256:0 <!-- open to the end")
    posted, _ = _posted(tmp_path, OPEN)
    assert posted.count("<!--") == 1
    assert posted.endswith("\n\nhi @\u200bocto/admins, hub@sha256:0\n")


@pytest.mark.parametrize("pull_requests", [[], [{"number": 7, "head": {"sha": "f" * 40}}]])
def test_a_comment_on_an_outdated_commit_is_not_posted(tmp_path: Path, pull_requests: list[dict[str, Any]]) -> None:
    _comment(tmp_path, "gke.md", "old")
    posted, message = _posted(tmp_path, pull_requests)
    assert posted == ""
    assert message.startswith("::notice::No open pull request")


def test_a_comment_of_a_deleted_fork_is_not_posted(tmp_path: Path) -> None:
    _comment(tmp_path, "gke.md", "old")
    posted, _ = _posted(tmp_path, OPEN, {"workflow_run": {**EVENT["workflow_run"], "head_repository": None}})
    assert posted == ""


def test_an_invalid_comment_file_is_skipped_with_a_warning(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the runner")
    _comment(tmp_path, "large.md", "x" * 262_145)
    _comment(tmp_path, "gke.html", "x")
    _comment(tmp_path, "$(reboot).md", "x")
    (tmp_path / "comments" / "folder.md").mkdir()
    link = _comment(tmp_path, "link.md", "x")
    link.unlink()
    link.symlink_to(secret)
    posted, message = _posted(tmp_path, OPEN)
    assert posted == ""
    assert message.count("::warning::") == 5


def test_a_comment_is_cut_to_githubs_limit(tmp_path: Path) -> None:
    _comment(tmp_path, "gke.md", "x" * 65_536)
    posted, _ = _posted(tmp_path, OPEN)
    assert len(posted) == len("=== post 7\n") + 65_536 + len("\n")


def test_the_number_of_comments_is_limited(tmp_path: Path) -> None:
    for number in range(12):
        _comment(tmp_path, f"a{number}.md", "x")
    posted, _ = _posted(tmp_path, OPEN)
    assert posted.count("=== post 7") == 10


@pytest.mark.parametrize("conclusion", ["cancelled", "failure"])
def test_a_run_without_a_result_replaces_the_earlier_comment(tmp_path: Path, conclusion: str) -> None:
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


def test_a_run_cancelled_by_a_newer_commit_posts_nothing(tmp_path: Path) -> None:
    event = {"workflow_run": {**EVENT["workflow_run"], "conclusion": "cancelled"}}
    posted, _ = _posted(tmp_path, [{"number": 7, "head": {"sha": "f" * 40}}], event, stacks=["gke"])
    assert posted == ""
