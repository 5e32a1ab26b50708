"""Progress on the terminal: steps with their times. Steps may run in parallel."""

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_LINES = 5
"""Progress lines of a long build where there is no terminal for a bar."""

console = Console(stderr=True, highlight=False, soft_wrap=True)
"""Progress goes to standard error, so that a command's result can be piped."""

_lock = threading.Lock()
_display = Progress(
    SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
)


@contextmanager
def step(title: str, *, always: bool = True) -> Generator[None]:
    """Show `title` with a running clock, and a line with the seconds that it took once it is done.

    Args:
        title: The step in the present tense: "Loading the hub image".
        always: False shows no line for a step that took less than a second, because there was nothing to do.
    """
    with _shown(title, None, always=always):
        yield


@contextmanager
def progress(title: str, *, total: int) -> Generator[Callable[[], None]]:
    """Show `title` with a bar that fills up; the function given is called for each part that is done.

    Args:
        title: The step in the present tense.
        total: The most parts that there can be; it may end with fewer.
    """
    with _shown(title, total, always=True) as advance:
        yield advance


@contextmanager
def quiet() -> Generator[None]:
    """Pause the progress display while another program uses the terminal."""
    was_live = _display.live.is_started
    _display.stop()
    try:
        yield
    finally:
        if was_live:
            _display.start()


def say(text: str) -> None:
    """Show one line."""
    console.print(escape(text))


@contextmanager
def _shown(title: str, total: int | None, *, always: bool) -> Generator[Callable[[], None]]:
    start = time.monotonic()
    task = _display.add_task(escape(title), total=total)
    if console.is_terminal:
        _display.start()
    elif always:
        console.print(f"  .. {escape(title)}")
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        _display.advance(task)
        if total and not console.is_terminal and done * _LINES // total > (done - 1) * _LINES // total:
            console.print(f"     {escape(title)}: {done * 100 // total} % ({time.monotonic() - start:.0f} s)")

    try:
        yield advance
    finally:
        failed, seconds = sys.exc_info()[0] is not None, time.monotonic() - start
        with _lock:
            _display.remove_task(task)
            if not _display.tasks:
                _display.stop()
        if failed or always or seconds >= 1:
            mark = "[red]!![/red]" if failed else "[green]ok[/green]"
            console.print(f"  {mark} {escape(title)} ({seconds:.1f} s)")
