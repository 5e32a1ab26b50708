"""Configurations that passed the check, so that the next run with the same one starts no child process.

Each is an empty file in the user's cache, named by a hash of all that the check depends on. Mistakes are not kept.
"""

import hashlib
import os
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROGRAM: Final = Path(__file__).parent.parent


def fingerprint(files: Mapping[str, str], environment_names: Collection[str]) -> str:
    """Return the hash of a configuration, the check's own code, Python, and all installed packages."""
    own = [*sorted(Path(__file__).parent.glob("*.py")), _PROGRAM / "docker" / "hub" / "requirements.txt"]
    parts = [
        sys.version,
        sorted(environment_names),
        sorted(files.items()),
        [file.read_text() for file in own],
        # The names hold the versions: jupyterhub-6.1.1.dist-info.
        [sorted(info.name for info in Path(entry).glob("*.dist-info")) for entry in sys.path if Path(entry).is_dir()],
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def contains(fingerprint: str) -> bool:
    """Tell whether a configuration passed before."""
    with suppress(OSError, RuntimeError):
        return (_folder() / fingerprint).exists()
    return False


def add(fingerprint: str) -> None:
    """Remember that a configuration passed. If nothing can be written, nothing is remembered."""
    with suppress(OSError, RuntimeError):
        _folder().mkdir(parents=True, exist_ok=True)
        (_folder() / fingerprint).touch()


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "jupyterhub-on-gke" / "config-check"
