"""The program's side: starts the child process, and turns its answer into one error."""

import json
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypedDict, cast

from config_check import known_good
from config_check.stand_in import stand_in

SECONDS: Final = 30
"""How long the configuration may take to load, in seconds."""

_PASSED_ON: Final = ("PATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
"""All that the child sees of this process's environment, which also holds passphrases and tokens."""
_PATIENCE: Final = 60
"""Seconds on top of `SECONDS`: the child's imports take 2 s on an idle machine."""
_SHOWN_LINES: Final = 8


class _Told(TypedDict):
    """A mistake as the child tells it, see `config_check.mistake`."""

    place: tuple[str, int | None]
    text: str


class KnownGood:
    """A try that need not be made: its end is known."""

    def mistakes(self) -> list[str]:
        """Returns nothing, which is how the same try ended before."""
        return []

    def require_good(self) -> None:
        """Returns at once."""


class DryRun:
    """A try of the hub's configuration that is under way."""

    def __init__(
        self,
        process: subprocess.Popen[str],
        folder: "TemporaryDirectory[str]",
        *,
        names: Mapping[str, str],
        seconds: float,
        known_as: str,
    ) -> None:
        """Is made by `start`."""
        self._process = process
        self._known_as = known_as
        self._folder = folder
        self._names = {f"hub/{file}": name for file, name in names.items()}
        self._seconds = seconds
        self._texts: list[str] | None = None
        # A program that ends before it asks, as for an unreachable cluster, leaves no process behind.
        weakref.finalize(self, _stop, process)

    def mistakes(self) -> list[str]:
        """Waits for the end of the try, and returns the mistakes, each with file and line."""
        if self._texts is None:
            self._texts = self._wait()
            self._folder.cleanup()
            if not self._texts:
                known_good.remember(self._known_as)
        return self._texts

    def require_good(self) -> None:
        """Waits for the end of the try.

        Raises:
            pulumi.RunError: With all mistakes; Pulumi prints it without a traceback.
        """
        import pulumi  # noqa: PLC0415 the child process, which imports this package, must not wait for Pulumi

        if texts := self.mistakes():
            count = f"{len(texts)} mistake{'' if len(texts) == 1 else 's'}"
            lines = [f"The hub's configuration has {count}:", *(f"  * {text}" for text in texts)]
            raise pulumi.RunError("\n".join(lines))

    def _wait(self) -> list[str]:
        try:
            answer, _ = self._process.communicate(timeout=self._seconds + _PATIENCE)
        except subprocess.TimeoutExpired:
            _stop(self._process)
            return [f"the hub's configuration did not end within {self._seconds + _PATIENCE:g} s"]
        try:
            found = cast("list[_Told]", json.loads(answer))
        except ValueError:
            return [self._failure()]
        return [self._told(item["place"], item["text"]) for item in found]

    def _told(self, place: tuple[str, int | None], text: str) -> str:
        file, line = place
        where = self._names.get(file, file)
        return f"{where if line is None else f'{where}, line {line}'}: {text}"

    def _failure(self) -> str:
        """What to say of a child that gave no answer: its own last words."""
        log = _log(Path(self._folder.name)).read_text(errors="replace").splitlines()
        if log and log[-1].startswith("ModuleNotFoundError"):
            return (
                "JupyterHub is not installed beside this program, so the hub's configuration cannot be tried: "
                f"{sys.executable} -m pip install -r docker/hub/requirements.txt"
            )
        ended = f"the hub's configuration ended the process that tries it, with exit code {self._process.returncode}"
        return "\n      ".join([f"{ended}; its last words:", *log[-_SHOWN_LINES:]] if log else [ended])


def start(
    files: Mapping[str, str],
    environment_names: Collection[str],
    *,
    line_names: Mapping[str, str],
    seconds: float = SECONDS,
) -> DryRun | KnownGood:
    """Starts a try of the hub's configuration, unless the same one ended well before, and returns at once.

    The child process gets stand-ins for secrets, and nothing of this process's environment but `PATH` and how Python
    keeps its bytecode.

    Args:
        files: By name, all that the hub's ConfigMap will hold: `jupyterhub_config.py`, what it imports, `hub.json`.
        environment_names: The variables that the hub's pod gets from Secrets.
        line_names: What to call a file in messages, such as the setting from which `extra_config.py` comes.
            Other files are called `hub/<name>`.
        seconds: How long the configuration may take to load.
    """
    known_as = known_good.name_of(files, environment_names)
    if known_good.is_known(known_as):
        return KnownGood()
    folder = TemporaryDirectory(prefix="dry-run-", ignore_cleanup_errors=True)
    path = Path(folder.name)
    # As in the pod: the configuration is the package `hub` in a folder of PYTHONPATH, and the hub runs elsewhere.
    (path / "hub").mkdir()
    (path / "home").mkdir()
    for name, text in files.items():
        (path / "hub" / name).write_bytes(text.encode())
    program = Path(__file__).parent.parent
    environment = {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "HOME": str(path / "home"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(path), str(program)]),
        **{name: stand_in(name) for name in environment_names},
    }
    with _log(path).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "config_check", str(path), str(seconds)],
            cwd=path / "home",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            # What the configuration starts is stopped with it.
            start_new_session=True,
        )
    return DryRun(process, folder, names=line_names, seconds=seconds, known_as=known_as)


def _log(folder: Path) -> Path:
    return folder / "log.txt"


def _stop(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
