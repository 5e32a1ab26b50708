"""The effects of changes that docs/settings.md states are those that the stack's resources show."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from settings.reading.keys import KEYS
from tests.effects import effect
from tests.setting_changes import BEFORE, changes
from tests.stacks import EXISTING, record_values
from tools.schema.effects import ANOTHER_STACK, EFFECTS, effect_of

_CHANGES = changes()
_NEW_STACKS = {key for key in KEYS if effect_of(key) is ANOTHER_STACK}


@pytest.mark.parametrize("key", _CHANGES)
def test_the_stated_effect_of_a_change_is_the_measured_one(key: str) -> None:
    base, changed = _CHANGES[key]
    assert effect(record_values(base), record_values({**base, **changed})) == replace(effect_of(key), note="")


def test_the_effect_of_every_setting_is_measured_or_it_needs_another_stack() -> None:
    assert _CHANGES.keys() | _NEW_STACKS == KEYS.keys() | EFFECTS.keys()


@pytest.mark.parametrize(
    ("changed", "replaced"),
    [
        ({"name": "other"}, "PersistentVolumeClaim"),
        ({"namespace": "other"}, "Namespace"),
        ({**EXISTING, "nodes.gpu": []}, "Cluster"),
        ({"cluster.location": "europe-west4"}, "Cluster"),
    ],
    ids=str,
)
def test_a_setting_that_needs_another_stack_replaces_what_holds_work(
    changed: Mapping[str, object], replaced: str
) -> None:
    assert replaced in effect(record_values(BEFORE), record_values({**BEFORE, **changed})).replaces
