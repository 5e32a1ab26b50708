"""Pulumi commands with their event logs."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final, Protocol

from tools.engine.stack import no_stack
from tools.review.log import events
from tools.review.log.model import Diagnostic, Preview

_LAST_LINES: Final = 30
"""Lines of output that are shown if Pulumi fails before its first event."""


class Run(Protocol):
    """A way to run Pulumi, such as `Stack.run`."""

    def __call__(self, *arguments: str, event_log: Path) -> CompletedProcess[str]:
        """Run a command to its end, with its event log in a file."""
        ...


def preview(run: Run, *command: str, show: bool = False) -> Preview:
    """Run a command and return its event log as a preview.

    Args:
        run: The way to run it.
        command: The command, such as `preview`, and its arguments.
        show: Whether its output is printed too, on standard error.
    """
    with tempfile.TemporaryDirectory(prefix="review-") as folder:
        file = Path(folder) / "events.json"
        done = run(*command, event_log=file)
        # Only "\n" ends an event: its texts may hold other characters that splitlines() splits at.
        lines = filter(None, file.read_text().split("\n")) if file.exists() else ()
        found = events.read(lines, failed=done.returncode != 0)
    if show:
        sys.stderr.write(done.stdout)
    if found.failed and not found.violations and not found.errors:
        # It failed before its first event.
        last = "\n".join(done.stdout.strip().splitlines()[-_LAST_LINES:])
        error = no_stack(done.stdout, "docs/pull-requests.md says how to create it once.") or last
        return replace(found, diagnostics=(*found.diagnostics, Diagnostic(severity="error", text=error)))
    return found
