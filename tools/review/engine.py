"""Pulumi commands with their event logs."""

import sys
import tempfile
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final, Protocol

from tools.engine.stack import no_stack
from tools.review.log import events
from tools.review.log.events import Log
from tools.review.log.model import Diagnostic

_LAST_LINES: Final = 30
"""Lines of output that are shown if Pulumi fails before its first event."""


class Run(Protocol):
    """A way to run Pulumi, such as `Stack.run`."""

    def __call__(self, *arguments: str, event_log: Path) -> CompletedProcess[str]:
        """Run a command to its end, with its event log in a file."""
        ...


def log_of(run: Run, *command: str, show: bool = False) -> Log:
    """Run a command and return its event log.

    Args:
        run: The way to run it.
        command: The command, such as `preview`, and its arguments.
        show: Whether its output is printed too, on standard error.
    """
    with tempfile.TemporaryDirectory(prefix="review-") as folder:
        file = Path(folder) / "events.json"
        done = run(*command, event_log=file)
        # Only "\n" ends an event: its texts may hold other characters that splitlines() splits at.
        log = events.read(filter(None, file.read_text().split("\n")) if file.exists() else ())
    if show:
        sys.stderr.write(done.stdout)
    log.failed = done.returncode != 0
    if log.failed and not log.violations and not any(one.severity == "error" for one in log.diagnostics):
        # It failed before its first event.
        last = "\n".join(done.stdout.strip().splitlines()[-_LAST_LINES:])
        early = no_stack(done.stdout, "docs/pull-requests.md says how to create it once.") or last
        log.diagnostics.append(Diagnostic(severity="error", text=early))
    return log
