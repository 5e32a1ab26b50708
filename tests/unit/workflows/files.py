"""The workflows, their jobs and their steps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from tools.paths import CHECKOUT

GITHUB = CHECKOUT / ".github"
ACTION = GITHUB / "actions" / "pulumi" / "action.yml"
FILES = sorted((GITHUB / "workflows").glob("*.yml"))


def load(file: Path) -> dict[str, Any]:
    """Return a workflow or an action with string scalars: YAML reads the key `on` as a boolean."""
    return cast("dict[str, Any]", yaml.load(file.read_text(), Loader=yaml.BaseLoader))  # noqa: S506 BaseLoader makes strings only


WORKFLOWS = {file.stem: load(file) for file in FILES}
"""The workflows, by name."""


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all jobs by their names, such as `preview.live`."""
    for name, workflow in WORKFLOWS.items():
        for job, content in workflow["jobs"].items():
            yield f"{name}.{job}", content


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all steps with the names of their jobs; those of the composite action have the name `action`."""
    for name, job in jobs():
        for step in job["steps"]:
            yield name, step
    for step in load(ACTION)["runs"]["steps"]:
        yield "action", step
