"""What is told of an engine that fails before it has any events."""

from functools import partial
from pathlib import Path

from tools.engine import Engine
from tools.review import engine


def _error(folder: Path, printed: str) -> str:
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{printed}\nEND\nexit 255\n")
    program.chmod(0o755)
    pulumi = Engine(program=program, environment={}, description="")
    log = engine.log_of(partial(pulumi.run, folder=folder), "preview")
    assert log.failed
    (error,) = log.diagnostics
    return error.text


def test_a_stack_that_nobody_began_is_told_with_the_place_that_says_how(tmp_path: Path) -> None:
    told = _error(tmp_path, "error: no stack named 'gke' found")
    assert told.startswith("Stack gke does not exist in the current Pulumi backend (PULUMI_BACKEND_URL)")
    assert "docs/pull-requests.md" in told


def test_of_anything_else_the_end_of_what_it_printed_is_told(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(40)]
    assert _error(tmp_path, "\n".join(lines)).splitlines() == lines[10:]
