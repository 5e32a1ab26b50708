"""Errors of an engine that fails before its first event."""

from functools import partial
from pathlib import Path

from tools.engine import Engine
from tools.review import engine


def _error(folder: Path, printed: str) -> str:
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{printed}\nEND\nexit 255\n")
    program.chmod(0o755)
    pulumi = Engine(program=program, environment={}, description="")
    found = engine.preview(partial(pulumi.run, folder=folder), "preview")
    assert found.failed
    (error,) = found.errors
    return error.text


def test_a_missing_stack_is_reported_with_the_page_that_says_how_to_create_it(tmp_path: Path) -> None:
    error = _error(tmp_path, "error: no stack named 'gke' found")
    assert error.startswith("Stack gke does not exist in the current Pulumi backend (PULUMI_BACKEND_URL)")
    assert "docs/pull-requests.md" in error


def test_another_early_failure_is_reported_with_the_end_of_the_output(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(40)]
    assert _error(tmp_path, "\n".join(lines)).splitlines() == lines[10:]
