import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientConnectionError
from jupyterhub.httpclient import JupyterHubHTTPClient
from kubernetes_asyncio.client.exceptions import ApiException
from kubespawner import KubeSpawner
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from hub import pod_spawner
from hub.errors import HubError
from hub.notebook_spawner import NotebookSpawner
from hub.notebook_start import WITHOUT_HOME_SETTINGS

Starting = Callable[[], Awaitable[str]]
Pod = dict[str, Any]

pytestmark = pytest.mark.usefixtures("no_cluster")


class Events:
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


class Pods:
    """Pods in the format of KubeSpawner's reflector."""

    def __init__(self, pod: Pod | None) -> None:
        self.pods: dict[str, Pod] = {} if pod is None else {"notebooks/jupyter-alice": pod}


class Answer(RequestHandler):
    """A notebook server."""

    def get(self) -> None:
        """Answer."""
        self.set_status(200)


def start(
    monkeypatch: pytest.MonkeyPatch,
    starting: Starting,
    *events: tuple[str, str],
    patience: float = 60,
    pod: Pod | None = None,
    http_timeout: int = 60,
) -> str:
    """Start a server with `starting` in place of KubeSpawner's start of the pod, and return its URL."""

    async def run() -> str:
        spawner: Any = made(monkeypatch, pod, *events)
        spawner.start_timeout, spawner.http_timeout = 5 + patience, http_timeout

        async def created(_: object) -> str:
            spawner._created = True
            return await starting()

        monkeypatch.setattr(KubeSpawner, "_start", created)
        monkeypatch.setattr("hub.home.prepare", prepared)
        try:
            return await spawner.start()
        finally:
            await JupyterHubHTTPClient.loop_instance().close()

    return asyncio.run(run())


def made(monkeypatch: pytest.MonkeyPatch, pod: Pod | None, *events: tuple[str, str]) -> Any:  # noqa: ANN401 -- with private members
    """Return a spawner that sees this pod and these events."""
    spawner: Any = NotebookSpawner(_mock=True, namespace="notebooks")
    spawner.pod_name = "jupyter-alice"
    reflectors: Any = {("events", "notebooks"): Events(*events), ("pods", "notebooks"): Pods(pod)}
    monkeypatch.setattr(NotebookSpawner, "reflectors", reflectors)
    return spawner


async def prepared(_: object) -> None:
    """Find the home."""


async def never() -> str:
    await asyncio.Event().wait()
    return ""


async def answering() -> str:
    """Start a server that answers."""
    server = HTTPServer(Application([("/api", Answer)]))
    server.listen(0, "127.0.0.1")
    (socket,) = server._sockets.values()
    return f"http://127.0.0.1:{socket.getsockname()[1]}"


async def silent() -> str:
    """Start a server that does not answer."""
    return "http://127.0.0.1:1"


def failing(reason: str, message: str = "") -> Pod:
    return {
        "metadata": {},
        "spec": {"containers": [{"image": "none:1"}]},
        "status": {
            "phase": "Pending",
            "containerStatuses": [
                {"name": "notebook", "state": {"waiting": {"reason": reason, "message": message}}, "ready": False}
            ],
        },
    }


def test_a_server_that_answers_has_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, answering).startswith("http://127.0.0.1:")


def running_at(url: str) -> Pod:
    ports = [{"name": "notebook-port", "containerPort": int(url.rpartition(":")[2])}]
    status: dict[str, object] = {"name": "notebook", "ready": True, "state": {"running": {}}}
    return {
        "metadata": {"name": "jupyter-alice"},
        "spec": {"containers": [{"ports": ports}]},
        "status": {"phase": "Running", "podIP": "127.0.0.1", "containerStatuses": [status]},
    }


def test_a_server_has_started_before_kubespawner_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pod: Pod = {"metadata": {}, "status": {"phase": "Pending"}}

    async def unnoticed() -> str:
        pod.update(running_at(await answering()))
        return await never()

    assert start(monkeypatch, unnoticed, pod=pod).startswith("http://127.0.0.1:")


def test_a_server_that_runs_without_an_answer_is_given_up_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HubError) as caught:
        start(monkeypatch, silent, pod=failing("CrashLoopBackOff"), http_timeout=0)
    assert "did not answer within 0 seconds" in caught.value.jupyterhub_message
    assert "CrashLoopBackOff" in caught.value.jupyterhub_message


def test_an_image_that_cannot_be_pulled_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.start_watch.PATIENCE_SECONDS", 0.5)
    with pytest.raises(HubError) as caught:
        start(monkeypatch, never, ("Warning", "Failed"), pod=failing("ImagePullBackOff", "not found"))
    assert caught.value.jupyterhub_message == (
        "The image none:1 cannot be pulled (ImagePullBackOff). Kubernetes: not found Kubernetes: Failed"
    )


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
            patience=0,
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
        start(monkeypatch, refused)
    assert caught.value.jupyterhub_message == f"Kubernetes refused your notebook server: {shown}"


