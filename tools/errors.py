"""Errors of the tools, and how a command reports them."""

from collections.abc import Callable

from settings import SettingsError
from tools.steps import say


class ToolError(Exception):
    """A problem that a person can fix; the message says what is wrong and how to fix it."""


def run_reporting_errors(act: Callable[[], int]) -> int:
    """Run a command, and print its errors as a message in place of a traceback; return the exit code."""
    try:
        return act()
    except (ToolError, SettingsError) as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        say("Interrupted. Run the same command again to continue.")
        return 130
