"""Shows what is being done, and how long it took."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

_LINES = 5
"""How many lines a long build prints where there is no terminal to draw a bar on."""

console = Console(stderr=True, highlight=False, soft_wrap=True)
"""Progress goes to standard error, so that a command's result can be piped."""


@contextmanager
def step(title: str, *, always: bool = True) -> Generator[None]:
    """Show `title` with a running clock, and a line with the seconds that it took once it is done.

    Args:
        title: What is being done, in the present tense: "Building coredns".
        always: False shows no line for a step that took less than a second, because there was nothing to do.
    """
    start = time.monotonic()
    if not console.is_terminal:
        if always:
            console.print(f"  .. {escape(title)}")
        try:
            yield
        finally:
            _finish(title, start, always=always, failed=sys.exc_info()[0] is not None)
        return
    with console.status(escape(title)):
        try:
            yield
        finally:
            _finish(title, start, always=always, failed=sys.exc_info()[0] is not None)


def _finish(title: str, start: float, *, always: bool, failed: bool) -> None:
    seconds = time.monotonic() - start
    if failed:
        console.print(f"  [red]!![/red] {escape(title)} ({seconds:.1f} s)")
    elif always or seconds >= 1:
        console.print(f"  [green]ok[/green] {escape(title)} ({seconds:.1f} s)")


def say(text: str) -> None:
    """Show one line."""
    console.print(escape(text))


@contextmanager
def progress(title: str, *, total: int) -> Generator[Callable[[], None]]:
    """Show `title` with a bar that fills up; the function given is called for each part that is done.

    Args:
        title: What is being done, in the present tense.
        total: The most parts that there can be; it may end with fewer.
    """
    start = time.monotonic()
    if console.is_terminal:
        with Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        ) as bar:
            task = bar.add_task(escape(title), total=total)
            try:
                yield lambda: bar.advance(task)
            finally:
                _finish(title, start, always=True, failed=sys.exc_info()[0] is not None)
        return
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if done * _LINES // total > (done - 1) * _LINES // total:
            console.print(f"     {done * 100 // total} % ({time.monotonic() - start:.0f} s)")

    console.print(f"  .. {escape(title)}")
    try:
        yield advance
    finally:
        _finish(title, start, always=True, failed=sys.exc_info()[0] is not None)
