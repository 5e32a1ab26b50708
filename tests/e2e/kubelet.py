"""A stand-in for the kubelets of a cluster without nodes: it writes the status of pods."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from kubernetes.client import V1Pod
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from tests.doubles.api_server import ApiServer


@dataclass(kw_only=True, eq=False)
class Kubelet(threading.Thread):
    """The nodes: each new pod runs, has failed, or waits, as the test says."""

    server: ApiServer
    namespace: str
    """Namespace of the pods."""
    behaviour: dict[str, str] = field(default_factory=dict[str, str])
    """By pod: `wait`, or the reason of a container that cannot run. Other pods run."""

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()

    def run(self) -> None:
        """Write the status of pods, until the end."""
        core = self.server.core
        while not self.ended.wait(0.2):
            with suppress(ApiException, HTTPError):
                for pod in core.list_namespaced_pod(self.namespace, _request_timeout=5).items:
                    assert pod.metadata
                    wanted = self._status(pod)
                    if wanted is not None:
                        core.patch_namespaced_pod_status(str(pod.metadata.name), self.namespace, {"status": wanted})

    def _status(self, pod: V1Pod) -> dict[str, Any] | None:
        assert pod.metadata
        assert pod.status
        how = self.behaviour.get(str(pod.metadata.name), "run")
        if how == "wait" or pod.status.phase == "Running" or (pod.status.container_statuses and how != "run"):
            return None
        status = {
            "name": "notebook",
            "image": "registry.example/foo/notebook:1.0.0",
            "imageID": "",
            "restartCount": 0,
            "ready": how == "run",
        }
        if how == "run":
            state = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
            return {"phase": "Running", "podIP": "127.0.0.1", "containerStatuses": [{**status, "state": state}]}
        state = {"waiting": {"reason": how, "message": f"message of {how}"}}
        return {"containerStatuses": [{**status, "state": state}]}
