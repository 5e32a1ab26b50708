"""Runs of the workflows' scripts as on a GitHub runner, with an event and files for the outputs."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.paths import CHECKOUT

SCRIPTS = CHECKOUT / ".github" / "scripts"


def run(
    script: str,
    *arguments: str | Path,
    event: Mapping[str, Any] | None = None,
    variables: Mapping[str, str] | None = None,
    cwd: Path = CHECKOUT,
    folder: Path,
) -> subprocess.CompletedProcess[str]:
    """Run a script.

    Args:
        script: Name of the script.
        arguments: Its arguments.
        event: The event of the workflow.
        variables: Environment variables of the step.
        cwd: The checkout.
        folder: Folder of the runner's files: `event.json`, `outputs` and `summary.md`.
    """
    (folder / "event.json").write_text(json.dumps(event or {}))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")},
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_REPOSITORY": "octo/hub",
        **(variables or {}),
    }
    return subprocess.run(
        [str(SCRIPTS / script), *map(str, arguments)],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def program(file: Path, text: str) -> Path:
    """Write an executable."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
    return file
