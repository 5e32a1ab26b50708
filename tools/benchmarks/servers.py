"""Start and stop of a notebook server, and of a bare pod of the same shape, in turns.

The bare pod has the image, home, size and security of the server's pod, and runs JupyterLab without the hub.
"""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus
from typing import Any, cast

import httpx
from kubernetes.client import CoreV1Api, V1Pod
from kubernetes.client.exceptions import ApiException

from tools.benchmarks.figure import Figure
from tools.benchmarks.visitor import Visitor
from tools.local import api
from tools.waiting import wait_for

RUNS = 10
_NAMESPACE = "jupyterhub-notebooks"
_USER = "bench"
_BARE = "bench-bare"
_TOKEN = "bench"  # noqa: S105 of a pod that ends with the measurement
_COMMAND = ["jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser", f"--IdentityProvider.token={_TOKEN}"]
_STEP = 0.02
"""Seconds between two looks."""
_SECONDS = 120
"""Timeout of each start and stop."""


def starts_and_stops(url: str) -> list[Figure]:
    """Measure on the hub at `url`; the first turn only warms up."""
    core = CoreV1Api(api.connect())
    times: dict[str, list[float]] = {name: [] for name in ("server up", "bare up", "server down", "bare down")}
    with closing(Visitor(url, _USER)) as user:
        _stop(user)
        token = user.token()
        bare: dict[str, Any] | None = None
        for turn in range(RUNS + 1):
            # A POST answers when the server does, so the look is beside it.
            taken = {"server up": _seconds(lambda: _start(user, url, token))}
            bare = bare or _bare(core)
            taken["server down"] = _seconds(lambda: _stop(user))
            taken["bare up"] = _seconds(lambda pod=bare: _start_bare(core, pod))
            taken["bare down"] = _seconds(lambda: _stop_bare(core))
            if turn:
                for name, seconds in taken.items():
                    times[name].append(seconds)
    return [
        Figure(name="start of a server by REST, until it answers", values=times["server up"], unit="s"),
        Figure(name="start of a bare pod, until it answers", values=times["bare up"], unit="s"),
        _ratio("start of a server to a bare pod", times["server up"], times["bare up"]),
        Figure(name="stop of a server by REST, until the hub has none", values=times["server down"], unit="s"),
        Figure(name="stop of a bare pod, until it is gone", values=times["bare down"], unit="s"),
        _ratio("stop of a server to a bare pod", times["server down"], times["bare down"]),
    ]


def _ratio(name: str, own: list[float], bare: list[float]) -> Figure:
    return Figure(name=name, values=[mine / other for mine, other in zip(own, bare, strict=True)], bound="1.15")


def _seconds(act: Callable[[], object]) -> float:
    begin = time.monotonic()
    act()
    return time.monotonic() - begin


def _until(condition: Callable[[], bool], what: str) -> None:
    wait_for(condition, seconds=_SECONDS, problem=lambda: f"{what} within {_SECONDS} s.", pause=_STEP)


def _start(user: Visitor, url: str, token: str) -> None:
    request = threading.Thread(target=user.start, daemon=True)
    request.start()
    _until(lambda: _answers(f"{url}/user/{_USER}/api/status", token), "The server does not start")
    request.join()


def _stop(user: Visitor) -> None:
    user.stop()
    _until(lambda: not user.has_server(), "The server does not stop")


def _answers(url: str, token: str) -> bool:
    try:
        return httpx.get(url, headers={"Authorization": f"token {token}"}, timeout=5).status_code == HTTPStatus.OK
    except httpx.HTTPError:
        return False


def _bare(core: CoreV1Api) -> dict[str, Any]:
    """Return a pod like the running one of the user, without the hub's command and variables."""
    pods = core.list_namespaced_pod(_NAMESPACE, label_selector=f"hub.jupyter.org/username={_USER}").items
    running: dict[str, Any] = api.connect().sanitize_for_serialization(pods[0])  # pyright: ignore[reportUnknownMemberType] -- any JSON
    spec, container = running["spec"], running["spec"]["containers"][0]
    # What the API server has added. Without an account there is no volume with its token.
    kept = ("image", "name", "ports", "resources", "securityContext", "volumeMounts")
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": _BARE},
        "spec": {
            "automountServiceAccountToken": False,
            "securityContext": spec["securityContext"],
            "volumes": spec["volumes"],
            "containers": [{**{name: container[name] for name in kept}, "args": _COMMAND}],
        },
    }


def _start_bare(core: CoreV1Api, pod: dict[str, Any]) -> None:
    core.create_namespaced_pod(_NAMESPACE, cast("V1Pod", pod))

    def answers() -> bool:
        status = core.read_namespaced_pod(_BARE, _NAMESPACE).status
        address = status.pod_ip if status else None
        return address is not None and _answers(f"http://{address}:8888/api/status", _TOKEN)

    _until(answers, "The bare pod does not start")


def _stop_bare(core: CoreV1Api) -> None:
    core.delete_namespaced_pod(_BARE, _NAMESPACE)

    def is_gone() -> bool:
        try:
            core.read_namespaced_pod(_BARE, _NAMESPACE)
        except ApiException as error:
            return error.status == HTTPStatus.NOT_FOUND
        return False

    _until(is_gone, "The bare pod does not stop")
