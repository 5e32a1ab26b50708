"""Configurations that passed the check, so that the next run with the same one starts no child process.

Each is a file in the user's cache with the warnings as JSON, named by a hash of all that the check depends on. Mistakes
are not kept.
"""

import hashlib
import json
import os
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

_PROGRAM: Final = Path(__file__).parent.parent


def fingerprint(files: Mapping[str, str], secret_names: Collection[str], own: object = None) -> str:
    """Return the hash of a configuration, the check's own code, Python, and all installed packages."""
    code = [*sorted(Path(__file__).parent.glob("*.py")), _PROGRAM / "docker" / "hub" / "requirements.txt"]
    parts = [
        sys.version,
        sorted(secret_names),
        own,
        sorted(files.items()),
        [file.read_text() for file in code],
        # The names hold the versions: jupyterhub-6.1.1.dist-info.
        [sorted(info.name for info in Path(entry).glob("*.dist-info")) for entry in sys.path if Path(entry).is_dir()],
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def warnings_of(fingerprint: str) -> list[str] | None:
    """Return the warnings about a configuration that passed before; None if it did not."""
    with suppress(OSError, RuntimeError, ValueError):
        return cast("list[str]", json.loads((_folder() / fingerprint).read_text()))
    return None


def add(fingerprint: str, warnings: list[str]) -> None:
    """Remember that a configuration passed, and its warnings. If nothing can be written, nothing is remembered."""
    with suppress(OSError, RuntimeError):
        _folder().mkdir(parents=True, exist_ok=True)
        (_folder() / fingerprint).write_text(json.dumps(warnings))


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "jupyterhub-on-gke" / "config-check"
