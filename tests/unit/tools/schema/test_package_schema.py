"""The schema of the component package has every setting, with what SDKs have to know about it."""

from typing import Any

from provider.package import TYPE
from settings.reading.keys import GROUPS, KEYS, SECRETS
from tools.schema.package import schema

_SCHEMA: dict[str, Any] = schema()
_INPUTS: dict[str, dict[str, Any]] = _SCHEMA["resources"][TYPE]["inputProperties"]


def _group(name: str) -> dict[str, Any]:
    return _SCHEMA["types"][_INPUTS[name]["$ref"].removeprefix("#/types/")]


def _settings() -> dict[str, dict[str, Any]]:
    return {
        key: part
        for name, value in _INPUTS.items()
        for key, part in (
            {f"{name}.{part}": of for part, of in _group(name)["properties"].items()}
            if name in GROUPS
            else {name: value}
        ).items()
    }


def test_every_key_is_an_input_with_its_description() -> None:
    found = _settings()
    assert found.keys() == KEYS.keys()
    assert [key for key, value in found.items() if not value.get("description")] == []


def test_the_secrets_and_only_they_are_secret() -> None:
    assert {key for key, value in _settings().items() if value.get("secret")} == SECRETS


def test_all_but_the_secrets_are_known_before_the_first_resource() -> None:
    found = _settings()
    assert [key for key, value in found.items() if bool(value.get("plain")) == (key in SECRETS)] == []
    groups_with_secrets = {key.partition(".")[0] for key in SECRETS}
    assert {name for name in GROUPS if not _INPUTS[name].get("plain")} == groups_with_secrets


def test_a_part_of_a_setting_may_be_left_out() -> None:
    """As in a stack file: `notebook.cpu: {max: 8}` keeps the other defaults."""
    required = {name for name, of in _SCHEMA["types"].items() if of.get("required")}
    assert required == {"jupyterhub:index:AuthSettings"}
    assert _SCHEMA["resources"][TYPE]["requiredInputs"] == ["auth"]


def test_a_choice_is_text_whose_values_are_described() -> None:
    kind = _group("endpoint")["properties"]["type"]
    assert kind["type"] == "string"
    assert "`gateway`" in kind["description"]
    assert "enum" not in str(_SCHEMA)
