"""Extension of the Jupyter server in each notebook pod: work counts as activity, which the server reports to the hub.

By itself, Jupyter counts requests and messages: a computation that prints nothing looks idle. Here a busy kernel
counts, and so does each process that computes, such as a program in a terminal. The hub writes this file into the pod,
whatever the image (`notebook_start.py`), so it needs nothing but Python 3.8 and Jupyter Server 2.
"""

from __future__ import annotations

import inspect
import os
import re
import shutil
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado.ioloop import PeriodicCallback

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 30
"""Interval of the looks at kernels and processes, in seconds."""

SHARE = 0.1
"""Share of a CPU from which a process computes. Idle kernels, Dask workers and web servers stay below it."""

LONGEST = 140
"""Maximum number of characters of a notice in JupyterLab."""

FULL = 2**20
"""Free bytes below which a home counts as full."""

_SAVES = "https://events.jupyter.org/jupyter_server/contents_service/v1"


class Work:
    """The last time at which a kernel was busy, or a process computed."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401 the hub has no Jupyter Server, and so no types of it
        self._app = app
        self._settings: dict[str, Any] = app.web_app.settings
        self._looked, self._used = time.monotonic(), cpu_seconds()

    async def look(self) -> None:
        """Note the current time as activity if there is work, and renew the notices for the next page."""
        self.show_notices()
        looked, used = time.monotonic(), cpu_seconds()
        if await self._is_a_kernel_busy() or computing(self._used, used, looked - self._looked):
            self.note()
        self._looked, self._used = looked, used

    def note(self) -> None:
        """Note the current time as activity."""
        self._settings["last_activity_times"]["work"] = datetime.now(timezone.utc)  # noqa: UP017 UTC is new in Python 3.11

    def show_notices(self) -> None:
        """Give JupyterLab's pages the notices that `notebook_notices.js` shows."""
        self._settings.setdefault("page_config_data", {})["jupyterhubNotices"] = notices(Path.home())

    async def saved(self, **_: object) -> None:
        """Count a saved, renamed or deleted file, an event of Jupyter Server, as activity."""
        self.note()

    def last_activity(self) -> datetime:
        """Return the last activity without requests, which come from each open tab."""
        times: list[datetime | None] = [
            self._settings["started"],
            self._app.kernel_manager.last_kernel_activity,
            self._settings.get("terminal_last_activity"),
            *self._settings["last_activity_times"].values(),
        ]
        return max(each for each in times if each is not None)

    async def _is_a_kernel_busy(self) -> bool:
        listed = self._app.kernel_manager.list_kernels()
        kernels = await listed if inspect.isawaitable(listed) else listed
        return any(kernel.get("execution_state") == "busy" for kernel in kernels)


def notices(home: Path) -> list[dict[str, object]]:
    """Return arguments of JupyterLab's command `apputils:notify`: what ends the server, and problems of the home."""
    shown = _notices(os.environ.get("JUPYTERHUB_LIFETIME", ""), type="info", options={"autoClose": 10000})
    lasting = {"autoClose": False}
    if os.environ.get("JUPYTERHUB_WITHOUT_HOME_SETTINGS"):
        reason = (
            "The last start failed, so this one leaves out the Jupyter settings and Python packages of your home "
            "folder (.jupyter, .local). Fix or remove them, then stop the server and start it again."
        )
        shown += _notices(reason, type="warning", options=lasting)
    disk = shutil.disk_usage(home)
    if disk.free < FULL:
        size = f"{disk.total / 2**30:.1f} GiB, {disk.free / 2**20:.0f} MiB free"
        full = (
            f"Your home folder is full ({size}): files cannot be saved. Delete some, for example in the file browser."
        )
        shown += _notices(full, type="error", options=lasting)
    return shown


def _notices(text: str, **arguments: object) -> list[dict[str, object]]:
    """Return as few notices as have room for the sentences: JupyterLab cuts off longer ones."""
    messages: list[str] = []
    for sentence in re.split(r"(?<=[.]) ", text) if text else ():
        if messages and len(messages[-1]) + 1 + len(sentence) <= LONGEST:
            messages[-1] += f" {sentence}"
        else:
            messages.append(sentence)
    return [{"message": message, **arguments} for message in messages]


def cpu_seconds() -> dict[int, float]:
    """Return the CPU time that each other process and its ended children have used, by process ID."""
    used: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in parentheses, may contain spaces.
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        used[int(stat.parent.name)] = sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    used.pop(os.getpid(), None)
    return used


def computing(before: Mapping[int, float], now: Mapping[int, float], seconds: float) -> bool:
    """Return whether a process has used a CPU for its share of the seconds in between."""
    return any(used - before.get(process, 0) >= SHARE * seconds for process, used in now.items())


def _load_jupyter_server_extension(app: Any) -> None:  # noqa: ANN401 as above  # pyright: ignore[reportUnusedFunction] Jupyter Server calls it
    work = Work(app)
    work.show_notices()
    app.jupyterhub_work = PeriodicCallback(work.look, SECONDS * 1000)
    app.jupyterhub_work.start()
    if os.environ.get("JUPYTERHUB_COUNT_OPEN_TABS") == "0":
        app.event_logger.add_listener(schema_id=_SAVES, listener=work.saved)
        app.web_app.last_activity = work.last_activity
