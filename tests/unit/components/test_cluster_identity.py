"""The identity of the cluster refuses another one; the definite answer is a UID, and an error is not an answer."""

from typing import Any

import pytest
from pulumi.runtime import rpc

from components.dynamic import cluster_identity
from components.dynamic.cluster_identity import (
    AnotherClusterError,
    ClusterIdentityProvider,
    UnknownClusterError,
    read_uid,
)
from components.dynamic.objects import UnreadableError
from tests import dynamic_providers

_PROVIDER = ClusterIdentityProvider()
_STATE = {"uid": "known", "context": "a"}


def _failures(olds: dict[str, Any], news: dict[str, Any]) -> list[str]:
    return [failure.reason for failure in _PROVIDER.check(olds, {"context": "b", **news}).failures]


def _answer(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any] | Exception | None) -> None:
    def look_up(*_: object) -> dict[str, Any] | None:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(cluster_identity, "look_up", look_up)


def test_the_first_cluster_and_the_same_one_under_another_name_are_accepted() -> None:
    assert _failures({}, {"uid": "known"}) == []
    assert _failures(_STATE, {"uid": "known"}) == []


def test_another_cluster_is_refused_with_both_identities_and_the_fixes() -> None:
    (reason,) = _failures(_STATE, {"uid": "other"})
    for part in (
        "Context b",
        "known",
        "other",
        "kubernetes.context",
        "stack init",
        "docs/operations.md#move-a-hub",
    ):
        assert part in reason


def test_a_gke_cluster_that_would_be_replaced_is_refused() -> None:
    unknown = {"uid": rpc.UNKNOWN, "problem": rpc.UNKNOWN, "kubeconfig": rpc.UNKNOWN}
    with dynamic_providers.running() as check:
        (reason,), _ = check(_PROVIDER, _STATE, unknown)
        created = check(_PROVIDER, {}, unknown)
    assert reason.startswith("The change replaces the GKE cluster, and so deletes this stack's hub")
    assert created == ([], unknown), "the cluster is created with the stack"


def test_a_preview_without_permissions_keeps_the_known_identity() -> None:
    checked = _PROVIDER.check(_STATE, {"context": "a"})
    assert checked.failures == []
    assert checked.inputs["uid"] == "known"


def test_an_update_that_cannot_ask_the_cluster_fails() -> None:
    assert _failures(_STATE, {"problem": "no answer"}) == ["no answer"]
    assert _failures({}, {"problem": "no answer"}) == ["no answer"]


def test_refresh_and_destroy_go_on_in_the_same_cluster_only(monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, {"uid": "known"})
    assert _PROVIDER.read("id", _STATE).outs == _STATE
    _PROVIDER.delete("id", _STATE)
    for answer, error in (({"uid": "other"}, AnotherClusterError), (UnreadableError("401"), UnknownClusterError)):
        _answer(monkeypatch, answer)
        with pytest.raises(error):
            _PROVIDER.read("id", _STATE)
        with pytest.raises(error):
            _PROVIDER.delete("id", _STATE)


def test_a_cluster_that_gives_no_answer_has_no_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (UnreadableError("namespaces is forbidden"), None):
        _answer(monkeypatch, answer)
        with pytest.raises(UnknownClusterError, match=r"kubectl get namespace kube-system"):
            read_uid({"context": "a"})
