"""Waiting for something that a hub, a cluster or another program does."""

import time
from collections.abc import Callable

import pytest


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Fail unless a condition becomes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds} s")
        time.sleep(0.2)
