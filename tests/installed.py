"""Programs that tests install from package registries: once for each set of versions, in the cache."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import paths


def folder_of(name: str, files: Sequence[Path], install: Callable[[Path], None], *, version: str = "") -> Path:
    """Return the folder with what `install` puts into it; installed at the first call.

    Args:
        name: Its name in the cache.
        files: The files that pin the versions. They are copied into the folder before.
        install: Called with the folder, which is renamed afterwards.
        version: That of the interpreter, if a different one needs another folder.
    """
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files) + version.encode()).hexdigest()[:12]
    folder = paths.CACHE / name / digest
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            for file in files:
                shutil.copy(file, unfinished)
            install(unfinished)
            unfinished.rename(folder)
    return folder
