"""The template of `pulumi new`."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

import yaml

from provider.inputs import settings_of
from settings import Settings
from tools.paths import CHECKOUT

_FOLDER: Final = CHECKOUT / "template"
_PROJECT: Final[Mapping[str, Any]] = yaml.safe_load((_FOLDER / "Pulumi.yaml").read_text(encoding="utf-8"))
_TEXT: Final = (_FOLDER / "Main.yaml").read_text(encoding="utf-8")
_PROGRAM: Final[Mapping[str, Any]] = yaml.safe_load(_TEXT)
_ANSWERS: Final[Mapping[str, object]] = {
    "${context}": "lab",
    "${images}": "registry.example.org/hub",
    "${githubClientSecret}": "a secret",
}


def _filled(value: object) -> object:
    if isinstance(value, dict):
        return {key: _filled(part) for key, part in cast("dict[str, object]", value).items()}
    return _ANSWERS.get(value, value) if isinstance(value, str) else value


def _settings(inputs: Mapping[str, Any]) -> Settings:
    return settings_of("hub", {key: _filled(value) for key, value in inputs.items()})


def _inputs() -> dict[str, Any]:
    return dict(_PROGRAM["resources"]["hub"]["properties"])


def test_its_hub_has_valid_settings() -> None:
    found = _settings(_inputs())
    assert (found.kubernetes.context, found.images.repository) == ("lab", "registry.example.org/hub")


def test_the_lines_for_others_in_its_comments_are_valid_in_place_of_those_for_trying() -> None:
    lines = re.findall(r"^ {6}# (\w+: \{.*\})$", _TEXT, re.MULTILINE)
    found = _settings(_inputs() | yaml.safe_load("\n".join(lines)))
    assert len(lines) == 3
    assert found.url == "https://hub.example.org"
    assert found.auth.type == "github"


def test_it_asks_for_what_its_program_reads_and_for_no_secret() -> None:
    questions = _PROJECT["template"]["config"]
    assert questions.keys() == _PROGRAM["config"].keys()
    assert not any(question.get("secret") for question in questions.values())
    assert "${PROJECT}" not in _TEXT
