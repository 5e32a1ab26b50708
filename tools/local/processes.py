"""Long-running processes, each in its own session, with a file that holds its process id."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.errors import ToolError
from tools.local import layout

_SHOWN_LINES = 12


@dataclass(frozen=True, kw_only=True)
class _Running:
    pid: int
    started: int
    """The kernel's start time: a process id alone may by now belong to another process."""


def start(name: str, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> None:
    """Start a process that outlives this one, unless it runs already.

    Args:
        name: Its name in messages, of its log, and for `stop`.
        command: Its program and arguments.
        env: Variables on top of this process's own.
    """
    if is_running(name):
        return
    layout.LOGS.mkdir(parents=True, exist_ok=True)
    layout.RUN.mkdir(parents=True, exist_ok=True)
    with log(name).open("wb") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd="/",
            start_new_session=True,
        )
    _file(name).write_text(json.dumps(asdict(_Running(pid=process.pid, started=start_time(process.pid) or 0))))


def stop(name: str, *, seconds: float = 20) -> None:
    """Stop the process that was started as `name`: SIGTERM, and SIGKILL after that many seconds."""
    running = _read(name)
    if running is not None:
        for sign, timeout in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5.0)):
            if not _alive(running):
                break
            os.kill(running.pid, sign)
            deadline = time.monotonic() + timeout
            while _alive(running) and time.monotonic() < deadline:
                time.sleep(0.05)
    _file(name).unlink(missing_ok=True)


def is_running(name: str) -> bool:
    """Return whether the process that was started as `name` still runs."""
    running = _read(name)
    return running is not None and _alive(running)


def require_running(name: str) -> None:
    """Raise a ToolError with the end of its log if `name` has exited."""
    if not is_running(name):
        lines = log(name).read_text(errors="replace").splitlines()[-_SHOWN_LINES:] if log(name).exists() else []
        raise ToolError("\n".join([f"{name} has stopped. The end of {log(name)}:", *(f"    {line}" for line in lines)]))


def log(name: str) -> Path:
    """Return the log file of `name`."""
    return layout.LOGS / f"{name}.log"


def _file(name: str) -> Path:
    return layout.RUN / f"{name}.json"


def _read(name: str) -> _Running | None:
    try:
        return _Running(**json.loads(_file(name).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None  # never started, or the machine went down while it was being written


def _alive(running: _Running) -> bool:
    with suppress(ChildProcessError):  # a child of this process stays a zombie until it is waited for
        os.waitpid(running.pid, os.WNOHANG)
    return start_time(running.pid) == running.started


def start_time(pid: int) -> int | None:
    """Return the kernel's start time of a process; None if there is none, or it only waits for its parent (zombie)."""
    try:
        after_name = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if after_name[0] == "Z" else int(after_name[19])
