"""Values files with the keys of public hubs, and every key of the chart."""

import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from migrate.output import report, stack_text
from migrate.plan import Kind
from migrate.translation import coverage, translate
from migrate.values import put, read
from tools import paths

_CHARTS: Final = Path(__file__).parent / "charts"
_KEYS: Final = (Path(__file__).parent / "chart_keys.txt").read_text().split()
_DOCS: Final = (paths.CHECKOUT / "docs/migrate.md").read_text()
_ROWS: Final = re.findall(r"\| ([a-z-]+) \| (\d+) of (\d+) \((\d+) %\) \|", _DOCS)
_FILES: Final = sorted(_CHARTS.iterdir())


def test_each_file_has_the_coverage_of_the_documentation() -> None:
    found = [(file.stem.partition("-")[2], *coverage(translate(read([file])))) for file in _FILES]
    assert [(name, done, total, 100 * done // total) for name, done, total in found] == [
        (name, int(done), int(total), int(percent)) for name, done, total, percent in _ROWS
    ]
    done, total = sum(row[1] for row in found), sum(row[2] for row in found)
    assert f"Together: {done} of {total} ({100 * done // total} %)." in _DOCS
    assert 100 * done >= 90 * total


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_no_key_is_dropped_in_silence(file: Path) -> None:
    translation = translate(read([file]))
    assert not translation.of(Kind.UNKNOWN)


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_the_stack_file_has_the_settings_of_the_plan(file: Path) -> None:
    translation = translate(read([file]))
    written = yaml.safe_load(stack_text(translation, [Path("values.yaml")]))["config"]
    assert {key.removeprefix("jupyterhub:"): value for key, value in written.items()} == translation.plan.settings


@pytest.mark.parametrize("sample", ["example", True, 0, 3, [], ["x"], {}, {"a": "b"}], ids=str)
def test_each_key_of_the_chart_is_known_whatever_its_value(sample: object) -> None:
    values: dict[str, object] = {}
    for key in _KEYS:
        put(values, tuple(key.split(".")), sample)
    translation = translate(values)
    assert not translation.of(Kind.UNKNOWN)


def test_a_key_that_is_none_of_the_chart_is_reported() -> None:
    translation = translate({"hub": {"consecutiveFailureLimits": 3}})
    assert [line.key for line in translation.of(Kind.UNKNOWN)] == ["hub.consecutiveFailureLimits"]
    assert "hub.consecutiveFailureLimits" in report(translation, [Path("values.yaml")])


def test_a_value_that_a_setting_refuses_is_reported_with_the_reason_and_left_out() -> None:
    translation = translate({"hub": {"extraEnv": {"JUPYTERHUB_API_TOKEN_FILE": "/x", "HTTPS_PROXY": "http://proxy"}}})
    (line,) = translation.of(Kind.REFUSED)
    assert line.key == "hub.extraEnv.JUPYTERHUB_API_TOKEN_FILE"
    assert "is set by this stack itself" in line.answer.text
    assert translation.plan.settings["hub.environment"] == {"HTTPS_PROXY": "http://proxy"}


def test_a_template_is_no_value() -> None:
    translation = translate({"hub": {"config": {"GitHubOAuthenticator": {"client_id": "${client_id}"}}}})
    (line,) = translation.of(Kind.REFUSED)
    assert (line.key, line.answer.text.partition(":")[0]) == (
        "hub.config.GitHubOAuthenticator.client_id",
        "filled in by another program",
    )
    assert "github.clientId" not in translation.plan.settings
