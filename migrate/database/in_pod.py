"""Program in a pod with the volume of a database: reads, replaces or restores the SQLite file of JupyterHub.

It needs Python's own library only, and JupyterHub to write. Mistakes are its exit message.

Usage: read FILE, write FILE LENGTH (of the JSON on standard input: `text` and `sha256` of `read`, and `claims`), or
restore FILE.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

BEFORE, INCOMING, MOVED = ".before-move", ".incoming", ".moved"
"""Endings of the file of this hub, of a database that is being written, and of one that was taken back."""
_BESIDE = ("-journal", "-wal", "-shm")
"""Endings of SQLite's files beside a database: changes that are not in it yet."""


def read(file: Path) -> None:
    """Print the database as text, with its digest and what is in it. Nothing is written beside it."""
    if not file.is_file():
        sys.exit(f"there is no {file}")
    with TemporaryDirectory() as folder:
        copy = Path(folder, file.name)
        for ending in ("", *_BESIDE):
            part = Path(f"{file}{ending}")
            if part.exists():
                shutil.copyfile(part, f"{copy}{ending}")
        whole = Path(folder, "whole")
        _copy(copy, whole)
        content = whole.read_bytes()
        found = _content(whole)
    text = base64.b64encode(gzip.compress(content)).decode()
    print(json.dumps({"text": text, "sha256": hashlib.sha256(content).hexdigest(), **found}))


def write(file: Path, length: int) -> None:
    """Replace the database by the one on standard input, and keep the one that was there."""
    given = json.loads(sys.stdin.read(length))
    content = gzip.decompress(base64.b64decode(given["text"]))
    if hashlib.sha256(content).hexdigest() != given["sha256"]:
        sys.exit("the database was not received as it was sent; run the command again")
    before, incoming = Path(f"{file}{BEFORE}"), Path(f"{file}{INCOMING}")
    # The file is replaced last, so both are there after an interruption.
    if before.exists() and not incoming.exists():
        print(json.dumps({"is_new": False, **_content(file)}))
        return
    if not file.is_file():
        sys.exit(f"there is no {file} yet: start the hub once")
    needed = len(content) + file.stat().st_size
    if (free := shutil.disk_usage(file.parent).free) < needed:
        sys.exit(f"the volume has {free >> 20} MiB left, and {(needed >> 20) + 1} are needed: raise hub.storage")
    incoming.write_bytes(content)
    found = _content(incoming)
    _require_known(found["revision"])
    with closing(sqlite3.connect(incoming)) as database, database:
        # Encrypted with the key of the other hub.
        database.execute("UPDATE users SET encrypted_auth_state = NULL")
        _rename_claims(database, given["claims"])
    if not before.exists():
        _copy(file, Path(f"{before}{INCOMING}")).replace(before)
    _replace(file, incoming)
    print(json.dumps({"is_new": True, **found}))


def _rename_claims(database: sqlite3.Connection, claims: dict[str, str]) -> None:
    """Give the homes that servers remember their names in this hub: renamed users have no other trace of theirs."""
    for number, text in database.execute("SELECT id, state FROM spawners WHERE state IS NOT NULL").fetchall():
        state: dict[str, str] = json.loads(text) or {}
        if (name := claims.get(state.get("pvc_name", ""))) is not None:
            database.execute(
                "UPDATE spawners SET state = ? WHERE id = ?", [json.dumps({**state, "pvc_name": name}), number]
            )


def restore(file: Path) -> None:
    """Bring back the database that was here before, and keep the other one."""
    before = Path(f"{file}{BEFORE}")
    if not before.exists():
        sys.exit(f"there is no {before}")
    _copy(file, Path(f"{file}{MOVED}"))
    _replace(file, before)
    Path(f"{file}{INCOMING}").unlink(missing_ok=True)
    print(json.dumps(_content(file)))


def _copy(source: Path, target: Path) -> Path:
    """Copy a database with the changes beside it."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    return target


def _replace(file: Path, new: Path) -> None:
    """Put another file in the place of a database. SQLite would apply the changes beside the old one to it."""
    for ending in _BESIDE:
        Path(f"{file}{ending}").unlink(missing_ok=True)
    new.replace(file)


def _content(file: Path) -> dict[str, object]:
    """Return the revision of the tables, and the number of users and tokens."""
    with closing(sqlite3.connect(file)) as database:
        (state,) = database.execute("PRAGMA quick_check").fetchone()
        if state != "ok":
            sys.exit(f"{file} is damaged: {state}")
        return {
            name: database.execute(f"SELECT {what}").fetchone()[0]
            for name, what in (
                ("revision", "version_num FROM alembic_version"),
                ("users", "count(*) FROM users"),
                ("tokens", "count(*) FROM api_tokens"),
            )
        }


def _require_known(revision: object) -> None:
    """Stop if the tables are those of a newer JupyterHub, which this one cannot change back."""
    import jupyterhub  # noqa: PLC0415 the image of an old hub may have other programs
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory(str(Path(jupyterhub.__file__).with_name("alembic")))
    if revision not in {script.revision for script in scripts.walk_revisions()}:
        here = metadata.version("jupyterhub")
        sys.exit(
            f"the database is of a newer JupyterHub (revision {revision}) than this hub's, {here}: use a newer version "
            "of this project"
        )


def _run(command: str, file: Path, *rest: str) -> None:
    try:
        if command == "read":
            read(file)
        elif command == "write":
            write(file, int(rest[0]))
        else:
            restore(file)
    except sqlite3.Error as error:
        sys.exit(f"{file} is no database of JupyterHub: {error}")
    except OSError as error:
        sys.exit(f"{file} cannot be read or written: {error}")


if __name__ == "__main__":
    _run(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
