"""The check whether the cluster enforces NetworkPolicies never fails, and warns of what is not right."""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from http import HTTPStatus
from socket import socket
from types import SimpleNamespace
from typing import Any, cast

import pulumi
import pytest
from kubernetes.client.exceptions import ApiException

from components.dynamic import connection_check
from components.dynamic.connection_check import (
    PROGRAM,
    CheckError,
    CheckPod,
    ConnectionCheck,
    ConnectionCheckArgs,
    ConnectionCheckProvider,
    pod,
    warning_of,
)
from tests.doubles.monitor import record

INPUTS: dict[str, Any] = {
    "namespace": "lab-notebooks",
    "allowed": "tf-hub-api.lab:8081",
    "forbidden": "tf-hub-proxy-api.lab:8001",
    "generations": "1,1",
    "labels": {"app.kubernetes.io/name": "jupyterhub"},
    "image": "registry.example/foo/hub:1",
}


class _Core:
    """A cluster whose pod goes through phases, and then has a log."""

    def __init__(self, phases: Sequence[str], log: str = "", refusal: int | None = None) -> None:
        self.phases, self.log, self.refusal = list(phases), log, refusal
        self.pods: set[str] = set()
        self.made: dict[str, Any] = {}

    def delete_collection_namespaced_pod(self, _namespace: str, **_: object) -> None:
        self.pods.clear()

    def create_namespaced_pod(self, _namespace: str, body: dict[str, Any]) -> SimpleNamespace:
        if self.refusal:
            error = ApiException(status=self.refusal)
            error.body = json.dumps({"message": "exceeded quota: tf-hub"})
            raise error
        self.made, name = body, f"{body['metadata']['generateName']}abc"
        self.pods.add(name)
        return SimpleNamespace(metadata=SimpleNamespace(name=name))

    def read_namespaced_pod(self, name: str, _namespace: str) -> SimpleNamespace:
        assert name in self.pods
        phase = self.phases.pop(0) if len(self.phases) > 1 else self.phases[0]
        condition = SimpleNamespace(message="0/1 nodes are available")
        return SimpleNamespace(status=SimpleNamespace(phase=phase, conditions=[condition]))

    def read_namespaced_pod_log(self, name: str, _namespace: str, **_: object) -> SimpleNamespace:
        assert name in self.pods
        return SimpleNamespace(data=self.log.encode())

    def delete_namespaced_pod(self, name: str, _namespace: str, **_: object) -> None:
        self.pods.remove(name)

    def run(self) -> dict[str, str | None]:
        return CheckPod(core=cast("Any", self), props=INPUTS, sleep=lambda _: None).run()


def _found(allowed: str | None, forbidden: str | None) -> dict[str, str | None]:
    return {"allowed": allowed, "forbidden": forbidden}


def test_the_pod_tells_why_each_connection_failed_and_is_deleted() -> None:
    core = _Core(["Pending", "Running", "Succeeded"], json.dumps(_found(None, "timed out")))
    assert core.run() == _found(None, "timed out")
    assert core.pods == set()


def test_a_pod_of_an_interrupted_update_is_deleted_first() -> None:
    core = _Core(["Succeeded"], json.dumps(_found(None, "timed out")))
    core.pods.add("connection-check-old")
    core.run()
    assert core.pods == set()


@pytest.mark.parametrize(
    ("phases", "log", "reason"),
    [
        (["Pending"], "", r"did not end in 180 seconds \(Pending\). 0/1 nodes are available"),
        (["Failed"], "", r"\(Failed\)"),
        (["Succeeded"], "no JSON", "printed no result"),
        (["Succeeded"], "", "printed no result"),
    ],
)
def test_a_pod_that_tries_nothing_is_deleted_and_says_why(phases: list[str], log: str, reason: str) -> None:
    core = _Core(phases, log)
    with pytest.raises(CheckError, match=reason):
        core.run()
    assert core.pods == set()


def test_an_enforced_policy_gives_no_warning() -> None:
    assert warning_of(INPUTS, _found(None, "timed out")) is None


