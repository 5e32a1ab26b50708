"""The descriptions of the settings, and the values that they show."""

import json
from typing import get_args

import pytest

from settings.reading.keys import KEYS, SECRETS, default_of
from tests.fields import FIELDS, check_of, shown
from tools.schema.generated import REFERENCE


@pytest.mark.parametrize("path", FIELDS)
def test_every_key_and_part_is_described_in_sentences(path: str) -> None:
    assert (FIELDS[path].description or "").endswith(".")


@pytest.mark.parametrize("path", FIELDS)
def test_the_loader_accepts_every_example(path: str) -> None:
    is_valid = check_of(FIELDS[path])
    assert [value for value in shown(FIELDS[path]) if not is_valid(value)] == []


@pytest.mark.parametrize("key", [key for key in KEYS if KEYS[key].examples])
def test_the_reference_has_every_example_as_in_a_stack_file(key: str) -> None:
    (example, *_) = KEYS[key].examples or [None]
    assert f"`{json.dumps(example)}`" in REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize("key", [key for key in KEYS if key not in SECRETS])
def test_every_key_has_a_default_choices_or_an_example(key: str) -> None:
    field = KEYS[key]
    assert default_of(field) not in (None, {}, []) or get_args(field.annotation) or shown(field)
