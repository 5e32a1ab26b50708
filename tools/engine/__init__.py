"""The Pulumi CLI: which one is used, and how it runs on a stack, for `make`, reviews and tests alike."""

from tools.engine.cli import Engine, find
from tools.engine.stack import Stack

__all__ = ["Engine", "Stack", "find"]
