"""Runs Pulumi with its event log, and reads that."""

import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from tools.review.log import events
from tools.review.log.events import Log
from tools.review.log.model import Diagnostic, Preview

_LAST_LINES: Final = 30
"""Lines of output that are shown if Pulumi fails before its first event."""
_NO_STACK: Final = re.compile(r"no stack named '([^']+)' found")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a command."""

    log: Log
    """Pulumi's events."""
    failed: bool
    """Whether its exit code is an error."""

    @property
    def preview(self) -> Preview:
        """The events as a preview."""
        return events.preview(self.log, failed=self.failed)


def outcome(start: Callable[[Path], CompletedProcess[str]], *, show: bool = False) -> Outcome:
    """Run a command to its end.

    Args:
        start: Runs it with its event log in the file that it is given.
        show: Whether its output is printed too, on standard error.
    """
    with tempfile.TemporaryDirectory(prefix="review-") as folder:
        file = Path(folder) / "events.json"
        done = start(file)
        # Only "\n" ends an event: its texts may hold other characters that splitlines() splits at.
        log = events.read(filter(None, file.read_text().split("\n")) if file.exists() else ())
    if show:
        sys.stderr.write(done.stdout)
    failed = done.returncode != 0
    if failed and not any(diagnostic.severity == "error" for diagnostic in log.diagnostics) and not log.violations:
        log.diagnostics.append(Diagnostic(severity="error", text=_early_error(done.stdout)))
    return Outcome(log=log, failed=failed)


def _early_error(output: str) -> str:
    """Return the error of a command that failed before its first event."""
    if missing := _NO_STACK.search(output):
        return (
            f"Stack {missing[1]} does not exist in the current Pulumi backend (PULUMI_BACKEND_URL), and a preview does "
            "not create it. docs/pull-requests.md says how to create it once."
        )
    return "\n".join(output.strip().splitlines()[-_LAST_LINES:])
