"""Runs `pulumi preview` and reads what the engine says."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.local import engine as machine
from tools.review.log import events
from tools.review.log.events import Log
from tools.review.log.model import Diagnostic, Preview

_LAST_LINES: Final = 30
"""Of the engine's own words, where it fails before it has any events."""
_NO_STACK: Final = re.compile(r"no stack named '([^']+)' found")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a preview ended."""

    log: Log
    """The engine's events."""
    failed: bool
    """Whether the engine says so."""
    printed: str
    """What it printed."""

    @property
    def preview(self) -> Preview:
        """What it says."""
        return events.preview(self.log, failed=self.failed)


def find() -> tuple[str, dict[str, str]]:
    """Returns the engine to use, and the variables that it needs: the machine's own, or the one that `make` builds.

    Raises:
        LocalError: There is none, and none could be built.
    """
    own = shutil.which("pulumi")
    if own is not None:
        return own, {}
    built = machine.find()
    return str(built.program), dict(built.environment)


def run(
    command: Sequence[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None, show: bool = True
) -> Outcome:
    """Run a preview to its end.

    Args:
        command: `pulumi preview` with its arguments.
        cwd: The folder of the project; the current one by default.
        environment: Variables on top of this process's own.
        show: Whether what the engine prints is shown, on standard error.
    """
    with tempfile.TemporaryDirectory(prefix="review-") as folder:
        file = Path(folder) / "events.json"
        done = subprocess.run(
            [*command, "--event-log", str(file), "--non-interactive", "--color=never", "--suppress-permalink=true"],
            cwd=cwd,
            # The engine offers --event-log only to those who ask for its commands for debugging.
            env={**os.environ, **(environment or {}), "PULUMI_DEBUG_COMMANDS": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # Only "\n" ends a line: there may be others of what Python takes for an end in a text.
        log = events.read(filter(None, file.read_text().split("\n")) if file.exists() else ())
    if show:
        sys.stderr.write(done.stdout)
    failed = done.returncode != 0
    if failed and not any(told.severity == "error" for told in log.diagnostics) and not log.violations:
        log.diagnostics.append(Diagnostic(severity="error", text=_told(done.stdout)))
    return Outcome(log=log, failed=failed, printed=done.stdout)


def _told(printed: str) -> str:
    """What it is that the engine failed of before it had any events."""
    if missing := _NO_STACK.search(printed):
        return (
            f"Stack {missing[1]} is not in the state that Pulumi uses here (PULUMI_BACKEND_URL), and a preview begins "
            "none: somebody has to, once. docs/pull-requests.md says how."
        )
    return "\n".join(printed.strip().splitlines()[-_LAST_LINES:])
