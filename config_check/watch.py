"""Calls in the operator's configuration that a preview cannot check: the hub's pod has other results or effects."""

from __future__ import annotations

import inspect
import os
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Final, cast

from config_check import overrides

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import CodeType, FrameType

    from _typeshed import TraceFunction

_OTHERWISE: Final = frozenset({"getpass", "platform", "random", "requests.api", "secrets", "socket", "subprocess"}) | {
    "urllib.request",
    "uuid",
}
"""Python modules whose functions return something else each time, or in another place."""
_OTHERWISE_IN_C: Final = frozenset(
    {
        *("datetime.now", "datetime.today", "datetime.utcnow", "posix.cpu_count", "posix.getloadavg", "posix.getpid"),
        *("posix.system", "posix.uname", "posix.urandom", "time.gmtime", "time.localtime", "time.monotonic"),
        *("time.perf_counter", "time.strftime", "time.time", "time.time_ns"),
    }
)
"""The same for functions that are not written in Python."""
_LOOKS: Final = frozenset(
    {os.getenv.__code__, *(getattr(os.environ, name).__func__.__code__ for name in ("get", "__contains__"))}
)
"""Functions that look for an environment variable, with the parameter `key`."""
_CHANGES: Final = frozenset(
    {
        *("os.chmod", "os.chown", "os.exec", "os.fork", "os.link", "os.mkdir", "os.posix_spawn", "os.remove"),
        *("os.rename", "os.rmdir", "os.symlink", "os.system", "os.truncate", "shutil.rmtree", "subprocess.Popen"),
    }
)
"""Python's audit events of what a hook must not do in a preview."""


class Watch:
    """A record of the calls that the configuration makes while it is watched."""

    def __init__(self, root: str, tell: Callable[[str, int, str], None]) -> None:
        """Begin with nothing watched.

        Args:
            root: Beginning of the paths of the configuration's files.
            tell: Is called with file, line and text for each call that cannot be checked.
        """
        self.called: set[CodeType] = set()
        """The configuration's functions that were called."""
        self.told: set[CodeType] = set()
        """Functions of which it is told that nothing called them."""
        self.files: dict[str, dict[str, object]] = {}
        """The operator's files, with their global names."""
        self.ran: set[tuple[str, str, int]] = set()
        """The configuration's lines that ran: file, function, line."""
        self.in_hook = False
        """Whether a hook runs, which must change nothing."""
        self._root = root
        self._tell = tell

    @contextmanager
    def on(self, *, hook: bool = False) -> Generator[None]:
        """Watch the calls while the block runs."""
        global _watching
        before = sys.getprofile(), sys.gettrace(), self.in_hook, _watching
        self.in_hook, _watching = hook, self
        sys.setprofile(self._see)
        sys.settrace(self._follow)
        try:
            yield
        finally:
            sys.setprofile(before[0])
            sys.settrace(before[1])
            self.in_hook, _watching = before[2:]

    def refused(self, what: str) -> PermissionError:
        """Tell what a hook was kept from, and return the error for it."""
        text = f"{what}, which a preview does not do: what follows is not checked"
        frame: FrameType | None = inspect.currentframe()
        while frame is not None and not frame.f_code.co_filename.startswith(self._root):
            frame = frame.f_back
        if frame is not None:
            self._tell(frame.f_code.co_filename, frame.f_lineno, text)
        return PermissionError(text)

    def _follow(self, frame: FrameType, event: str, _argument: object) -> TraceFunction | None:
        code = frame.f_code
        if not code.co_filename.startswith(self._root):
            return None
        if code.co_name == "<module>" and "get_config" in frame.f_globals:
            self.files[code.co_filename] = frame.f_globals
        if event == "line":
            self.ran.add((code.co_filename, code.co_qualname, frame.f_lineno))
        return self._follow

    def _see(self, frame: FrameType, event: str, function: object) -> None:
        if event == "call":
            if frame.f_code.co_filename.startswith(self._root):
                self.called.add(frame.f_code)
                return
            if frame.f_code in _LOOKS:
                self._see_variable(frame)
            module, caller = str(frame.f_globals.get("__name__")), frame.f_back
            if module in _OTHERWISE and caller is not None and not frame.f_code.co_name.startswith("_"):
                self._see_result(caller, f"{module}.{frame.f_code.co_name}")
        elif event == "c_call" and frame.f_code.co_filename.startswith(self._root):
            name = _name(function)
            if name in _OTHERWISE_IN_C or name.startswith("random."):
                self._see_result(frame, name.replace("posix.", "os."))

    def _see_variable(self, look: FrameType) -> None:
        key, caller = cast("object", look.f_locals["key"]), look.f_back
        if look.f_locals.get("self", os.environ) is not os.environ or not isinstance(key, str) or key in os.environ:
            return
        if caller is not None and caller.f_code.co_filename in self.files:
            text = f"the environment variable {key} is missing in this check; in the hub's pod it may be there"
            self._tell(caller.f_code.co_filename, caller.f_lineno, text)

    def set_variable(self, name: str, value: str) -> None:
        """Tell that the configuration sets an environment variable to a secret."""
        frame: FrameType | None = inspect.currentframe()
        while frame is not None and frame.f_code.co_filename not in self.files:
            frame = frame.f_back
        if frame is not None and (text := overrides.in_plain_text(name, value)):
            self._tell(frame.f_code.co_filename, frame.f_lineno, f"os.environ: {text}")

    def _see_result(self, frame: FrameType, name: str) -> None:
        if frame.f_code.co_filename.startswith(self._root):
            text = f"{name}() may return something else in the hub's pod; only what it returned here is checked"
            self._tell(frame.f_code.co_filename, frame.f_lineno, text)


_watching: Watch | None = None


def audit(event: str, arguments: tuple[object, ...]) -> None:
    """Keep the configuration from connections, and its hooks from changes: a preview changes and asks nothing.

    An audit hook of Python. Paths are of Unix sockets, which stay on this machine.
    """
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host, port = cast("tuple[object, ...]", arguments[1])[:2]
        if _watching is not None:
            _watching.refused(f"connects to {host}:{port}")
        raise ConnectionRefusedError(
            f"{host}:{port} is not reached from a preview; do that in a function that JupyterHub calls later"
        )
    if event == "os.putenv" and _watching is not None:
        _watching.set_variable(*(os.fsdecode(cast("bytes", argument)) for argument in arguments))
    if _watching is None or not _watching.in_hook:
        return
    if event in _CHANGES:
        raise _watching.refused(f"calls {event}")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        if "__pycache__" in str(arguments[0]):
            raise PermissionError
        raise _watching.refused("writes a file")


def _name(function: object) -> str:
    """Return the name of a function that is not written in Python, with its module."""
    owner = cast("object", getattr(function, "__self__", None))
    name = str(getattr(function, "__name__", ""))
    if isinstance(owner, ModuleType):
        return f"{owner.__name__}.{name}"
    return f"{(owner if isinstance(owner, type) else type(owner)).__module__}.{name}"
