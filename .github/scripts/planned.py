#!/usr/bin/env python3
"""Prints what `pulumi up` would do to a stack, one line for each resource: what, which one, and which inputs change.

    planned.py STACK

No value is in it, so it may be read by everybody, and it is the same for the same plan. It ends as the preview ends.
"""

import json
import subprocess
import sys
from typing import Any

_PARTS_OF_A_REPLACEMENT = {"create-replacement", "delete-replaced"}
_QUIET = {"same", "read", "refresh"}


def main() -> int:
    """Print the plan; the exit code."""
    command = ["pulumi", "preview", "--json", "--non-interactive", "--stack", sys.argv[1]]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.stderr.write(_mistakes(done.stdout))
        return done.returncode
    for line in sorted(_lines(json.loads(done.stdout).get("steps", []))):
        sys.stdout.write(f"{line}\n")
    return 0


def _lines(steps: list[dict[str, Any]]) -> list[str]:
    return [
        " ".join([step["op"], step["urn"], *sorted(step.get("detailedDiff") or {})])
        for step in steps
        if step["op"] not in _QUIET | _PARTS_OF_A_REPLACEMENT
    ]


def _mistakes(printed: str) -> str:
    """What the engine says is wrong, out of its JSON."""
    try:
        said = [item["message"] for item in json.loads(printed)["diagnostics"] if item.get("severity") == "error"]
    except (ValueError, KeyError):
        return printed
    return "".join(f"{message.rstrip()}\n" for message in said)


if __name__ == "__main__":
    sys.exit(main())
