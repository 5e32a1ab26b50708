"""Each resource of Google Cloud fails once: at its creation, at an update, and at its deletion.

The list of resources is from the preview, so new ones are covered automatically.
"""

from collections.abc import Generator, Iterable
from itertools import count
from typing import cast

import pytest

from settings import parse
from settings.reading.keys import PROJECT, SECRETS
from settings.reading.stack_file import read_config
from tests.corpus import FILES
from tests.doubles.google import refusals
from tests.doubles.google.rules import BACKUP_PLAN
from tests.engine.google_half import GoogleHalf, google_half
from tests.previews import is_google, name_of, token_of
from tests.stacks import record_settings
from tools.engine import Engine
from tools.paths import CHECKOUT

pytestmark = pytest.mark.scenario

_EVERYTHING = read_config(FILES / "gke-everything.good.yaml")
_CONFIG: dict[str, object] = {**_EVERYTHING, f"{PROJECT}:protect": False, f"{PROJECT}:hub.keepDatabase": False}
"""A stack with every kind of Google resource; it is destroyed in the end."""
_KEPT = BACKUP_PLAN
"""The only resource that outlives `destroy` here."""
_CHANGED: dict[str, object] = {
    "cluster.maintenanceStart": "05:00",
    **{
        key: {**cast("dict[str, object]", _EVERYTHING[f"{PROJECT}:{key}"]), "diskGb": 300}
        for key in ("nodes.core", "nodes.user")
    },
}


@pytest.fixture(scope="module")
def half(built_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[GoogleHalf]:
    with google_half(built_engine, tmp_path_factory.mktemp("failures"), _CONFIG) as made:
        yield made


@pytest.fixture(scope="module")
def planned(half: GoogleHalf) -> list[str]:
    """The URNs of all planned Google resources."""
    return sorted(step.urn for step in half.steps(whole=True) if is_google(step.urn))


def test_this_stack_has_every_resource_of_the_example(planned: list[str]) -> None:
    example = read_config(CHECKOUT / "Pulumi.gke.yaml")
    values = {key.removeprefix(f"{PROJECT}:"): value for key, value in example.items() if key.startswith(PROJECT)}
    registered = record_settings(parse({**values, "github.clientSecret": "a secret"}, encrypted=SECRETS)).resources
    wanted = {(resource.type, resource.name) for resource in registered if resource.type.startswith("gcp:")}
    assert wanted <= {(token_of(urn), name_of(urn)) for urn in planned}


def _in_turn(urns: Iterable[str]) -> dict[str, str]:
    """Return the kind of failure of each resource: of those of its type, in turn."""
    turns: dict[str, count[int]] = {}
    failing: dict[str, str] = {}
    for urn in urns:
        ways = refusals.ways(token_of(urn))
        failing[urn] = ways[next(turns.setdefault(str(ways), count())) % len(ways)]
    return failing


def _through_failures(half: GoogleHalf, command: str, failing: dict[str, str]) -> set[str]:
    """Run a command until it succeeds; each resource fails at its first attempt. Return the failed ones."""
    failed = set[str]()
    while True:
        half.fail({urn: way for urn, way in failing.items() if urn not in failed})
        done = half.run(command)
        assert "Traceback" not in done.printed
        left, known = half.cloud(), _known(half)
        # The state loses resources that Google deletes later, together with another resource.
        assert known <= left if command == "destroy" else known == left
        if done.succeeded:
            return failed
        assert done.failed, done.printed
        assert not failed & done.failed, "a failed resource is completed by the next run"
        for urn in done.failed:
            why = done.errors[urn]
            assert refusals.says(failing[urn]) in why
            assert why.split("\n\t* ")[-1].strip() in done.printed
            assert name_of(urn) in done.printed
        failed |= done.failed


def _known(half: GoogleHalf) -> set[str]:
    return {f"{resource['type']} {resource['id']}" for resource in half.state().values()}


def _changing(half: GoogleHalf) -> set[str]:
    return {step.urn for step in half.steps() if is_google(step.urn)}


def test_each_failed_creation_is_reported_and_completed_by_the_next_update(
    half: GoogleHalf, planned: list[str]
) -> None:
    assert _through_failures(half, "up", _in_turn(planned)) == set(planned)
    assert sorted(half.state()) == planned
    assert _changing(half) == set()


def test_each_failed_change_is_reported_and_completed_by_the_next_update(half: GoogleHalf, planned: list[str]) -> None:
    half.change(_CHANGED)
    changing = _changing(half)
    assert {name_of(urn) for urn in changing} >= {"gke-cluster", "gke-pools-core", "gke-pools-user"}
    failing = {urn: "quota" if way == "half-made" else way for urn, way in _in_turn(planned).items()}
    assert _through_failures(half, "up", failing) == changing
    assert sorted(half.state()) == planned
    assert _changing(half) == set()


def test_a_database_that_is_created_again_keeps_its_address(half: GoogleHalf, planned: list[str]) -> None:
    (instance,) = [urn for urn in planned if token_of(urn) == "gcp:sql/databaseInstance:DatabaseInstance"]
    half.fail({})
    before = half.state()
    done = half.run("up", "--replace", instance)
    assert done.succeeded, done.printed
    after = half.state()
    changed = {name_of(urn) for urn in planned if before[urn]["id"] != after[urn]["id"]}
    assert {"tf-hub-sql-instance", "tf-hub-sql-endpoint"} <= changed
    assert "tf-hub-sql-address" not in changed
    assert _changing(half) == set()


def test_a_request_to_a_new_api_is_retried(half: GoogleHalf, planned: list[str]) -> None:
    pool = next(urn for urn in planned if name_of(urn) == "gke-pools-user")
    half.fail({pool: refusals.NEW_API})
    done = half.run("up", "--replace", pool)
    assert done.succeeded, done.printed
    assert "Google has not enabled the API everywhere yet" in done.printed


def test_each_failed_deletion_is_reported_and_completed_by_the_next_destroy(
    half: GoogleHalf, planned: list[str]
) -> None:
    failing = {urn: "quota" if way == "half-made" else way for urn, way in _in_turn(planned).items()}
    kept = {urn for urn in planned if token_of(urn) == _KEPT}
    assert kept, "Google refuses to delete a plan with backups, so the stack retains it"
    assert _through_failures(half, "destroy", failing) == set(planned) - kept
    assert {entry.partition(" ")[0] for entry in half.cloud()} == {_KEPT}
