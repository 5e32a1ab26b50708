"""A value that somebody encrypted stays a secret or is refused, for every key, at any depth, by both ways in."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

import settings
from settings.reading.keys import KEYS, SECRETS, fields_of
from tests.stacks import VALUES

MARKER = "hunter2-Secret_Value"
Place = Callable[[object], object]
"""Puts a value somewhere into the value of a setting."""

SURROUNDINGS: list[Place] = [
    lambda value: value,
    lambda value: {"A_NAME": value},
    lambda value: [value],
    lambda value: {"a": [{"b": {"c": value}}]},
]


def _places(field: FieldInfo) -> Iterator[Place]:
    yield from SURROUNDINGS
    is_list = get_origin(field.annotation) is tuple
    parts = fields_of(get_args(field.annotation)[0] if is_list else field.annotation)
    for name, part in parts.items():
        yield from (_inside(name, place, is_list=is_list) for place in _places(part))


def _inside(name: str, place: Place, *, is_list: bool) -> Place:
    return lambda value: [{name: place(value)}] if is_list else {name: place(value)}


ALL = [(key, place) for key, field in KEYS.items() for place in _places(field)]


def _mistakes(values: Mapping[str, object], encrypted: set[str]) -> list[str]:
    try:
        found = settings.parse({**VALUES, **values}, encrypted=encrypted)
    except settings.SettingsError as error:
        shown, mistakes = str(error), list(error.mistakes)
    else:
        shown, mistakes = repr(found) + json.dumps(found.model_dump(mode="json")), []
    assert MARKER not in shown
    return mistakes


@pytest.mark.parametrize("way", ["pulumi", "stack file"])
def test_an_encrypted_value_of_any_key_stays_a_secret_or_is_refused(way: str) -> None:
    for key, place in ALL:
        if way == "pulumi":
            value = place(MARKER)
            text = value if isinstance(value, str) else json.dumps(value)
            found = _mistakes({key: text}, {key})
        else:
            found = _mistakes({key: place({"secure": MARKER})}, set())
        if key not in SECRETS:
            (mistake,) = [text for text in found if text.startswith(f"{key}:")]
            assert "is encrypted, but is not a secret setting" in mistake
            belongs_to = mistake.partition(" belongs to ")[2].partition(";")[0]
            assert {part.strip() for part in belongs_to.split(",")} & SECRETS
            assert "--plaintext" not in mistake


def test_each_secret_setting_takes_an_encrypted_value_from_a_stack_file() -> None:
    for key in SECRETS:
        found = _mistakes({key: {"secure": MARKER}}, set())
        assert not [text for text in found if "is encrypted" in text or "is in plain text" in text]


@pytest.mark.parametrize("value", [{"A": {"secure": "v1:abc="}}, {"A": {"secure": "v1:abc="}, "B": "b"}])
def test_a_secret_map_is_encrypted_as_a_whole(value: object) -> None:
    """Pulumi refuses it otherwise, with a message that does not help."""
    (mistake,) = _mistakes({"auth.secretEnvironment": value}, set())
    assert mistake.startswith("auth.secretEnvironment: is encrypted in parts, but must be one secret")


def test_a_secret_in_plain_text_is_refused() -> None:
    for key in SECRETS:
        assert [text for text in _mistakes({key: MARKER}, set()) if text.startswith(f"{key}: is in plain text")]


def test_a_trait_called_secure_is_no_encrypted_value() -> None:
    traits = {"cookie_options": {"secure": "true"}}
    values = {**VALUES, "auth.type": "custom", "auth.customClass": "a.B", "auth.customTraits": traits}
    assert settings.parse(values).auth.custom_traits == traits


def test_a_refused_encrypted_value_causes_no_other_mistake() -> None:
    for key, value in (("auth.type", "dummy"), ("notebook.cpu", '{"max": 8}'), ("hub.image", "registry.example/a:1")):
        assert len(_mistakes({key: value}, {key})) == 1


PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg=\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("value", [PEM, PEM.replace("\n", "\r\n"), PEM.strip(), "{\n\t'a': 1\n}\n", "one line"])
def test_a_secret_of_several_lines_keeps_its_line_ends(value: str) -> None:
    given = {**VALUES, "auth.secretEnvironment": json.dumps({"LTI_KEY": value})}
    found = settings.parse(given, encrypted={"auth.secretEnvironment"})
    assert found.auth.secret_environment["LTI_KEY"].get_secret_value() == value


@pytest.mark.parametrize("value", ["one line\n", " one line", "one line ", "\n", "a\x00b", "a\nb\x00c", "a\nb\x1b[0m"])
def test_a_stray_line_end_or_control_character_in_a_secret_is_refused(value: str) -> None:
    (mistake,) = _mistakes({"auth.secretEnvironment": json.dumps({"LTI_KEY": value})}, {"auth.secretEnvironment"})
    assert mistake.startswith("auth.secretEnvironment: the value (secret) has ")


def test_a_client_secret_is_one_line() -> None:
    (mistake,) = _mistakes({"github.clientSecret": f"{PEM}"}, {"github.clientSecret"})
    assert mistake.startswith("github.clientSecret: the value (secret) has spaces or a line end around it")
