"""Replacements of Google resources by a change of each setting and by upgrades, with the real engine."""

import json
import re
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from settings.reading.keys import PROJECT, SECRETS
from settings.reading.stack_file import read_config
from tests import kept_states
from tests.conftest import succeed
from tests.engine.google_half import GoogleHalf, google_half
from tests.previews import gone, is_google, kind_of, name_of
from tests.setting_changes import ANOTHER_SHAPE, BEFORE, LOAD_BALANCER, harmless, table
from tests.stacks import GATEWAY
from tools.engine import Engine

_STATES = sorted(kept_states.FOLDER.glob("*.json"))
_HOLD_DATA = {"Cluster", "Network", "Subnetwork", "GlobalAddress", "Namespace", "PersistentVolumeClaim"}
_REPLACED_SINCE: Mapping[str, set[str]] = {}
"""By release, the kinds of Google Cloud resources that an upgrade replaces or deletes: those in CHANGELOG.md."""
_BASE: Mapping[str, object] = {**BEFORE, "protect": False}
_PROTECTED = re.compile("marked for protection|because it is protected")
_REPLACING = {**{key: row for key, row in table().items() if row[1]}, **ANOTHER_SHAPE}


@pytest.fixture(scope="module")
def half(built_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[GoogleHalf]:
    """The stack before any change."""
    config = {f"{PROJECT}:{key}": {"secure": ""} if key in SECRETS else value for key, value in _BASE.items()}
    with google_half(built_engine, tmp_path_factory.mktemp("upgrades"), config) as made:
        assert made.run("up").succeeded
        yield made


def _gone(half: GoogleHalf, *changes: Mapping[str, object]) -> set[str]:
    """Return the kinds of Google resources that a change replaces or deletes."""
    half.change(*changes)
    return gone(step for step in half.steps() if is_google(step.urn))


_HARMLESS = harmless(_BASE)


def test_every_ordinary_setting_is_in_a_tested_change() -> None:
    tested = {key for changes in _HARMLESS for key in changes}
    assert {key for key, row in table().items() if not row[1]} <= tested


@pytest.mark.parametrize("changes", _HARMLESS, ids=[str(len(changes)) for changes in _HARMLESS])
def test_an_ordinary_change_replaces_no_google_resource(half: GoogleHalf, changes: Mapping[str, object]) -> None:
    assert _gone(half, changes) == set()


@pytest.mark.parametrize("key", _REPLACING)
def test_a_replacing_change_replaces_the_listed_resources_and_dependents(half: GoogleHalf, key: str) -> None:
    changed, replaced = _REPLACING[key]
    assert _gone(half, changed) == replaced


def test_a_change_of_the_load_balancer_replaces_the_listed_resources(half: GoogleHalf) -> None:
    shape = ANOTHER_SHAPE["endpoint.type"][0]
    half.change(shape)
    assert half.run("up").succeeded
    for changed, replaced in LOAD_BALANCER.values():
        assert _gone(half, shape, changed) == replaced


def test_a_preview_that_would_replace_protected_resources_fails(half: GoogleHalf) -> None:
    shape = {**ANOTHER_SHAPE["endpoint.type"][0], "protect": True}
    half.change(shape)
    assert half.run("up").succeeded
    for changes, protected in (
        ({"cluster.name": "other", "endpoint.internal": True}, {"gke-cluster", "tf-hub-public-address"}),
        (GATEWAY, {"tf-hub-public-address"}),
    ):
        half.change(shape, changes)
        done = half.preview()
        assert not done.succeeded
        assert protected <= {name_of(urn) for urn, why in done.errors.items() if _PROTECTED.search(why)}


@pytest.mark.parametrize("file", _STATES, ids=[file.stem for file in _STATES])
def test_an_upgrade_from_a_release_keeps_all_resources_that_hold_data(
    built_engine: Engine, tmp_path: Path, file: Path
) -> None:
    (tmp_path / "passphrase").write_text(kept_states.PASSPHRASE)
    with google_half(built_engine, tmp_path, read_config(file.with_suffix(".yaml"))) as earlier:
        requested = {step.urn for step in earlier.steps(whole=True)}
        succeed(earlier.stack, "stack", "import", "--file", str(file))
        found = earlier.steps("--show-sames")
    urns = {item["urn"] for item in json.loads(file.read_text())["deployment"]["resources"]}
    holding_data = {urn for urn in urns if kind_of(urn) in _HOLD_DATA}
    assert {kind_of(urn) for urn in holding_data} == _HOLD_DATA
    # The preview leaves out the resources of Kubernetes: the program must still declare them, by this URN or an alias.
    kept = {step.was for step in found if step.operation in {"same", "update"} and step.urn in requested}
    assert holding_data <= kept
    assert gone(step for step in found if is_google(step.urn)) == _REPLACED_SINCE.get(file.stem, set())
