"""Objects that somebody deleted are found before `pulumi up`, which would call them unchanged."""

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from components.dynamic.objects import UnreadableError
from tools.local import lost

_OBJECTS = [
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "tf-hub-api", "namespace": "lab"}},
    {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "tf-hub", "namespace": "lab"}},
]


def _lost(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[dict[str, Any] | Exception | None]]) -> list[str]:
    """Return the lost objects of a cluster that answers one after the other, by name."""

    def look_up(_address: object, wanted: dict[str, Any]) -> dict[str, Any] | None:
        left = answers[wanted["metadata"]["name"]]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(lost, "look_up", look_up)
    monkeypatch.setattr(lost.time, "sleep", Mock())
    stack = cast("Any", SimpleNamespace(kubeconfig=None))
    resources = [{"type": "kubernetes:any:Kind", "inputs": one} for one in _OBJECTS]
    component: dict[str, object] = {"type": "jupyterhub:hub:Hub", "inputs": {}}
    return lost.objects(stack, {"resources": [component, *resources]}, context="a")


def test_missing_objects_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _lost(monkeypatch, {"tf-hub-api": [{"name": "tf-hub-api"}], "tf-hub": [None]}) == ["StatefulSet tf-hub"]


def test_objects_that_are_being_deleted_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    going = {"name": "tf-hub", "deletionTimestamp": "2026-01-01T00:00:00Z"}
    assert _lost(monkeypatch, {"tf-hub-api": [{}], "tf-hub": [going, going, None]}) == ["StatefulSet tf-hub"]


def test_an_object_that_cannot_be_looked_up_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _lost(monkeypatch, {"tf-hub-api": [{}], "tf-hub": [UnreadableError("forbidden")]}) == []
