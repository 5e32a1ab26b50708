#!/usr/bin/env python3
"""Posts the comments that the code of a pull request wrote. It trusts none of their content.

    post_comments.py build/comments

The event of the finished run (GITHUB_EVENT_PATH) has its commit and branch; GitHub's API has the pull request of that
commit. The comments are `<folder>/<stack>.md`: at most ten well-formed ones are posted, each with a marker and a first
line of this script. A stack of the default branch without a comment (the run was cancelled, or an earlier step failed)
gets a comment that says so, which replaces the one of an earlier run. The script runs from the default branch and
checks out nothing else.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

_MARKER = "<!-- jupyterhub-preview: {} -->"
"""First line by which `post` finds the comment of a stack."""
_LONGEST = 65_536
"""Characters of a comment that GitHub accepts."""
_LARGEST = 4 * _LONGEST
"""Bytes of a comment file."""
_MOST = 10
_STACKS = Path(".github/stacks.json")
_NAME = re.compile(r"([a-z0-9][a-z0-9-]{0,39})\.md")
_MARK = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def main() -> int:
    """Post the comments, and return the exit code."""
    run: dict[str, Any] = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text())["workflow_run"]
    number = _pull_request(run)
    if number is None:
        sys.stdout.write("::notice::No open pull request has this commit as its newest: nothing is posted.\n")
        return 0
    comments = {stack: f"{_introduction(run)}\n\n{text}" for stack, text in _comments(Path(sys.argv[1]))}
    without: list[str] = [stack for stack in json.loads(_STACKS.read_text()) if stack not in comments]
    failed = False
    for stack, text in (comments | {stack: _no_result(stack, run) for stack in without}).items():
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".md") as file:
            file.write(f"{_MARKER.format(stack)}\n{text}"[:_LONGEST])
            file.flush()
            command = [sys.executable, "-m", "tools.review", "post", "--comment", file.name, "--pr", str(number)]
            failed |= subprocess.run(command, check=False).returncode != 0
    return int(failed)


def _pull_request(run: dict[str, Any]) -> int | None:
    """Return the open pull request whose newest commit the run was for: the event lacks it for forks."""
    if run["head_repository"] is None:
        return None  # a deleted fork
    owner, branch = run["head_repository"]["owner"]["login"], run["head_branch"]
    query = urllib.parse.urlencode({"state": "open", "head": f"{owner}:{branch}", "per_page": 100})
    url = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/pulls?{query}"
    headers = {"Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}", "Accept": "application/vnd.github+json"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 the URL is GitHub's own
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 as above
        found: list[dict[str, Any]] = json.load(answer)
    return next((one["number"] for one in found if one["head"]["sha"] == run["head_sha"]), None)


def _comments(folder: Path) -> list[tuple[str, str]]:
    """Return stack and text of the well-formed comments, and warn about the others."""
    found: list[tuple[str, str]] = []
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        named = _NAME.fullmatch(file.name)
        if named is None or file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST:
            sys.stdout.write(f"::warning::{json.dumps(file.name)} is not a comment of a preview\n")
            continue
        text = file.read_bytes().decode("utf-8", errors="replace").replace("\0", "")
        # Without markers of its own, and without mentions.
        found.append((named[1], _MENTION.sub("@\u200b", _MARK.sub("", text)).strip()))
    return found[:_MOST]


def _introduction(run: dict[str, Any]) -> str:
    """Return the first line, which names the author."""
    return f"> Written by the code of this pull request at `{run['head_sha'][:7]}`: trust it as far as that code."


def _no_result(stack: str, run: dict[str, Any]) -> str:
    """Return the comment on a stack of which the run has none."""
    return (
        f"### Preview of stack `{stack}` ended without a result\n\n"
        f"[The run]({run['html_url']}) of `{run['head_sha'][:7]}` ended as {run['conclusion']} before it had one, "
        "and shows the step. docs/pull-requests.md lists causes.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
