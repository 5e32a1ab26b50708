"""The generated files: Pulumi.yaml, docs/settings.md and the JSON Schema of stack files."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import jsonschema
import pytest
import yaml

import settings
from settings.reading.keys import KEYS, PROJECT
from tests.corpus import ACCEPTED, refused
from tools.paths import CHECKOUT
from tools.schema.generated import STACK_SCHEMA, generated
from tools.schema.stack import schema

_PROJECT_FILE = cast("dict[str, Any]", yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text(encoding="utf-8")))
_CONFIG = cast("dict[str, dict[str, Any]]", _PROJECT_FILE["config"])
_MODELINE: Final = "# yaml-language-server: $schema=schemas/stack.schema.json\n"
_CAUGHT: Final = 79
"""Refused stack files that the JSON Schema refuses too. It may grow, and never fall."""
_WRITTEN_BY_PULUMI: Final = {
    "protect": "true",
    "notebook.idleMinutes": "30",
    "notebook.cpu": '{"max": "8"}',
    "auth.adminUsers": '["ada"]',
    "github.clientSecret": {"secure": "v1:abc="},
    "database.url": None,
}


class _Editor(yaml.SafeLoader):
    """YAML 1.2 as editors read it: no dates, and neither `yes` nor 22:30 is anything but text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 declared so by PyYAML


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)", list("-+.0123456789")),
):
    cast("Any", _Editor).add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)


_CHECKER = cast("Any", jsonschema.Draft7Validator(schema()))


def _accepts(text: str) -> bool:
    return bool(_CHECKER.is_valid(yaml.load(text, Loader=_Editor)))  # noqa: S506 a SafeLoader


def _stack_file(values: Mapping[str, object]) -> str:
    return yaml.safe_dump({"config": {f"{PROJECT}:{key}": value for key, value in values.items()}})


def test_the_generated_files_are_up_to_date() -> None:
    stale = [path.name for path, text in generated().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run make schema"


def test_the_project_has_the_name_that_the_loader_expects() -> None:
    assert _PROJECT_FILE["name"] == PROJECT


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_description(key: str) -> None:
    assert (KEYS[key].description or "").endswith(".")


def test_the_defaults_of_pulumi_yaml_are_accepted() -> None:
    """Pulumi passes them to the program as if they were in the stack file."""
    defaults = {path.strip('[]"'): entry["default"] for path, entry in _CONFIG.items()}
    needed = {"auth.type": "dummy", "endpoint.address": "127.0.0.1", "images.repository": "registry.example.org/hub"}
    assert defaults.keys() == KEYS.keys()
    assert settings.parse({**defaults, **needed}) == settings.parse(needed)


def test_the_json_schema_is_draft_07() -> None:
    jsonschema.Draft7Validator.check_schema(schema())


@pytest.mark.parametrize(
    "path", [*ACCEPTED, CHECKOUT / "Pulumi.dev.yaml", CHECKOUT / "Pulumi.gke.yaml"], ids=lambda path: path.name
)
def test_the_json_schema_accepts_every_accepted_file(path: Path) -> None:
    assert _accepts(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", _WRITTEN_BY_PULUMI)
def test_the_json_schema_accepts_what_pulumi_config_set_writes(key: str) -> None:
    assert _accepts(_stack_file({key: _WRITTEN_BY_PULUMI[key]}))


@pytest.mark.parametrize(
    "values",
    [{"hub.imgae": "x"}, {"notebook.cpu": {"maximum": 2}}, {"auth.type": "google"}, {"auth.userPassword": "x"}],
)
def test_the_json_schema_refuses_typos_choices_and_plain_secrets(values: Mapping[str, object]) -> None:
    assert not _accepts(_stack_file(values))


def test_the_json_schema_refuses_as_many_bad_files_as_before() -> None:
    whole = [case for case in refused() if "/" in case.name]
    assert sum(not _accepts(case.text) for case in whole) >= _CAUGHT


@pytest.mark.parametrize(
    "path",
    [*sorted((CHECKOUT / "examples").glob("*.yaml")), *sorted(CHECKOUT.glob("Pulumi.*.yaml"))],
    ids=lambda path: path.name,
)
def test_a_stack_file_names_its_json_schema(path: Path) -> None:
    """`examples/schemas` is a link, so that the line is right in a copy beside Pulumi.yaml too."""
    assert path.read_text(encoding="utf-8").startswith(_MODELINE)
    assert (path.parent / "schemas" / STACK_SCHEMA.name).exists()


def test_the_dev_stack_needs_only_images() -> None:
    found = settings.from_file(CHECKOUT / "Pulumi.dev.yaml", defaults={"images.repository": "localhost/jupyterhub"})
    assert found.auth.type == "dummy"
    assert not found.protect
    assert not found.hub.keep_database


def test_the_dev_stack_lets_no_default_provider_choose_a_cluster() -> None:
    config = yaml.safe_load((CHECKOUT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))["config"]
    assert config["pulumi:disable-default-providers"] == ["kubernetes"]
