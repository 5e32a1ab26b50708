"""The linters of workflows find nothing: actionlint for the syntax, zizmor for security."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import leave_out
from tests.unit.workflows.files import FILES, GITHUB
from tools import toolchain
from tools.errors import ToolError

ZIZMOR = Path(sys.prefix) / "bin" / "zizmor"


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=GITHUB.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


@pytest.fixture(scope="module")
def actionlint() -> Path:
    """The program of the linter; built if it is missing."""
    try:
        toolchain.build(toolchain.ACTIONLINT)
    except ToolError as error:
        leave_out(str(error))
    return toolchain.ACTIONLINT.programs / "actionlint"


def test_actionlint_finds_nothing(actionlint: Path) -> None:
    done = _run(actionlint, "-no-color", *FILES)
    assert (done.returncode, done.stdout) == (0, "")


def test_actionlint_finds_an_unknown_key(actionlint: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(FILES[0].read_text().replace("runs-on:", "run-on:"))
    assert '"run-on"' in _run(actionlint, "-no-color", wrong).stdout


def test_zizmor_finds_nothing() -> None:
    done = _run(ZIZMOR, "--offline", "--no-progress", "--quiet", "--color=never", GITHUB)
    assert done.returncode == 0, done.stdout


def test_zizmor_finds_a_template_injection(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(FILES[0].read_text().replace("make check", 'echo "${{ github.event.pull_request.title }}"'))
    done = _run(ZIZMOR, "--offline", "--no-progress", "--quiet", "--color=never", wrong)
    assert "template-injection" in done.stdout
