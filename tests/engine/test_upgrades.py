"""What a change of each setting replaces of Google's: by the engine, from a state, with the table of the unit tests."""

import json
import re
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from settings.reading.keys import PROJECT, SECRETS
from settings.reading.stack_file import read_config
from tests.conftest import pulumi
from tests.engine.google_half import GoogleHalf, google_half
from tests.previews import gone, is_google, name_of, token_of
from tests.setting_changes import ANOTHER_SHAPE, BEFORE, LOAD_BALANCER, TAKES_ALONG, harmless, table
from tests.stacks import GATEWAY
from tools.engine import Engine

_STATES = sorted(Path(__file__).with_name("states").glob("*.json"))
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
    """The kinds of Google's of which a resource would be replaced, or go."""
    half.change(*changes)
    return gone(step for step in half.steps() if is_google(step.urn))


_HARMLESS = harmless(_BASE)


def test_no_setting_is_left_out() -> None:
    looked_at = {key for changes in _HARMLESS for key in changes}
    assert {key for key, row in table().items() if not row[1]} <= looked_at


@pytest.mark.parametrize("changes", _HARMLESS, ids=[str(len(changes)) for changes in _HARMLESS])
def test_what_is_said_to_replace_nothing_replaces_nothing(half: GoogleHalf, changes: Mapping[str, object]) -> None:
    assert _gone(half, changes) == set()


@pytest.mark.parametrize("key", _REPLACING)
def test_another_setting_replaces_what_is_listed_and_what_belongs_to_it(half: GoogleHalf, key: str) -> None:
    changed, replaced = _REPLACING[key]
    assert _gone(half, changed) == replaced | TAKES_ALONG.get(key, set())


def test_what_a_load_balancer_replaces(half: GoogleHalf) -> None:
    shape = ANOTHER_SHAPE["endpoint.type"][0]
    half.change(shape)
    assert half.run("up").succeeded
    for changed, replaced in LOAD_BALANCER.values():
        assert _gone(half, shape, changed) == replaced


def test_protect_ends_a_preview_that_would_replace_what_holds_work(half: GoogleHalf) -> None:
    shape = {**ANOTHER_SHAPE["endpoint.type"][0], "protect": True}
    half.change(shape)
    assert half.run("up").succeeded
    for changes, protected in (
        ({"cluster.name": "other", "endpoint.internal": True}, {"gke-cluster", "tf-hub-site-address-address"}),
        (GATEWAY, {"tf-hub-site-address-address"}),
    ):
        half.change(shape, changes)
        done = half.preview()
        assert not done.succeeded
        assert protected <= {name_of(urn) for urn, why in done.told.items() if _PROTECTED.search(why)}


@pytest.mark.parametrize("file", _STATES, ids=[file.stem for file in _STATES])
def test_what_an_earlier_version_made_and_protects_stays(built_engine: Engine, tmp_path: Path, file: Path) -> None:
    (tmp_path / "passphrase").write_text("only for tests")
    with google_half(built_engine, tmp_path, read_config(file.with_suffix(".yaml"))) as earlier:
        asked_for = {step.urn for step in earlier.steps(whole=True)}
        done = pulumi(earlier.stack, "stack", "import", "--file", str(file), "--non-interactive")
        assert done.returncode == 0, done.stdout
        found = earlier.steps("--show-sames")
    resources = json.loads(file.read_text())["deployment"]["resources"]
    kept = {item["urn"] for item in resources if item.get("protect")}
    kinds = {token_of(urn).rpartition(":")[2] for urn in kept}
    assert kinds >= {"Cluster", "Network", "Subnetwork", "GlobalAddress", "Namespace", "PersistentVolumeClaim"}
    # What is left out of a preview stays in any case: so that it is asked for still has to be looked at, too.
    assert kept <= {step.was for step in found if step.operation in {"same", "update"} and step.urn in asked_for}
    assert gone(step for step in found if is_google(step.urn)) == set()
