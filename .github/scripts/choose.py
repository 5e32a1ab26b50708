#!/usr/bin/env python3
"""Chooses the stacks of a workflow and its mode: with access to Google Cloud, offline, or skipped.

    NEEDED="GCP_PREVIEW_ACCOUNT ..." VARIABLES='{"GCP_PREVIEW_ACCOUNT": "..."}' choose.py

It needs no packages, reads the event from GITHUB_EVENT_PATH and writes to GITHUB_OUTPUT:

    stacks   the stacks, as JSON
    how      live, offline (pull requests only) or skip
    because  reason against live: fork, dependencies or variables; empty for live
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

_GUIDE = "docs/pull-requests.md"
_STACKS = Path(".github/stacks.json")
_STACK = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def main() -> int:
    """Choose, and return the exit code."""
    event: dict[str, Any] = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text())
    stacks = _stacks()
    if stacks is None:
        _report("error", f'{_STACKS} is not a list of stacks, such as ["gke"]; see {_GUIDE}')
        return 1
    because = _untrusted(event) or _unconfigured()
    how = "live" if not because else "offline" if "pull_request" in event else "skip"
    with Path(os.environ["GITHUB_OUTPUT"]).open("a") as outputs:
        outputs.write(f"stacks={json.dumps(stacks)}\nhow={how}\nbecause={because}\n")
    return 0


def _stacks() -> list[str] | None:
    try:
        stacks: Any = json.loads(_STACKS.read_text())
    except (OSError, ValueError):
        return None
    named = isinstance(stacks, list) and all(isinstance(name, str) and _STACK.fullmatch(name) for name in stacks)
    return stacks if stacks and named else None


def _untrusted(event: dict[str, Any]) -> str:
    """Return why the code of the pull request gets no access to Google Cloud; empty if it gets it."""
    pull_request = event.get("pull_request")
    if pull_request is None:
        return ""
    # The repository of a deleted fork is null.
    head = (pull_request["head"].get("repo") or {}).get("full_name")
    if head != event["repository"]["full_name"]:
        _report(
            "notice", f"This pull request comes from a fork; its preview gets no access to Google Cloud. See {_GUIDE}"
        )
        return "fork"
    # Dependabot, or lock.yml.
    if pull_request["user"]["login"] in {"dependabot[bot]", "github-actions[bot]"}:
        _report(
            "notice", f"These dependencies are unreviewed; their preview gets no access to Google Cloud. See {_GUIDE}"
        )
        return "dependencies"
    return ""


def _unconfigured() -> str:
    """Report missing repository variables, and return the reason; empty if none is missing."""
    variables: dict[str, str] = json.loads(os.environ["VARIABLES"])
    missing = [name for name in os.environ["NEEDED"].split() if not variables.get(name)]
    if not missing:
        return ""
    _report("notice", f"Repository variables are missing: {', '.join(missing)}. See {_GUIDE} for how to set them")
    return "variables"


def _report(kind: str, text: str) -> None:
    """Write a message to the page of the run."""
    sys.stdout.write(
        f"::{kind} title=No access to Google Cloud::{text}\n" if kind == "notice" else f"::{kind}::{text}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
