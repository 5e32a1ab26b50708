"""The program's side: starts the child process, and raises its answer as one error."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from config_check import known_good

SECONDS: Final = 30
"""Timeout for loading the configuration, in seconds."""

_IMPORT_SECONDS: Final = 60
"""Added to `SECONDS` for the child's imports, which take 2 s on an idle machine."""
_COMMAND: Final = ("-P", "-m", "config_check")
_PASSED_ON: Final = ("PATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
"""Variables that the child inherits. Others may be passphrases and tokens."""
PAGES: Final = "pages"
"""Folder of the operator's own templates, beside the package `hub`, as in the pod."""
PACKAGES: Final = "packages.txt"
"""The packages of the hub's image beside this project's."""
_LOG: Final = "log.txt"
_LOG_LINES: Final = 8


class Own(NamedTuple):
    """What an operator adds to the hub's pod, as far as the check needs it."""

    environment: Mapping[str, str] = MappingProxyType({})
    """Environment variables without secrets."""
    templates: Mapping[str, str] = MappingProxyType({})
    """Templates by file name."""
    packages: Collection[str] = ()
    """Packages that the image has beside this project's, as in a requirements file."""


_NOTHING: Final = Own()


def stand_in(name: str) -> str:
    """Return the value of a secret environment variable in the child: 64 hex digits, the same for the same name.

    That is the form of all keys and tokens that JupyterHub checks. A database URL has a host that cannot exist.
    """
    digits = hashlib.sha256(name.encode()).hexdigest()
    return f"postgresql://stand-in:{digits}@database.invalid/hub" if name.endswith("DATABASE_URL") else digits


@contextmanager
def running(
    files: Mapping[str, str],
    secret_names: Collection[str],
    own: Own = _NOTHING,
    *,
    line_names: Mapping[str, str],
    setting_names: Mapping[str, str] | None = None,
) -> Generator[None]:
    """Check the hub's configuration in a child process while the block runs.

    The child gets stand-ins for secrets, and of this process's environment only `PATH` and Python's bytecode settings.
    It is not started for a configuration that passed before. An error in the block stops it and is raised as it is.
    Warnings are logged.

    Args:
        files: Content of the hub's ConfigMap by file name: `jupyterhub_config.py`, its modules, `hub.json`.
        secret_names: Environment variables that the hub's pod gets from Secrets.
        own: What the operator adds to the pod.
        line_names: Names of files in messages, such as `hub.extraConfig` for `hub/extra_config.py`.
        setting_names: Settings by the file whose values they are: messages name them without a line.

    Raises:
        pulumi.RunError: All mistakes, at the end of the block. Pulumi prints it without a traceback.
    """
    import pulumi  # noqa: PLC0415 the child process, which imports this package, must not wait for Pulumi

    fingerprint = known_good.fingerprint(files, secret_names, own)
    if (warnings := known_good.warnings_of(fingerprint)) is not None:
        yield
        _warn(warnings)
        return
    with TemporaryDirectory(prefix="config-check-", ignore_cleanup_errors=True) as folder:
        process = start(Path(folder), files, secret_names, own)
        try:
            yield
            mistakes, warnings = _findings(process, Path(folder), line_names, setting_names or {})
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    _warn(warnings)
    if mistakes:
        count = f"{len(mistakes)} mistake{'' if len(mistakes) == 1 else 's'}"
        lines = [f"The hub's configuration has {count}:", *(f"  * {text}" for text in mistakes)]
        raise pulumi.RunError("\n".join(lines))
    known_good.add(fingerprint, warnings)


def start(
    folder: Path,
    files: Mapping[str, str],
    secret_names: Collection[str],
    own: Own = _NOTHING,
) -> "subprocess.Popen[str]":
    """Start the check of these files in a folder of its own."""
    # As in the pod: the configuration is the package `hub` in a folder of PYTHONPATH, and the hub runs elsewhere.
    (folder / "hub").mkdir()
    (folder / "home").mkdir()
    (folder / PAGES).mkdir()
    (folder / PACKAGES).write_text("\n".join(own.packages))
    for parent, contents in (("hub", files), (PAGES, own.templates)):
        for name, text in contents.items():
            (folder / parent / name).write_bytes(text.encode())
    variables = {
        **own.environment,
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).parent.parent)]),
        **{name: stand_in(name) for name in secret_names},
    }
    with (folder / _LOG).open("wb") as log:
        return subprocess.Popen(
            [sys.executable, *_COMMAND, str(folder), str(SECONDS)],
            cwd=folder / "home",
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            # What the configuration starts is stopped with it.
            start_new_session=True,
        )


def _warn(warnings: list[str]) -> None:
    import pulumi  # noqa: PLC0415 see `running`

    for text in warnings:
        pulumi.log.warn(text)


def _findings(
    process: "subprocess.Popen[str]", folder: Path, line_names: Mapping[str, str], setting_names: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Wait for the end of the check, and return the mistakes and the warnings, each with file and line."""
    try:
        answer, _ = process.communicate(timeout=SECONDS + _IMPORT_SECONDS)
    except subprocess.TimeoutExpired:
        return [f"the hub's configuration did not end within {SECONDS + _IMPORT_SECONDS:g} s"], []
    try:
        found = cast("dict[str, list[tuple[tuple[str, int], str]]]", json.loads(answer))
    except ValueError:
        log = (folder / _LOG).read_text(errors="replace").splitlines()
        return [_failure(log, process.returncode)], []

    def place(file: str, line: int) -> str:
        if file in setting_names:
            return setting_names[file]
        return f"{line_names.get(file, file)}{f', line {line}' if line else ''}"

    mistakes, warnings = (
        [f"{place(file, line)}: {text}" for (file, line), text in found[kind]] for kind in ("mistakes", "warnings")
    )
    return mistakes, warnings


def _failure(log: list[str], exit_code: int) -> str:
    """Return the mistake of a child without an answer: the end of its log."""
    if log and log[-1].startswith("ModuleNotFoundError"):
        return (
            "JupyterHub is not installed beside this program, so the hub's configuration cannot be checked. "
            f"Install it: {sys.executable} -m pip install -r docker/hub/requirements.txt"
        )
    ended = f"the hub's configuration ended the process that checks it, with exit code {exit_code}"
    return "\n      ".join([f"{ended}; the end of its log:", *log[-_LOG_LINES:]] if log else [ended])
