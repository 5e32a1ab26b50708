"""The program's side: starts the child process, and raises its answer as one error."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypedDict, cast

SECONDS: Final = 30
"""Timeout for loading the configuration, in seconds."""

_PASSED_ON: Final = ("PATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
"""Variables that the child inherits. Others may be passphrases and tokens."""
_IMPORT_SECONDS: Final = 60
"""Added to `SECONDS` for the child's imports, which take 2 s on an idle machine."""
_LOG_LINES: Final = 8


def stand_in(name: str) -> str:
    """Return the value of a secret environment variable in the child: 64 hex digits, the same for the same name.

    That is the form of all keys and tokens that JupyterHub checks. A database URL has a host that cannot exist.
    """
    digits = hashlib.sha256(name.encode()).hexdigest()
    return f"postgresql://stand-in:{digits}@database.invalid/hub" if name.endswith("DATABASE_URL") else digits


class _Answer(TypedDict):
    """A `config_check.mistake.Mistake` as JSON."""

    place: tuple[str, int | None]
    text: str


class ConfigCheck:
    """A check of the hub's configuration, running in a child process."""

    def __init__(
        self,
        process: subprocess.Popen[str],
        folder: "TemporaryDirectory[str]",
        *,
        names: Mapping[str, str],
        seconds: float,
    ) -> None:
        """Wrap a process; `start` is the way to make one."""
        self._process = process
        self._folder = folder
        self._names = {f"hub/{file}": name for file, name in names.items()}
        self._seconds = seconds
        self._texts: list[str] | None = None
        # No process is left behind by a program that ends early, such as for an unreachable cluster.
        weakref.finalize(self, _stop, process)

    def mistakes(self) -> list[str]:
        """Wait for the end of the check, and return the mistakes, each with file and line."""
        if self._texts is None:
            self._texts = self._wait()
            self._folder.cleanup()
        return self._texts

    def stop(self) -> None:
        """Stop the child process, whatever it has found."""
        _stop(self._process)
        self._folder.cleanup()

    def finish(self) -> None:
        """Wait for the end of the check.

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
            answer, _ = self._process.communicate(timeout=self._seconds + _IMPORT_SECONDS)
        except subprocess.TimeoutExpired:
            _stop(self._process)
            return [f"the hub's configuration did not end within {self._seconds + _IMPORT_SECONDS:g} s"]
        try:
            found = cast("list[_Answer]", json.loads(answer))
        except ValueError:
            return [self._failure()]
        return [self._text(item["place"], item["text"]) for item in found]

    def _text(self, place: tuple[str, int | None], text: str) -> str:
        file, line = place
        where = self._names.get(file, file)
        return f"{where if line is None else f'{where}, line {line}'}: {text}"

    def _failure(self) -> str:
        """Return the mistake of a child without an answer: the end of its log."""
        log = _log(Path(self._folder.name)).read_text(errors="replace").splitlines()
        if log and log[-1].startswith("ModuleNotFoundError"):
            return (
                "JupyterHub is not installed beside this program, so the hub's configuration cannot be checked. "
                f"Install it: {sys.executable} -m pip install -r docker/hub/requirements.txt"
            )
        ended = f"the hub's configuration ended the process that checks it, with exit code {self._process.returncode}"
        return "\n      ".join([f"{ended}; the end of its log:", *log[-_LOG_LINES:]] if log else [ended])


def start(
    files: Mapping[str, str],
    environment_names: Collection[str],
    *,
    line_names: Mapping[str, str],
    seconds: float = SECONDS,
) -> ConfigCheck:
    """Start a check of the hub's configuration in a child process, and return at once.

    The child gets stand-ins for secrets, and of this process's environment only `PATH` and Python's bytecode settings.

    Args:
        files: Content of the hub's ConfigMap by file name: `jupyterhub_config.py`, its modules, `hub.json`.
        environment_names: Environment variables that the hub's pod gets from Secrets.
        line_names: Names of files in messages, such as `hub.extraConfig` for `extra_config.py`; default `hub/<name>`.
        seconds: Timeout for loading the configuration.
    """
    folder = TemporaryDirectory(prefix="config-check-", ignore_cleanup_errors=True)
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
    return ConfigCheck(process, folder, names=line_names, seconds=seconds)


@contextmanager
def running(
    files: Mapping[str, str], environment_names: Collection[str], *, line_names: Mapping[str, str]
) -> Generator[ConfigCheck]:
    """Check the hub's configuration while the block runs; the arguments are those of `start`.

    An error in the block stops the check and is raised as it is.

    Raises:
        pulumi.RunError: At the end of the block, with all mistakes.
    """
    check = start(files, environment_names, line_names=line_names)
    try:
        yield check
    except BaseException:
        check.stop()
        raise
    check.finish()


def _log(folder: Path) -> Path:
    return folder / "log.txt"


def _stop(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
