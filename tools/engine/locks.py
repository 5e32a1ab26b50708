"""Locks of a stack whose state is in a folder: whether the `pulumi` that locked it is still at work."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "file://"


def at_work(backend: str, stack: str) -> Iterator[int]:
    """Yield the process ID of each `pulumi` on this machine that has locked a stack, and still runs.

    Args:
        backend: URL of the backend. Only a folder can be read.
        stack: Name of the stack.
    """
    if not backend.startswith(_PREFIX):
        return
    # locks/<organization>/<project>/<stack>/<ID>.json
    for file in Path(backend.removeprefix(_PREFIX), ".pulumi", "locks").glob(f"*/*/{stack}/*.json"):
        lock = json.loads(file.read_text())
        if lock["hostname"] == socket.gethostname() and _is_pulumi(lock["pid"]):
            yield lock["pid"]


def _is_pulumi(pid: int) -> bool:
    """Return whether that process runs `pulumi`; after a restart of the machine it may be any other."""
    try:
        return Path("/proc", str(pid), "comm").read_text().strip() == "pulumi"
    except OSError:
        return False
