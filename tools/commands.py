"""Commands whose failures are reported as messages."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.errors import ToolError

_SHOWN_LINES = 15


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    doing: str = "",
    stdin: str = "",
) -> str:
    """Run a program to its end.

    Args:
        command: The program and its arguments.
        cwd: The folder to run it in; the current one by default.
        env: Variables set on top of this process's own.
        doing: Description of the command, for the error message.
        stdin: Text for its standard input, where secrets belong.

    Returns:
        Its standard output.

    Raises:
        ToolError: It is not installed, or it failed; the message holds the last lines that it printed.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        message = f"{words[0]} is not installed{f' ({doing})' if doing else ''}."
        raise ToolError(message) from None
    if done.returncode != 0:
        printed = (done.stderr.strip() or done.stdout.strip()).splitlines()[-_SHOWN_LINES:]
        title = doing or " ".join(words[:4])
        raise ToolError(
            "\n".join([f"{title} failed (exit code {done.returncode}):", *(f"    {line}" for line in printed)])
        )
    return done.stdout


def attempt(command: Sequence[str | Path]) -> bool:
    """Run a program that may be missing or fail, and return whether it succeeded."""
    try:
        run(command)
    except ToolError:
        return False
    return True
