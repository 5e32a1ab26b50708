"""The check that a cluster has the custom resource definitions that the stack's objects need."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi.runtime import rpc

from components.dynamic import definitions_check
from components.dynamic.definitions_check import DefinitionsCheckProvider
from components.dynamic.objects import UnreadableError
from tests import dynamic_providers

_INPUTS: Mapping[str, Any] = {
    "context": "local",
    "namespace": "jupyterhub",
    "definitions": ["podmonitors.monitoring.coreos.com", "prometheusrules.monitoring.coreos.com"],
    "key": "monitoring.metrics",
    "fix": "install the operator",
}


def _reasons(monkeypatch: pytest.MonkeyPatch, there: Mapping[str, Any]) -> list[str]:
    """Return the failures in a cluster with these definitions."""

    def look_up(_address: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any] | None:
        assert (wanted["apiVersion"], wanted["kind"]) == ("apiextensions.k8s.io/v1", "CustomResourceDefinition")
        return there.get(wanted["metadata"]["name"])

    monkeypatch.setattr(definitions_check, "look_up", look_up)
    return [failure.reason for failure in DefinitionsCheckProvider().check({}, dict(_INPUTS)).failures]


def test_each_missing_definition_is_told_with_its_setting_and_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _reasons(monkeypatch, {name: {} for name in _INPUTS["definitions"]}) == []
    (reason,) = _reasons(monkeypatch, {_INPUTS["definitions"][0]: {}})
    assert reason == (
        "monitoring.metrics: the cluster has no prometheusrules.monitoring.coreos.com; install the operator"
    )
    assert len(_reasons(monkeypatch, {})) == 2


def test_who_may_not_read_definitions_gets_a_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise UnreadableError("forbidden")

    monkeypatch.setattr(definitions_check, "look_up", refused)
    assert DefinitionsCheckProvider().check({}, dict(_INPUTS)).failures == []


def test_a_cluster_that_does_not_exist_yet_is_not_asked() -> None:
    with dynamic_providers.running() as check:
        failures, inputs = check(DefinitionsCheckProvider(), {}, {**_INPUTS, "kubeconfig": rpc.UNKNOWN})
    assert (failures, inputs["kubeconfig"]) == ([], rpc.UNKNOWN)
