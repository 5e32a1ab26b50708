#!/usr/bin/env python3
"""Says for a workflow which stacks it works on and how: in Google Cloud, without it, or not at all.

    NEEDED="GCP_PREVIEW_ACCOUNT ..." VARIABLES='{"GCP_PREVIEW_ACCOUNT": "..."}' choose.py

It needs only what every runner has, and reads the event from GITHUB_EVENT_PATH. To GITHUB_OUTPUT it writes

    stacks   the stacks, as JSON
    how      live, offline (pull requests only) or skip
    because  why it is not live: fork, dependencies or variables; empty if it is
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
    """Choose; the exit code."""
    event: dict[str, Any] = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text())
    stacks = _stacks()
    if stacks is None:
        _say("error", f'{_STACKS} is not a list of stacks, such as ["gke"]; see {_GUIDE}')
        return 1
    because = _stranger(event) or _incomplete()
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


def _stranger(event: dict[str, Any]) -> str:
    """Why the code of the pull request must not meet Google Cloud; empty if it may."""
    pull_request = event.get("pull_request")
    if pull_request is None:
        return ""
    # Of a fork that was deleted, no repository is left.
    head = (pull_request["head"].get("repo") or {}).get("full_name")
    if head != event["repository"]["full_name"]:
        _say("notice", f"This pull request comes from a fork, so its preview has no access to any cloud; see {_GUIDE}")
        return "fork"
    # Of Dependabot, or of lock.yml.
    if pull_request["user"]["login"] in {"dependabot[bot]", "github-actions[bot]"}:
        _say("notice", f"Nobody has read these dependencies yet, so their preview has no access to any cloud; {_GUIDE}")
        return "dependencies"
    return ""


def _incomplete() -> str:
    """Says which variables the repository lacks; empty if none."""
    variables: dict[str, str] = json.loads(os.environ["VARIABLES"])
    missing = [name for name in os.environ["NEEDED"].split() if not variables.get(name)]
    if not missing:
        return ""
    _say("notice", f"The repository has no variables {', '.join(missing)}: {_GUIDE} tells how they are made and set")
    return "variables"


def _say(kind: str, text: str) -> None:
    """Tell a person, on the run's page."""
    sys.stdout.write(
        f"::{kind} title=Google Cloud is left out::{text}\n" if kind == "notice" else f"::{kind}::{text}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
