import asyncio
import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientError
from kubernetes_asyncio.client.exceptions import ApiException
from kubespawner import KubeSpawner

from hub import kubernetes_view
from hub.kubernetes_view import LastingEvents, LastingPods, kubernetes_trouble

POD = {"metadata": {"namespace": "notebooks", "name": "jupyter-ada", "resourceVersion": "7"}}


class Api:
    """The Kubernetes API: it refuses the first lists, and then has one pod. A watch never ends."""

    def __init__(self, *refusals: Exception | int) -> None:
        self.refusals = list(refusals)

    async def list_namespaced_pod(self, *, watch: bool = False, **_: object) -> object:
        """Answer, or fail."""
        if watch:
            await asyncio.Event().wait()
        refusal = self.refusals.pop(0) if self.refusals else 200
        if isinstance(refusal, Exception):
            raise refusal
        body = {"items": [POD], "metadata": {"resourceVersion": "8"}}

        async def read() -> str:
            return json.dumps(body)

        async def read_json() -> dict[str, str]:
            return {"message": "refused"}

        return SimpleNamespace(ok=refusal == 200, status=refusal, reason="reason", read=read, json=read_json)


def connect_to(api: Api | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(_: str) -> Api | None:
        return api

    monkeypatch.setattr("kubespawner.reflector.shared_client", connect)


def watched(api: Api, monkeypatch: pytest.MonkeyPatch, look: Callable[[LastingPods], Awaitable[None]]) -> None:
    """Run a reflector of pods beside `look`."""
    connect_to(api, monkeypatch)

    async def run() -> None:
        pods: Any = LastingPods(namespace="notebooks")
        monkeypatch.setattr(KubeSpawner, "reflectors", {("pods", "notebooks"): pods})
        await pods.start()
        try:
            await look(pods)
        finally:
            pods.watch_task.cancel()

    asyncio.run(run())


@pytest.mark.parametrize(
    "refusal",
    [ClientError("cut off"), ConnectionRefusedError("refused"), TimeoutError(), ApiException(status=401), 500],
)
def test_a_reflector_outlives_any_outage(refusal: Exception | int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes_view, "RETRY_SECONDS", 0)

    async def look(pods: LastingPods) -> None:
        await asyncio.wait_for(pods.first_load_future, 60)
        assert pods.resources == {"notebooks/jupyter-ada": POD}
        assert kubernetes_trouble() is None

    watched(Api(*[refusal] * 100), monkeypatch, look)


def test_an_outage_is_reported_while_it_lasts(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def look(pods: LastingPods) -> None:
        while pods.error is None:
            await asyncio.sleep(0)
        assert kubernetes_trouble() == "Kubernetes does not list the pods (ClientError: cut off)."

    watched(Api(*[ClientError("cut off")] * 1000), monkeypatch, look)
    assert caplog.text.count("Kubernetes does not list the pods, trying again: ClientError: cut off") == 1


def test_an_old_list_and_an_ended_watch_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    async def look(pods: LastingPods) -> None:
        await pods.first_load_future
        pods.listed -= 91
        assert "has not listed the pods for 91 seconds" in str(kubernetes_trouble())
        assert pods.watch_task
        pods.watch_task.cancel()
        await asyncio.wait([pods.watch_task])
        assert kubernetes_trouble() == "The hub does not watch the pods."

    watched(Api(), monkeypatch, look)


def test_nothing_is_reported_before_the_first_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KubeSpawner, "reflectors", {})
    assert kubernetes_trouble() is None


def test_events_have_the_fields_that_kubernetes_may_omit(monkeypatch: pytest.MonkeyPatch) -> None:
    connect_to(None, monkeypatch)

    async def run() -> None:
        reflector = LastingEvents(namespace="notebooks")
        reflector.resources = {
            "b": {"metadata": {"creationTimestamp": "2026-01-02"}, "reason": "Scheduled", "eventTime": None},
            "a": {"metadata": {}, "type": "Warning", "message": "late", "eventTime": "2026-01-03"},
            "c": {"metadata": {}, "lastTimestamp": "2026-01-01", "message": "early"},
        }
        found = [(event["lastTimestamp"], event["type"], event["message"]) for event in reflector.events]
        assert found == [
            ("2026-01-01", "Normal", "early"),
            ("2026-01-02", "Normal", "Scheduled"),
            ("2026-01-03", "Warning", "late"),
        ]

    asyncio.run(run())
