"""Python errors in the configuration."""

import pytest

from tests.unit.config_check.conftest import HERE, Try


@pytest.mark.parametrize(
    ("extra", "line", "message"),
    [
        ("x = 1\nif x\n    y = 2", 2, "SyntaxError: expected ':'"),
        ("x = 1\n  y = 2", 2, "IndentationError: unexpected indent"),
        ("\nnot_defined", 2, "NameError: name 'not_defined' is not defined"),
        ("def f():\n    return 1 / 0\n\nf()", 2, "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit('not with me')", 2, "ends the hub: not with me"),
        ("import sys\nsys.exit()", 2, "ends the hub with exit code 0"),
        ("import os\nos.environ['NO_SUCH']", 2, "the hub's pod has no environment variable 'NO_SUCH'"),
        ("\nimport no_such", 2, "ModuleNotFoundError: No module named 'no_such'; its package must be in docker/hub/"),
        ("c.KubeSpawner = 5", 1, "ValueError: values whose keys begin with an uppercase char must be Config"),
        # JupyterHub has a running loop, too.
        ("import asyncio\nasyncio.run(None)", 2, "RuntimeError: asyncio.run() cannot be called from a running"),
        ("raise RuntimeError('postgresql://ada:hunter2@db/')", 1, "RuntimeError: postgresql://***@db/"),
    ],
)
def test_an_error_is_reported_with_its_line(extra: str, line: int, message: str, tried: Try) -> None:
    (mistake,) = tried(extra)
    assert mistake.startswith(f"{HERE}:{line}: {message}")


def test_a_change_of_a_value_set_elsewhere_is_reported_with_a_fix(tried: Try) -> None:
    (mistake,) = tried("c.KubeSpawner.volumes += [1]")
    assert mistake.startswith(f"{HERE}:1: TypeError: unsupported operand type(s) for +=")
    assert "this file does not see what was set before it. Change that with .append()" in mistake


def test_a_long_error_is_reported_in_one_short_line(tried: Try) -> None:
    (mistake,) = tried("raise RuntimeError('a\\n' * 1000)")
    assert mistake.startswith(f"{HERE}:1: RuntimeError: a a a")
    assert len(mistake) < 400


def test_an_error_in_called_code_is_reported_with_both_lines(tried: Try) -> None:
    broken = "def f():\n    raise ValueError('no')\n"
    extra = "import runpy\nfrom pathlib import Path\nrunpy.run_path(str(Path(__file__).with_name('broken.py')))['f']()"
    assert tried(extra, broken=broken) == [f"{HERE}:3: ValueError: no (raised in hub/broken.py, line 2)"]


def test_a_syntax_error_in_a_hub_file_is_reported_with_its_line(tried: Try) -> None:
    mistakes = tried("", jupyterhub_config="x = 1\nx ==\n")
    assert mistakes == ["hub/jupyterhub_config.py:2: SyntaxError: invalid syntax"]


def test_a_missing_variable_is_the_only_mistake(
    secret_names: list[str], tried: Try, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(secret_names[0])
    (mistake,) = tried("")
    assert mistake.startswith("hub/jupyterhub_config.py:")
    assert secret_names[0] in mistake
