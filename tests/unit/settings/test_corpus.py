"""Stack files that people might write: `*.good.yaml` are accepted, `*.bad.yaml` are refused.

Each line `# expect: a | b` of a bad file stands for one mistake that has all of these parts; there are no others.
"""

import json
from pathlib import Path

import pytest
from pydantic.alias_generators import to_snake

import settings
from settings.reading.keys import KEYS, PROJECT, SECRETS, is_structured
from settings.reading.stack_file import read_config
from settings.types.secret import SEALED

CONFIGS = Path(__file__).parents[2] / "configs"
GOOD = sorted(CONFIGS.glob("*.good.yaml"))
BAD = sorted(CONFIGS.glob("*.bad.yaml"))


def name_of(path: Path) -> str:
    return path.name


def expected_mistakes(path: Path) -> list[list[str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# expect: ")]
    return [line.removeprefix("# expect: ").split(" | ") for line in lines]


def as_pulumi_hands_it_on(path: Path) -> dict[str, str]:
    """The engine gives the program texts only: JSON for lists and maps, nothing for none, secrets in the open."""
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
    """Tells whether the settings have another value for a key than its default, or one where it has none."""
    value: object = config
    for name in key.split("."):
        value = getattr(value, to_snake(name))
    return KEYS[key].is_required() or value != KEYS[key].default


@pytest.mark.parametrize("path", GOOD, ids=name_of)
def test_a_good_file_means_the_same_to_us_and_by_way_of_pulumi(path: Path) -> None:
    assert settings.from_file(path) == settings.parse(as_pulumi_hands_it_on(path), encrypted=SECRETS)


@pytest.mark.parametrize("path", BAD, ids=name_of)
def test_a_bad_file_is_refused_with_just_the_expected_mistakes(path: Path) -> None:
    expected = expected_mistakes(path)
    assert expected, "a bad file says in its head what it expects"
    with pytest.raises(settings.SettingsError) as caught:
        settings.from_file(path)

    mistakes = list(caught.value.mistakes)
    for parts in expected:
        matching = [mistake for mistake in mistakes if all(part in mistake for part in parts)]
        assert matching, f"no mistake has all of {parts}; there are {mistakes}"
        mistakes.remove(matching[0])
    assert not mistakes, "more mistakes than expected"


@pytest.mark.parametrize("path", BAD, ids=name_of)
def test_the_message_names_the_file_and_has_a_line_for_each_mistake(path: Path) -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.from_file(path)

    head, *lines = str(caught.value).splitlines()
    assert str(path) in head
    assert lines == [f"  * {mistake}" for mistake in caught.value.mistakes]


def test_every_key_has_a_bad_example() -> None:
    heads = [parts[0] for path in BAD for parts in expected_mistakes(path)]
    assert [key for key in KEYS if not any(head.startswith(key) for head in heads)] == []


def test_every_key_has_a_good_example_with_another_value_than_its_default() -> None:
    found = [settings.from_file(path) for path in GOOD]
    open_keys = set(KEYS) - SECRETS  # what is encrypted is not known
    assert [key for key in open_keys if not any(has_own_value(config, key) for config in found)] == []


def test_every_key_that_goes_with_any_cluster_is_in_one_good_file() -> None:
    written = read_config(CONFIGS / "everything.good.yaml")
    on_gke = read_config(CONFIGS / "gke-everything.good.yaml")
    # The first two go with no pools of one's own, the others with no endpoint.tlsSecret.
    alone = {"cluster.autopilot", "notebook.accelerator", "endpoint.tlsCertificate", "endpoint.tlsKey"}
    assert {key for key in KEYS if f"{PROJECT}:{key}" not in {**written, **on_gke}} == alone
