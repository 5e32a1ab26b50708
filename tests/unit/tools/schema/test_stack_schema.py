"""The JSON Schema of stack files refuses nothing that the loader accepts, and shows mistakes in an editor."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast, get_origin

import jsonschema
import pytest
import yaml

from settings.reading.keys import KEYS, PROJECT, SECRETS, default_of
from tests.corpus import ACCEPTED, refused
from tests.fields import FIELDS, check_of
from tools.paths import CHECKOUT
from tools.schema.stack import schema

_CAUGHT: Final = 155
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


_SCHEMA = schema()
_CHECKER = cast("Any", jsonschema.Draft7Validator(_SCHEMA))


def _load(text: str) -> object:
    return yaml.load(text, Loader=_Editor)  # noqa: S506 a SafeLoader


def _accepts(values: Mapping[str, object]) -> bool:
    config = {"auth.type": "github", **values}
    return bool(_CHECKER.is_valid({"config": {f"{PROJECT}:{key}": value for key, value in config.items()}}))


def _scalars(value: object) -> Iterator[str | float | bool | None]:
    if isinstance(value, dict):
        yield from (scalar for pair in cast("dict[object, object]", value).items() for scalar in _scalars(list(pair)))
    elif isinstance(value, list):
        yield from (scalar for item in cast("list[object]", value) for scalar in _scalars(item))
    else:
        yield cast("str | float | bool | None", value)


@cache
def _values() -> list[object]:
    """Every value in the corpus, and every name."""
    texts = [*(case.text for case in refused() if "/" in case.name), *(path.read_text() for path in ACCEPTED)]
    return list({repr(value): value for text in texts for value in _scalars(_load(text))}.values())


def _candidates(key: str) -> Iterator[object]:
    """Yield every value in the corpus as the value of a key, as its only item, and as each of its parts."""
    field = KEYS[key]
    is_list = get_origin(field.annotation) is tuple
    parts = [path.removeprefix(f"{key}.") for path in FIELDS if path.startswith(f"{key}.")]
    example = next(iter(field.examples or ()), default_of(field))
    whole = cast("dict[str, Any]", (example[0] if is_list else example) if parts else {})  # pyright: ignore[reportIndexIssue]
    for value in _values():
        yield from (value, [value])
        for part in parts:
            outer, _, inner = part.rpartition(".")
            changed = {**whole, **({outer: {inner: value}} if outer else {inner: value})}
            yield [changed] if is_list else changed


def test_the_schema_is_draft_07() -> None:
    jsonschema.Draft7Validator.check_schema(_SCHEMA)


@pytest.mark.parametrize(
    "path", [*ACCEPTED, CHECKOUT / "Pulumi.dev.yaml", CHECKOUT / "Pulumi.gke.yaml"], ids=lambda path: path.name
)
def test_it_accepts_every_accepted_file(path: Path) -> None:
    assert _CHECKER.is_valid(_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("key", [key for key in KEYS if key not in SECRETS])
def test_it_accepts_every_value_that_the_loader_accepts(key: str) -> None:
    checker = cast("Any", jsonschema.Draft7Validator(_SCHEMA["definitions"][key]))
    is_valid = check_of(KEYS[key])
    assert [value for value in _candidates(key) if is_valid(value) and not checker.is_valid(value)] == []


@pytest.mark.parametrize("key", _WRITTEN_BY_PULUMI)
def test_it_accepts_what_pulumi_config_set_writes(key: str) -> None:
    assert _accepts({key: _WRITTEN_BY_PULUMI[key]})


@pytest.mark.parametrize("key", [key for key in KEYS if KEYS[key].examples])
def test_it_accepts_every_example_as_yaml_and_as_json(key: str) -> None:
    for value in KEYS[key].examples or ():
        assert _accepts({key: value})
        assert _accepts({key: json.dumps(value)})


@pytest.mark.parametrize(
    "values",
    [{"hub.imgae": "x"}, {"notebook.cpu": {"maximum": 2}}, {"auth.type": "google"}, {"auth.userPassword": "x"}],
    ids=str,
)
def test_it_refuses_typos_choices_and_plain_secrets(values: Mapping[str, object]) -> None:
    assert not _accepts(values)


def test_it_refuses_a_stack_without_a_required_key() -> None:
    assert not _CHECKER.is_valid({"config": {}})
    assert _CHECKER.is_valid({"config": {"auth.type": "dummy"}})


def test_it_refuses_as_many_bad_files_as_before() -> None:
    whole = [case for case in refused() if "/" in case.name]
    assert sum(not _CHECKER.is_valid(_load(case.text)) for case in whole) >= _CAUGHT


def test_its_patterns_are_regular_expressions_of_javascript() -> None:
    """Named groups, and the anchors of Python, are not."""
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(_SCHEMA))
    assert patterns
    assert [pattern for pattern in patterns if re.search(r"\(\?[^:=!]|\\\\[AZz]", pattern)] == []
