"""Waiting for something that another program does."""

import time
from collections.abc import Callable

from tools.errors import ToolError


def wait_for(condition: Callable[[], bool], *, seconds: float, problem: Callable[[], str], pause: float = 0.5) -> None:
    """Wait until a condition is true.

    Args:
        condition: Asked again and again.
        seconds: The longest time to wait.
        problem: Returns the message if it is not true in time.
        pause: Seconds between two questions.

    Raises:
        ToolError: It is not true in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise ToolError(problem())
        time.sleep(pause)
