import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from kubernetes_asyncio.client.exceptions import ApiException

from hub.errors import HubError
from hub.notebook_spawner import NotebookSpawner

Starting = Callable[[], Awaitable[str]]

pytestmark = pytest.mark.usefixtures("no_cluster")


class Reflector:
    """Events in the format of KubeSpawner's reflector."""

    def __init__(self, *messages: tuple[str, str]) -> None:
        self.events = [
            {
                "type": kind,
                "message": message,
                "involvedObject": {"name": "jupyter-alice"},
                "metadata": {"uid": message},
            }
            for kind, message in messages
        ]


def start(monkeypatch: pytest.MonkeyPatch, starting: Starting, *events: tuple[str, str], patience: float = 0) -> str:
    """Start a server with `starting` in place of the start of the pod, and return its URL."""

    async def run() -> str:
        spawner: Any = NotebookSpawner(_mock=True, start_timeout=5 + patience)
        spawner.pod_name = "jupyter-alice"
        reflectors: Any = {spawner._get_reflector_key("events"): Reflector(*events)}
        monkeypatch.setattr(NotebookSpawner, "reflectors", reflectors)
        monkeypatch.setattr(spawner, "_start", starting)
        monkeypatch.setattr("hub.home.expand", grown)
        return await spawner.start()

    return asyncio.run(run())


async def grown(_: object) -> None:
    """Expand nothing."""


async def never() -> str:
    await asyncio.Event().wait()
    return ""


async def at_once() -> str:
    return "http://10.0.0.7:8888"


def test_a_started_server_returns_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, at_once, patience=60) == "http://10.0.0.7:8888"


def test_a_start_timeout_is_reported_with_warnings_of_kubernetes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(HubError) as caught:
        start(
            monkeypatch,
            never,
            ("Normal", "Pulling image"),
            ("Warning", "Failed to pull image: not found"),
            ("Warning", "Error: ImagePullBackOff <b>"),
        )
    assert caught.value.status_code == 503
    assert caught.value.jupyterhub_html_message == (
        "Your notebook server did not start within 0 seconds.<br>"
        "Kubernetes: Failed to pull image: not found<br>"
        "Kubernetes: Error: ImagePullBackOff &lt;b&gt;"
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"message": "pods is forbidden: exceeded quota"}', "pods is forbidden: exceeded quota"),
        ("<html>", "Forbidden"),
        ("[]", "Forbidden"),
        (None, "Forbidden"),
    ],
)
def test_a_pod_refused_by_kubernetes_is_reported_with_its_error(
    body: str | None, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused() -> str:
        error: Any = ApiException(status=403, reason="Forbidden")
        error.body = body
        raise error

    with pytest.raises(HubError) as caught:
        start(monkeypatch, refused, patience=60)
    assert caught.value.jupyterhub_message == f"Kubernetes refused your notebook server: {shown}"


def test_other_errors_are_raised_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> str:
        raise KeyError("port")

    with pytest.raises(KeyError):
        start(monkeypatch, broken, patience=60)
