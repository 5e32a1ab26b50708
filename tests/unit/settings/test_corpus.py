"""The corpus: stack files that are refused, with their mistakes, and stack files that are accepted."""

import json
from pathlib import Path

import pytest
from pydantic.alias_generators import to_snake

import settings
from settings.reading.keys import KEYS, PROJECT, SECRETS, is_structured
from settings.reading.stack_file import read_config
from settings.types.secret import SEALED
from tests.corpus import ACCEPTED, EXAMPLES, FILES, Refused, refused

REFUSED = refused()


def as_pulumi_passes_it(path: Path) -> dict[str, str]:
    """Return the config as the engine passes it on: JSON for lists and maps, "" for null, decrypted secrets."""
    values = {key.removeprefix(f"{PROJECT}:"): value for key, value in read_config(path).items()}
    values = {
        key: SEALED.get_secret_value() if key in SECRETS else value
        for key, value in values.items()
        if key not in SECRETS or not is_structured(KEYS[key])
    }
    return {
        key: json.dumps(value) if isinstance(value, dict | list) else str(value or "")
        for key, value in values.items()
        if ":" not in key
    }


def has_own_value(config: settings.Settings, key: str) -> bool:
    """Return whether the settings have another value for a key than its default, or one where it has none."""
    value: object = config
    for name in key.split("."):
        value = getattr(value, to_snake(name))
    return KEYS[key].is_required() or value != KEYS[key].default


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.name)
def test_an_accepted_file_has_the_same_settings_through_pulumi(path: Path) -> None:
    assert settings.from_file(path) == settings.parse(as_pulumi_passes_it(path), encrypted=SECRETS)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_refused_file_has_exactly_the_expected_mistakes(case: Refused, tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.case.yaml"
    path.write_text(case.text, encoding="utf-8")
    with pytest.raises(settings.SettingsError) as caught:
        settings.from_file(path)

    mistakes = list(caught.value.mistakes)
    for parts in case.mistakes:
        matching = [mistake for mistake in mistakes if all(part in mistake for part in parts)]
        assert matching, f"no mistake has all of {parts}; there are {mistakes}"
        mistakes.remove(matching[0])
    assert not mistakes, "more mistakes than expected"

    head, *lines = str(caught.value).splitlines()
    assert str(path) in head
    assert lines == [f"  * {mistake}" for mistake in caught.value.mistakes]


def test_every_case_has_a_unique_name_and_expects_a_mistake() -> None:
    assert len({case.name for case in REFUSED}) == len(REFUSED)
    assert [case.name for case in REFUSED if not case.mistakes] == []


def test_every_key_is_in_an_expected_mistake() -> None:
    heads = [parts[0] for case in REFUSED for parts in case.mistakes]
    assert [key for key in KEYS if not any(head.startswith(key) for head in heads)] == []


def test_an_accepted_file_sets_each_key_to_another_value_than_its_default() -> None:
    found = [settings.from_file(path) for path in ACCEPTED]
    open_keys = set(KEYS) - SECRETS  # an encrypted value cannot be read
    assert [key for key in open_keys if not any(has_own_value(config, key) for config in found)] == []


def test_one_file_sets_every_key_that_is_valid_in_any_cluster() -> None:
    written = read_config(FILES / "everything.good.yaml")
    on_gke = read_config(FILES / "gke-everything.good.yaml")
    by_oidc = read_config(FILES / "oidc-everything.good.yaml")
    by_lti = read_config(FILES / "lti-everything.good.yaml")
    # The first two exclude node pools, the third a zone as location, the next two endpoint.tlsSecret, the next two
    # need GitHub, the next three another OpenID provider, the next one excludes notebook.egress; the last four need
    # another endpoint, or no other certificate.
    no_pools = {"cluster.autopilot", "notebook.accelerator"}
    alone = {*no_pools, "nodes.zones", "endpoint.tlsCertificate", "endpoint.tlsKey", "github.adminTeams"}
    alone |= {"monitoring.organizations"}
    alone |= {"oidc.tenant", "oidc.hostedDomains", "oidc.identityProviders", "network.policies"}
    alone |= {"endpoint.ingressClass", "endpoint.gateway", "endpoint.nodePort", "endpoint.certManager"}
    assert {key for key in KEYS if f"{PROJECT}:{key}" not in {**written, **on_gke, **by_oidc, **by_lti}} == alone


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_begins_with_its_purpose(path: Path) -> None:
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    assert next(line for line in comments if "$schema" not in line).startswith("# For ")
