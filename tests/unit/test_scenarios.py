"""A scenario ends at its first failed step, and a selected step runs with the steps before it."""

from pathlib import Path

import pytest

from tests import scenarios
from tools.paths import CHECKOUT

pytest_plugins = ["pytester"]

SCENARIO = """
import pytest
pytestmark = pytest.mark.scenario
def test_one(): pass
@pytest.mark.parametrize("number", [1, 2])
def test_two(number): assert number == 1
def test_three(): pass
"""


@pytest.fixture
def scenario(pytester: pytest.Pytester) -> Path:
    """A module with a scenario of four steps, of which the third fails."""
    pytester.makeconftest("pytest_plugins = ['tests.scenarios']")
    return pytester.makepyfile(SCENARIO)


@pytest.mark.parametrize("options", [(), ("-n", "2", "--dist", "loadfile")], ids=["alone", "parallel"])
def test_steps_after_a_failed_step_are_skipped(
    pytester: pytest.Pytester, scenario: Path, options: tuple[str, ...]
) -> None:
    done = pytester.runpytest_inprocess("-ra", *options, scenario)
    done.assert_outcomes(passed=2, failed=1, skipped=1)
    done.stdout.fnmatch_lines(["*the scenario ended at its step test_two?2?"])


def test_a_selected_step_runs_the_steps_before_it(pytester: pytest.Pytester, scenario: Path) -> None:
    pytester.runpytest_inprocess(f"{scenario}::test_two[1]").assert_outcomes(passed=2)
    pytester.runpytest_inprocess("-k", "test_two and 1", scenario).assert_outcomes(passed=2, deselected=3)


def test_every_module_in_the_order_exists() -> None:
    modules = {str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "tests").rglob("test_*.py")}
    assert {scenarios.LAST, *(entry for entry in scenarios.LONGEST if entry.endswith(".py"))} <= modules
    assert {entry for entry in scenarios.LONGEST if not entry.endswith(".py")} == set(scenarios.TOGETHER.values())