def test_a_cluster_that_enforces_nothing_gives_a_warning_with_the_fix() -> None:
    warning = warning_of(INPUTS, _found(None, None)) or ""
    assert warning.startswith("network.policies: the cluster does not enforce NetworkPolicies")
    for part in ("lab-notebooks", "tf-hub-proxy-api.lab:8001", "Dataplane V2", "network.policies false"):
        assert part in warning


def test_a_hub_that_notebooks_do_not_reach_gives_a_warning_with_the_reason() -> None:
    warning = warning_of(INPUTS, _found("Name or service not known", "timed out")) or ""
    assert "does not reach the hub at tf-hub-api.lab:8081" in warning
    assert "Name or service not known" in warning
    assert "notebook.egress" in warning


@pytest.mark.parametrize("refusal", [HTTPStatus.FORBIDDEN, None])
def test_the_update_does_not_fail_if_nothing_could_be_tried(
    refusal: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def same(core: _Core) -> _Core:
        return core

    def client(_: object) -> _Core:
        if refusal is None:
            raise OSError("no route to host")
        return _Core([], refusal=refusal)

    monkeypatch.setattr(connection_check, "api_client", client)
    monkeypatch.setattr("kubernetes.client.CoreV1Api", same)
    outs = ConnectionCheckProvider().create(INPUTS).outs or {}
    assert "it was not tried" in outs["warning"]
    assert ("exceeded quota" if refusal else "no route") in outs["warning"]


def test_only_other_connections_or_rules_are_tried_again() -> None:
    provider, state = ConnectionCheckProvider(), {**INPUTS, "__provider": "old"}
    assert provider.diff("", state, {**INPUTS, "image": "registry.example/foo/hub:2"}).changes is False
    assert provider.diff("", state, {**INPUTS, "generations": "1,2"}).changes is True
    assert provider.diff("", state, {**INPUTS, "allowed": "hub.lab:8081"}).changes is True


def _told(monkeypatch: pytest.MonkeyPatch, **outputs: object) -> list[str]:
    told: list[str] = []

    def tell(text: str, _resource: object) -> None:
        told.append(text)

    monkeypatch.setattr(pulumi.log, "warn", tell)
    inputs: dict[str, Any] = {
        **INPUTS,
        "context": None,
        "node_selector": None,
        "tolerations": [],
        "image_pull_secrets": [],
    }
    args = ConnectionCheckArgs(**inputs)

    class Known(ConnectionCheck, provider=ConnectionCheckProvider):
        def __getattribute__(self, name: str) -> object:
            return pulumi.Output.from_input(outputs[name]) if name in outputs else super().__getattribute__(name)

    record(lambda: Known("check", args))
    return told


def test_a_warning_is_told_by_the_update_that_tried_and_by_no_later_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _told(monkeypatch, warning="network.policies: ...", tried=1e12) == ["network.policies: ..."]
    assert _told(monkeypatch, warning="network.policies: ...", tried=1.0) == []
    assert _told(monkeypatch, warning=None, tried=1e12) == []


def test_the_pod_fits_the_restricted_pod_security_standard() -> None:
    spec = pod({**INPUTS, "node_selector": {"purpose": "core"}})["spec"]
    (container,) = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert not container["securityContext"]["allowPrivilegeEscalation"]
    assert not spec["automountServiceAccountToken"]
    assert spec["nodeSelector"] == {"purpose": "core"}
    assert {"cpu", "memory", "ephemeral-storage"} == container["resources"]["limits"].keys()


def test_the_program_of_the_pod_tells_open_and_closed_ports_apart() -> None:
    with closing(socket()) as listening, closing(socket()) as closed:
        for each in (listening, closed):
            each.bind(("127.0.0.1", 0))
        listening.listen()
        addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in (listening, closed)]
        done = subprocess.run([sys.executable, "-c", PROGRAM, *addresses], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["allowed"] is None
    assert "refused" in found["forbidden"]
