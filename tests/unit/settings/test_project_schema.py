"""`Pulumi.yaml` and the models say the same, so that Pulumi's own checks and defaults never contradict ours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_origin

import pytest
import yaml

import settings
from settings.reading.keys import KEYS, PROJECT, SECRETS, default_of, fields_of

ROOT = Path(__file__).parents[3]
PROJECT_FILE = cast("dict[str, Any]", yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8")))
SCHEMA = cast("dict[str, dict[str, Any]]", PROJECT_FILE["config"])


def schema_key(key: str) -> str:
    """Pulumi takes the keys of `Pulumi.yaml` for paths: without the brackets hub.image is an entry of the map hub."""
    return f'["{key}"]' if "." in key else key


def schema_type(key: str) -> str:
    annotation = KEYS[key].annotation
    if key in SECRETS:
        return "string"  # what Pulumi has encrypted it does not look into
    if fields_of(annotation) or get_origin(annotation) is Mapping:
        return "object"
    simple = {bool: "boolean", int: "integer"}
    return "array" if get_origin(annotation) is tuple else simple.get(cast("type", annotation), "string")


def test_the_project_has_the_name_that_the_loader_looks_for() -> None:
    assert PROJECT_FILE["name"] == PROJECT


def test_the_schema_has_the_keys_of_the_models_and_no_other() -> None:
    assert sorted(SCHEMA) == sorted(schema_key(key) for key in KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_the_schema_has_the_default_of_the_model(key: str) -> None:
    default = None if key in SECRETS else default_of(KEYS[key])
    assert SCHEMA[schema_key(key)]["default"] == ("" if default is None else default)


@pytest.mark.parametrize("key", KEYS)
def test_the_schema_has_the_type_of_the_model_and_a_description(key: str) -> None:
    entry = SCHEMA[schema_key(key)]
    assert entry["type"] == schema_type(key)
    assert entry["description"].endswith(".")
    assert ("items" in entry) == (entry["type"] == "array")


def test_the_defaults_of_the_schema_are_accepted() -> None:
    """Pulumi hands them to the program as if they were in the stack file."""
    defaults = {key: SCHEMA[schema_key(key)]["default"] for key in KEYS}
    needed = {"auth.type": "dummy", "endpoint.address": "127.0.0.1", "images.repository": "registry.example.org/hub"}
    assert settings.parse({**defaults, **needed}) == settings.parse(needed)


def test_the_dev_stack_needs_only_images() -> None:
    found = settings.from_file(ROOT / "Pulumi.dev.yaml", defaults={"images.repository": "localhost/jupyterhub"})
    assert found.auth.type == "dummy"
    assert not found.protect
    assert not found.hub.keep_database


def test_the_dev_stack_lets_no_default_provider_choose_a_cluster() -> None:
    config = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))["config"]
    assert config["pulumi:disable-default-providers"] == ["kubernetes"]
