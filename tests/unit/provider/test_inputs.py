"""Inputs of the component as settings: the same settings, and the same mistakes, as of a stack file."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.runtime import rpc

import settings
from provider.inputs import settings_of
from settings import SettingsError
from settings.reading.keys import SECRETS, own_values
from settings.reading.stack_file import read_config
from tests.corpus import EXAMPLES
from tools.paths import CHECKOUT

GOOD: dict[str, Any] = {
    "auth": {"type": "github"},
    "github": {"clientId": "id", "clientSecret": rpc.wrap_rpc_secret("a-marker"), "organizations": ["physics"]},
    "endpoint": {"address": "127.100.0.10"},
    "images": {"repository": "registry.example.org/hub"},
    "name": "my-hub",
    "notebook": {"cpu": {"max": 8.0}, "prepull": True},
}


def _with(changes: dict[str, Any]) -> dict[str, Any]:
    parts: dict[str, dict[str, Any]] = {name: part for name, part in changes.items() if isinstance(part, dict)}
    return {**GOOD, **changes, **{name: {**GOOD.get(name, {}), **part} for name, part in parts.items()}}


def _mistakes(changes: dict[str, Any]) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        settings_of("hub", _with(changes))
    return caught.value


def test_inputs_are_the_settings_of_a_stack_file_with_the_same_keys() -> None:
    values = {
        "auth.type": "github",
        "github.clientId": "id",
        "github.clientSecret": "a-marker",
        "github.organizations": ["physics"],
        "endpoint.address": "127.100.0.10",
        "images.repository": "registry.example.org/hub",
        "name": "my-hub",
        "notebook.cpu": {"max": 8},
        "notebook.prepull": True,
    }
    assert settings_of("hub", GOOD) == settings.parse(values, encrypted={"github.clientSecret"})


def test_all_mistakes_are_reported_at_once_with_their_keys() -> None:
    error = _mistakes({"notebook": {"cpu": {"max": "8x"}, "typo": 1.0}, "hub": {"storage": {"size": "big"}}})
    assert [mistake.partition(":")[0] for mistake in error.mistakes] == [
        "notebook.typo",
        "hub.storage.size",
        "notebook.cpu.max",
    ]
    first = str(error).partition("\n")[0]
    assert first.startswith("JupyterHub hub (")
    assert first.endswith("has 3 mistakes:")


def test_no_message_has_a_secret() -> None:
    error = _mistakes({"github": {"clientSecret": rpc.wrap_rpc_secret(" a-marker ")}, "hub": {"typo": "x"}})
    assert len(error.mistakes) == 2
    assert "a-marker" not in str(error)


@pytest.mark.parametrize("secret", [{"A": rpc.wrap_rpc_secret("a-marker")}, rpc.wrap_rpc_secret({"A": "a-marker"})])
def test_a_secret_in_a_setting_that_is_none_is_refused(secret: object) -> None:
    error = _mistakes({"hub": {"environment": secret}})
    assert [mistake.partition(":")[0] for mistake in error.mistakes] == ["hub.environment"]
    assert "a-marker" not in str(error)


def test_a_secret_without_a_mark_is_secret() -> None:
    error = _mistakes({"github": {"clientSecret": " a-marker "}})
    assert "a-marker" not in str(error)


def test_a_secret_may_be_unknown_in_a_preview() -> None:
    found = settings_of("hub", _with({"github": {"clientSecret": rpc.UNKNOWN}}))
    assert found.github.client_secret is not None
    variables = {"secretEnvironment": {"A": rpc.UNKNOWN, "B": rpc.wrap_rpc_secret("known")}}
    assert set(settings_of("hub", _with({"notebook": variables})).notebook.secret_environment) == {"A", "B"}
    assert not settings_of("hub", _with({"notebook": {"secretEnvironment": rpc.UNKNOWN}})).notebook.secret_environment


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"endpoint": {"hostname": rpc.UNKNOWN}}, "endpoint.hostname"),
        ({"notebook": {"cpu": {"max": rpc.UNKNOWN}}}, "notebook.cpu"),
        ({"network": rpc.UNKNOWN}, "network"),
    ],
)
def test_another_unknown_setting_is_refused_with_its_key(changes: dict[str, Any], key: str) -> None:
    (mistake,) = _mistakes(changes).mistakes
    assert mistake.startswith(f"{key}: is the output of a resource that does not exist yet")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_inputs_can_say_what_each_example_says(path: Path) -> None:
    values = own_values(read_config(path))
    inputs: dict[str, Any] = {}
    for key, value in values.items():
        group, dot, name = key.partition(".")
        known = rpc.UNKNOWN if key in SECRETS else value
        inputs |= {group: {**inputs.get(group, {}), name: known} if dot else known}
    assert settings_of("hub", inputs) == settings.from_file(path)


def test_the_example_in_yaml_is_accepted() -> None:
    program = yaml.safe_load((CHECKOUT / "examples" / "yaml" / "Pulumi.yaml").read_text(encoding="utf-8"))
    hub = program["resources"]["hub"]
    assert hub["type"] == "jupyterhub:JupyterHub"
    assert settings_of("hub", hub["properties"]).endpoint.type == "none"
