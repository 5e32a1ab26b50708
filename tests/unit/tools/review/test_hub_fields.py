"""Notes of the summary on changes of `hub.json`."""

from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel

from hub.contract import HubConfig
from tests.unit.tools.review.logs import hub_json, notes_of
from tools.review.explain.hub_fields import HUB_FIELDS


def _fields(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the paths of the fields."""
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}"
        for kind in (field.annotation, *get_args(field.annotation)):  # such as `Oidc | None`
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _fields(kind, f"{prefix}{name}.")


def test_each_field_of_the_contract_has_a_note_and_each_note_a_field() -> None:
    fields = set(_fields(HubConfig))
    assert HUB_FIELDS.keys() <= fields
    assert {field for field in fields if "." not in field} <= HUB_FIELDS.keys()


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            {"sign_in": {"type": "github"}},
            {"sign_in": {"type": "native"}},
            "The sign-in type changes: github → native.",
        ),
        (
            {"sign_in": {"admin_users": ["ada"]}},
            {"sign_in": {"admin_users": []}},
            "The users who may sign in, or the admins, change.",
        ),
        ({"sign_in": {"github": {"url": "a"}}}, {"sign_in": {"github": {"url": "b"}}}, "The sign-in settings change."),
        ({"image": "a:1"}, {"image": "a:2"}, "The spawn form preselects the image a:2 (before: a:1)."),
        ({"images": []}, {"images": ["b"]}, "The images that users can choose change."),
        ({"memory": {"max": 1.0}}, {"memory": {"max": 2.0}}, "The sizes that users can choose change."),
        (
            {"home_size": "1Gi"},
            {"home_size": "2Gi"},
            "Homes have 2Gi (before: 1Gi); smaller ones are expanded at the next start, none shrinks.",
        ),
        (
            {"idle_minutes": 60},
            {"idle_minutes": 0},
            "Idle servers are stopped after 0 minutes (before: 60; 0 = never).",
        ),
        ({"keep_homes": True}, {"keep_homes": False}, "Keeping the homes of deleted users changes: true → false."),
        ({"accelerator": None}, {"accelerator": "l4"}, "New notebooks with GPUs get the GPU type l4 (before: none)."),
        (
            {"folders": [{"name": "data", "writable": False}]},
            {"folders": [{"name": "data", "writable": True}]},
            "A folder of new notebooks changes: folders[data].",
        ),
        (
            {"folders": []},
            {"folders": [{"name": "data", "people": {"users": ["ada"]}, "path": "/data"}]},
            "A folder of new notebooks changes: folders[data].",
        ),
        (
            {"environment": {}},
            {"environment": {"A": "b"}},
            "New notebooks have other environment variables.",
        ),
        ({"owner_uid": "1"}, {"owner_uid": "2"}, "No pod restarts, and users notice nothing."),
    ],
)
def test_a_change_of_a_field_has_its_note(old: object, new: object, text: str) -> None:
    assert notes_of(hub_json(old, new)) == [text]
