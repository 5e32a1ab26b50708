"""End code that does not end by itself."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


class TimeIsUp(BaseException):
    """The time limit was reached; the traceback tells where.

    Like KeyboardInterrupt it is no Exception, so that no `except Exception` of the code stops it.
    """


@contextmanager
def time_limit(seconds: float) -> Generator[None]:
    """Raise TimeIsUp in the code inside once the time is up, in the middle of a loop or a sleep if need be."""

    def end(*_: object) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
