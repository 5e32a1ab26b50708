"""The generated files, and the stack files that use them."""

from pathlib import Path
from typing import Any, Final, cast

import pytest
import yaml

import settings
from settings.reading.keys import KEYS, PROJECT
from tools.paths import CHECKOUT
from tools.schema.generated import STACK_SCHEMA, generated

_PROJECT_FILE = cast("dict[str, Any]", yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text(encoding="utf-8")))
_CONFIG = cast("dict[str, dict[str, Any]]", _PROJECT_FILE["config"])
_MODELINE: Final = "# yaml-language-server: $schema=schemas/stack.schema.json\n"


def test_the_generated_files_are_up_to_date() -> None:
    stale = [path.name for path, text in generated().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run make schema"


def test_the_project_has_the_name_that_the_loader_expects() -> None:
    assert _PROJECT_FILE["name"] == PROJECT


def test_the_defaults_of_pulumi_yaml_are_accepted() -> None:
    """Pulumi passes them to the program as if they were in the stack file."""
    defaults = {path.strip('[]"'): entry["default"] for path, entry in _CONFIG.items()}
    needed = {"auth.type": "dummy", "endpoint.address": "127.0.0.1", "images.repository": "registry.example.org/hub"}
    assert defaults.keys() == KEYS.keys()
    assert settings.parse({**defaults, **needed}) == settings.parse(needed)


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
