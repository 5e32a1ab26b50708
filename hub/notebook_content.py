"""Extension of the Jupyter server in each notebook pod: pulls the stack's git repositories into the home.

What people changed is kept, as by nbgitpuller: upstream's changes are merged, and where both changed the same lines,
the person's stay. Files that the person has deleted come back; a new file of upstream moves one of the same name that
the person made. The server does not wait for it, and JupyterLab tells what failed. Like `notebook_activity.py`, it
needs nothing but Python 3.8 and Jupyter Server 2, and git.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

VARIABLE = "JUPYTERHUB_CONTENT"
"""Environment variable with the repositories: a JSON list of objects with `repository`, `branch` and `folder`."""

LONGEST = 140
"""Maximum number of characters of a notice in JupyterLab."""

SECONDS = 900
"""Timeout of each command of git."""

_OPTIONS = [
    "user.name=JupyterHub",
    "user.email=jupyterhub@localhost",
    "commit.gpgSign=false",
    "core.hooksPath=/dev/null",
    "safe.directory=*",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "advice.detachedHead=false",
]
"""Configuration of each command. Identity and hooks of the person are for the person's own commits."""

_UPSTREAM = "refs/jupyterhub/upstream"
"""Reference to what was last fetched. The person's own remotes and branches stay as they are."""


_UNFINISHED = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"]
"""Names in `.git` during operations of the person."""


class PullError(Exception):
    """A repository that cannot be pulled, with the reason."""


def pull(repository: str, branch: str | None, folder: Path) -> None:
    """Clone a repository, or merge upstream's changes.

    Args:
        repository: Its URL.
        branch: Its branch; None: the default one.
        folder: Where it is, or will be.

    Raises:
        PullError: git is missing, or one of its commands failed. The folder is as before, or has a merge that can be
            repeated.
    """
    if shutil.which("git") is None:
        raise PullError("The image has no git.")
    if not (folder / ".git").exists():
        _clone(repository, branch, folder)
        return
    if any((folder / ".git" / name).exists() for name in _UNFINISHED):
        raise PullError("You have a merge or rebase there that is not finished.")
    _git(folder, "fetch", "--no-tags", "--", repository, f"+{branch or 'HEAD'}:{_UPSTREAM}")
    upstream = set(_names(folder, "ls-tree", "-r", "--name-only", "-z", _UPSTREAM))
    deleted = set(_names(folder, "ls-files", "--deleted", "-z"))
    for name in sorted(deleted & upstream):
        _git(folder, "checkout", "HEAD", "--", name)
    for name in sorted(upstream.intersection(_names(folder, "ls-files", "--others", "-z"))):
        _move_away(folder / name)
    if _git(folder, "status", "--porcelain", "--untracked-files=no"):
        _git(folder, "commit", "--all", "--quiet", "--message=Changes before an update")
    _merge(folder)


def _clone(repository: str, branch: str | None, folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PullError("There is already something else of this name.")
    # A server may end during the clone.
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        _git(folder.parent, "clone", *(["--branch", branch] if branch else []), "--", repository, str(part))
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _move_away(file: Path) -> None:
    moved = file.with_name(f"{file.stem}_{time.strftime('%Y%m%d-%H%M%S')}{file.suffix}")
    if not moved.exists():
        file.rename(moved)


def _merge(folder: Path) -> None:
    try:
        _git(folder, "merge", "--quiet", "--no-edit", "--strategy-option=ours", _UPSTREAM)
    except PullError:
        # Changed by the one and deleted by the other: the person's side stays.
        unmerged = sorted(set(_names(folder, "diff", "--name-only", "--diff-filter=U", "-z")))
        if not unmerged:
            raise
        try:
            for name in unmerged:
                _git(folder, *(["add"] if _is_own(folder, name) else ["rm", "--quiet", "--force"]), "--", name)
            _git(folder, "commit", "--quiet", "--no-edit")
        except PullError:
            _git(folder, "merge", "--abort")
            raise


def _is_own(folder: Path, name: str) -> bool:
    """Return whether the person's side of a conflict has the file."""
    return bool(_git(folder, "ls-tree", "HEAD", "--", name))


def _names(folder: Path, *arguments: str) -> list[str]:
    return [name for name in _git(folder, *arguments).split("\0") if name]


def _git(folder: Path, *arguments: str) -> str:
    """Run git, and return its output."""
    options = [part for option in _OPTIONS for part in ("-c", option)]
    # Nobody could answer a question, and messages are in English.
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=SECONDS,
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip() or error.stdout.decode(errors="replace").strip()
        lines = [line for line in said.splitlines() if line.startswith(("fatal:", "error:"))] or said.splitlines()
        raise PullError(lines[0] if lines else f"git ended with exit code {error.returncode}.") from None
    except subprocess.TimeoutExpired:
        raise PullError(f"git did not end within {SECONDS} s.") from None
    except OSError as error:
        raise PullError(str(error)) from None
    return done.stdout.decode(errors="surrogateescape")


def pull_all(home: Path) -> list[dict[str, object]]:
    """Pull all repositories of the stack, and return JupyterLab's notices about those that failed."""
    notices: list[dict[str, object]] = []
    for entry in json.loads(os.environ.get(VARIABLE) or "[]"):
        try:
            pull(entry["repository"], entry["branch"], home / entry["folder"])
        except (PullError, OSError) as error:
            print(f"{entry['folder']} is not updated from {entry['repository']}: {error}", file=sys.stderr)
            messages = (f"The folder {entry['folder']} is not up to date. Your files are kept.", str(error))
            shown = {"type": "warning", "options": {"autoClose": False}}
            notices += [{"message": message[:LONGEST], **shown} for message in messages]
    return notices


def _load_jupyter_server_extension(app: Any) -> None:  # noqa: ANN401 the hub has no Jupyter Server, and so no types of it  # pyright: ignore[reportUnusedFunction] Jupyter Server calls it
    if not os.environ.get(VARIABLE):
        return
    from jupyter_server.base.handlers import JupyterHandler  # noqa: PLC0415 see above  # pyright: ignore[reportMissingImports, reportUnknownVariableType]
    from tornado.web import authenticated  # noqa: PLC0415

    done: Future[list[dict[str, object]]] = Future()

    def work() -> None:
        try:
            done.set_result(pull_all(Path.home()))
        except Exception as error:  # noqa: BLE001 the page would wait for ever
            done.set_exception(error)

    class Content(JupyterHandler):
        """The notices about the pull, once it has ended."""

        @authenticated
        async def get(self) -> None:
            self.finish(json.dumps(await asyncio.wrap_future(done)))

    base = app.web_app.settings["base_url"].rstrip("/")
    app.web_app.add_handlers(".*$", [(f"{base}/jupyterhub/content", Content)])
    app.web_app.settings.setdefault("page_config_data", {})["jupyterhubContent"] = True
    # A server that stops does not wait for it.
    threading.Thread(target=work, daemon=True).start()
