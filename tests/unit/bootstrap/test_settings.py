"""All mistakes in the config of `bootstrap/` are reported at once, each with a fix."""

import pytest
import yaml

from keyless.settings import Settings, SettingsError, parse
from tests.unit.bootstrap.config import CONFIG
from tools.paths import CHECKOUT

_GH = "gh api repos/OWNER/REPOSITORY --jq"


def _mistakes(**values: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        parse({**CONFIG, **values})
    return str(caught.value).splitlines()


def test_a_valid_config_is_read_with_defaults() -> None:
    settings = parse({**CONFIG, "stateBucket": "", "protect": "false"})
    assert settings == Settings(
        project="foo-123", location="europe-west1", repository_id="1234567", owner_id="89", protect=False
    )
    assert settings.bucket == "foo-123-pulumi-state"
    assert parse({**CONFIG, "stateBucket": "mine-1"}).bucket == "mine-1"


def test_an_empty_config_reports_all_missing_keys() -> None:
    with pytest.raises(SettingsError) as caught:
        parse(dict.fromkeys(CONFIG, ""))
    assert str(caught.value).splitlines() == [
        "The config has 4 mistakes:",
        "  * project: is not set: pulumi config set project my-project-123",
        "  * location: is not set: pulumi config set location europe-west1",
        f"  * repositoryId: is not set; to get it, {_GH} .id: pulumi config set repositoryId NUMBER",
        f"  * ownerId: is not set; to get it, {_GH} .owner.id: pulumi config set ownerId NUMBER",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("project", "My_Project"),
        ("location", "EU"),
        ("location", "europe-west1-b"),
        ("repositoryId", "octocat/hub"),
        ("ownerId", "0' || true || '"),
        ("branch", "main' || true || 'x"),
        ("environment", "pro duction"),
        ("environment", "x')"),
        ("stateBucket", "Mine"),
        ("protect", "perhaps"),
    ],
)
def test_an_invalid_value_is_reported_with_its_key_and_a_fix(key: str, value: str) -> None:
    title, mistake = _mistakes(**{key: value})
    assert title == "The config has 1 mistake:"
    assert mistake.startswith(f'  * {key}: "{value}" ')
    assert ": pulumi config " in mistake


def test_an_unknown_key_is_reported_with_the_known_ones() -> None:
    _, mistake = _mistakes(repository="octocat/hub")
    assert mistake == (
        "  * repository: is not known; known are project, location, repositoryId, ownerId, branch, environment, "
        "stateBucket, protect. Remove it: pulumi config rm repository"
    )


def test_the_project_file_has_the_same_keys_and_defaults() -> None:
    config = yaml.safe_load((CHECKOUT / "bootstrap" / "Pulumi.yaml").read_text())["config"]
    fields = {str(field.alias): field for field in Settings.model_fields.values()}
    assert list(config) == list(fields)
    for key, field in fields.items():
        default = "" if field.is_required() or field.default is None else field.default
        assert config[key]["default"] == default