@pytest.mark.parametrize("error", [ClientConnectionError("cut off"), ConnectionRefusedError("refused")])
def test_an_outage_of_kubernetes_is_reported_in_words(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unreachable() -> str:
        raise error

    with pytest.raises(HubError) as caught:
        start(monkeypatch, unreachable)
    assert caught.value.jupyterhub_message.startswith("Kubernetes does not answer")


def test_other_errors_are_raised_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> str:
        raise KeyError("port")

    with pytest.raises(KeyError):
        start(monkeypatch, broken)


@pytest.mark.parametrize(("seconds", "status"), [(10, None), (120, 1)])
def test_a_deleted_pod_that_stays_on_a_lost_node_counts_as_gone(
    seconds: int, status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    pod: Pod = {
        "metadata": {"deletionTimestamp": deleted},
        "status": {"phase": "Running", "containerStatuses": [{"name": "notebook", "state": {"running": {}}}]},
    }

    async def run() -> int | None:
        spawner: Any = made(monkeypatch, pod)
        monkeypatch.setattr(spawner, "_start_watching_pods", prepared_reflector)
        return await spawner.poll()

    assert asyncio.run(run()) == status


async def prepared_reflector() -> None:
    """Find the reflector."""


def test_a_stop_on_a_lost_node_deletes_the_object_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pod_spawner, "_STUCK_SECONDS", 0.1)
    calls: list[bool] = []

    async def stop(_: object, now: bool = False) -> None:  # noqa: FBT001, FBT002 -- KubeSpawner's signature
        calls.append(now)
        if not now:
            await asyncio.Event().wait()

    async def run() -> None:
        spawner: Any = made(monkeypatch, None)
        spawner.delete_grace_period = 0
        monkeypatch.setattr(KubeSpawner, "stop", stop)
        await spawner.stop()

    asyncio.run(run())
    assert calls == [False, True]


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_server_has_stopped_before_kubespawner_looks_again(
    is_refused: bool,  # noqa: FBT001 -- a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pod_spawner, "_STUCK_SECONDS", 0.5)
    calls: list[bool] = []

    async def delete(*_: object) -> bool:
        return not is_refused

    async def stop(spawner: Any, now: bool = False) -> None:  # noqa: ANN401, FBT001, FBT002 -- KubeSpawner's signature
        calls.append(now)
        if not now:
            await spawner._make_delete_pod_request("jupyter-alice", None, 0, 1)
            spawner.pod_reflector.pods.clear()
            await asyncio.Event().wait()

    async def run() -> None:
        spawner: Any = made(monkeypatch, failing("Running"))
        spawner.delete_grace_period = 0
        monkeypatch.setattr(KubeSpawner, "_make_delete_pod_request", delete)
        monkeypatch.setattr(KubeSpawner, "stop", stop)
        await spawner.stop()

    asyncio.run(run())
    assert calls == ([False, True] if is_refused else [False])


def _ended(reason: str) -> Pod:
    end = {"terminated": {"exitCode": 1, "reason": reason, "message": "Bad config"}}
    status = {"phase": "Failed", "containerStatuses": [{"name": "notebook", "state": end}]}
    return {"metadata": {"name": "jupyter-alice"}, "status": status}


@pytest.mark.parametrize(("reason", "is_left_out"), [("Error", True), ("OOMKilled", False)])
def test_a_server_that_ended_starts_next_time_without_the_settings_of_the_home(
    reason: str,
    is_left_out: bool,  # noqa: FBT001 -- a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr("hub.home.prepare", prepared)

    async def begin(pod: Pod | None, begun: Starting) -> tuple[bool, str]:
        spawner: Any = made(monkeypatch, pod)
        spawner.load_state(state)
        is_without = WITHOUT_HOME_SETTINGS in spawner.get_env()

        async def created(_: object) -> str:
            spawner._created = True
            return await begun()

        monkeypatch.setattr(KubeSpawner, "_start", created)
        message = ""
        try:
            await spawner.start()
        except HubError as error:
            message = error.jupyterhub_message
        await JupyterHubHTTPClient.loop_instance().close()
        state.clear()
        state.update(spawner.get_state())
        return is_without, message

    is_without, message = asyncio.run(begin(_ended(reason), never))
    assert not is_without
    assert ("Your next start leaves out" in message) is is_left_out
    assert asyncio.run(begin(_ended(reason), never))[0] is is_left_out
    assert asyncio.run(begin(None, answering))[0] is False, "another reason than the settings"
    assert asyncio.run(begin(None, answering))[0] is False


def test_a_start_without_the_settings_of_the_home_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> bool:
        spawner: Any = made(monkeypatch, None)
        spawner.load_state({**spawner.get_state(), "leaves_out_settings": True})

        async def created(_: object) -> str:
            spawner._created = True
            return await answering()

        monkeypatch.setattr(KubeSpawner, "_start", created)
        monkeypatch.setattr("hub.home.prepare", prepared)
        await spawner.start()
        await JupyterHubHTTPClient.loop_instance().close()
        return "leaves_out_settings" in spawner.get_state()

    assert not asyncio.run(run())
