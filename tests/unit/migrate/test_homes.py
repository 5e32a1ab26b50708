"""The order of the steps of a moved home, and the names of claims."""

from dataclasses import replace
from typing import Final

import pytest

from migrate.homes.cluster import name_of_claim
from migrate.homes.steps import Home, Record, Reference, Step, next_step, problems

_OLD: Final = Reference(namespace="old", name="claim-ada")
_NEW: Final = Reference(namespace="hub-notebooks", name="claim-ada")
_RECORD: Final = Record(
    source=_OLD,
    target=_NEW,
    user="ada",
    server="",
    policy="Delete",
    access_modes=("ReadWriteOnce",),
    labels={},
    annotations={},
)
_HOME: Final = Home(
    volume="pv-1",
    record=_RECORD,
    is_recorded=False,
    policy="Delete",
    claim=_OLD,
    source_exists=True,
    target_exists=False,
    target_is_bound=False,
)
_RETAINED: Final = replace(_HOME, is_recorded=True, policy="Retain")
_RELEASED: Final = replace(_RETAINED, source_exists=False)
_RESERVED: Final = replace(_RELEASED, claim=_NEW)
_CREATED: Final = replace(_RESERVED, target_exists=True)
_BOUND: Final = replace(_CREATED, target_is_bound=True)


@pytest.mark.parametrize(
    ("home", "step"),
    [
        (_HOME, Step.RETAIN),
        (replace(_HOME, is_recorded=True), Step.RETAIN),
        (_RETAINED, Step.DELETE),
        (_RELEASED, Step.RESERVE),
        (replace(_RELEASED, claim=None), Step.RESERVE),
        (_RESERVED, Step.CREATE),
        (_CREATED, Step.WAIT),
        (_BOUND, Step.RESTORE),
        (replace(_BOUND, policy="Delete"), Step.DONE),
    ],
)
def test_a_run_goes_on_where_the_last_one_ended(home: Home, step: Step) -> None:
    assert next_step(home) is step


@pytest.mark.parametrize("policy", ["Delete", "Recycle"])
@pytest.mark.parametrize("is_recorded", [False, True])
def test_no_claim_is_deleted_before_its_volume_outlives_it(policy: str, *, is_recorded: bool) -> None:
    assert next_step(replace(_HOME, policy=policy, is_recorded=is_recorded)) is not Step.DELETE


def test_the_way_back_is_the_same_move_in_the_other_direction() -> None:
    assert _RECORD.back.source == _NEW
    assert _RECORD.back.back == _RECORD


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        ([replace(_HOME, users=("jupyter-ada",))], "old/claim-ada is in use by jupyter-ada"),
        ([replace(_HOME, target_exists=True)], "hub-notebooks/claim-ada is there already"),
        ([_HOME, replace(_HOME, volume="pv-2")], "pv-1 and pv-2 would both be hub-notebooks/claim-ada"),
    ],
)
def test_what_forbids_the_move_is_told_with_what_to_do(found: list[Home], problem: str) -> None:
    (told,) = problems(found)
    assert problem in told


@pytest.mark.parametrize("home", [_HOME, _RETAINED, _RELEASED, _RESERVED, _CREATED, _BOUND])
def test_nothing_forbids_to_go_on(home: Home) -> None:
    assert problems([home]) == []


@pytest.mark.parametrize(
    ("user", "server", "claim"),
    [
        ("ada", "", "claim-ada"),
        ("octo-cat", "", "claim-octo-cat"),
        ("ada@example.org", "", "claim-ada-example-org---cfe00dde"),
        ("Ada", "", "claim-ada---99a563ab"),
        ("ada", "gpu", "claim-ada--gpu"),
    ],
)
def test_claims_have_the_names_that_kubespawner_gives_them(user: str, server: str, claim: str) -> None:
    assert name_of_claim(user, server) == claim
