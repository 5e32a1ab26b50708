"""The workflows and what is in them."""

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
    return cast("dict[str, Any]", yaml.load(file.read_text(), Loader=yaml.BaseLoader))  # noqa: S506 it makes text only


WORKFLOWS = {file.stem: load(file) for file in FILES}
"""The workflows, by name."""


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """All jobs, as `workflow.job`."""
    for name, workflow in WORKFLOWS.items():
        for job, content in workflow["jobs"].items():
            yield f"{name}.{job}", content


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """All steps, with the job they are in; those of the action too."""
    for name, job in jobs():
        for step in job["steps"]:
            yield name, step
    for step in load(ACTION)["runs"]["steps"]:
        yield "action", step
