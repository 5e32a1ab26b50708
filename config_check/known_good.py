"""Remembers configurations that were found to be good, so that the next preview of the same need not wait 2 s for it.

Only good ones: mistakes are looked for anew. What is remembered is a hash, as the name of an empty file in the user's
cache, of everything that the answer depends on.
"""

import hashlib
import os
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_REQUIREMENTS: Final = Path(__file__).parent.parent / "docker" / "hub" / "requirements.txt"


def name_of(files: Mapping[str, str], environment_names: Collection[str]) -> str:
    """Returns what stands for a try: of these files, with these variables, by this code and these packages."""
    required = _REQUIREMENTS.read_text()
    parts = [sys.version, required, *sorted(environment_names)]
    parts += [_version(line.partition("==")[0].strip()) for line in required.splitlines() if "==" in line]
    parts += [text for name in sorted(files) for text in (name, files[name])]
    parts += [source.read_text() for source in sorted(Path(__file__).parent.glob("*.py"))]
    # Each part with its length, so that none counts as the beginning of the next.
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def is_known(name: str) -> bool:
    """Tells whether the same was found to be good before."""
    return (_folder() / name).exists()


def remember(name: str) -> None:
    """Notes that it is good. Where nothing can be written, nothing is remembered."""
    with suppress(OSError):
        _folder().mkdir(parents=True, exist_ok=True)
        (_folder() / name).touch()


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "jupyterhub-on-gke" / "dry-run"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
