"""KubeSpawner that polls its pod and server in short steps, and outlives outages of Kubernetes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError, ClientTimeout
from jupyterhub.httpclient import fetch
from jupyterhub.utils import url_path_join
from kubespawner import KubeSpawner

from hub.kubernetes_view import LASTING
from hub.stray_pods import token_of_same

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from kubernetes_asyncio.client import V1Pod
    from kubespawner.reflector import ResourceReflector

LOOK_SECONDS: Final = 0.1
"""Seconds between two looks at a pod that starts or stops, and its server. KubeSpawner looks less and less often, and
notices a start or an end up to some seconds later."""

_ANSWER_SECONDS: Final = 5
"""Timeout of a server's answer to one look."""

_STUCK_SECONDS: Final = 60
"""Seconds after which a pod that was deleted, but is still there, counts as gone: its node does not answer."""


class PodSpawner(KubeSpawner):
    """KubeSpawner that notices within `LOOK_SECONDS` that its server answers, or that its pod is gone."""

    _deleted = False
    """Whether Kubernetes has taken the request to delete the pod."""

    _created: bool | None = None
    """Whether the pod of this start exists; None is unknown. Until then, one of the same name may be left over."""

    async def _running(self) -> str:
        while (url := self._running_url()) is None:
            await asyncio.sleep(LOOK_SECONDS)
        return url

    def _running_url(self) -> str | None:
        """Return the URL of the created pod if it runs."""
        pod = self._listed_pod() if self._created else None
        return self._get_pod_url(pod) if pod is not None and self.is_pod_running(pod) else None

    def _listed_pod(self) -> Mapping[str, Any] | None:
        reflector = self.pod_reflector
        return reflector.pods.get(f"{self.namespace}/{self.pod_name}") if reflector else None

    @property
    def held_pod(self) -> Mapping[str, Any] | None:
        """The pod while it holds CPU and memory of a node: from when it is scheduled until it ends; else None."""
        pod = self._listed_pod()
        if pod is None or not pod["spec"].get("nodeName"):
            return None
        return pod if pod["status"].get("phase") in {"Pending", "Running"} else None

    def is_pod_running(self, pod: Mapping[str, Any] | None) -> bool:
        """Return whether the pod runs. Kubernetes may omit fields that KubeSpawner expects."""
        if pod is None or not pod["status"].get("podIP") or not pod["status"].get("containerStatuses"):
            return False
        return super().is_pod_running(pod)

    async def _answers(self, url: str) -> bool:
        path = url_path_join(url, self.server.base_url if self.server else "/", "api")
        try:
            answer = await fetch(
                path, raise_for_status=False, allow_redirects=False, timeout=ClientTimeout(total=_ANSWER_SECONDS)
            )
        except (ClientError, OSError):
            return False
        answer.release()
        return answer.status < HTTPStatus.INTERNAL_SERVER_ERROR

    async def _poll_pod(self) -> int | None:
        if self._created is False:
            return 1  # the start has failed before that; Kubernetes may not answer
        status, pod = await super().poll(), self._listed_pod()
        if pod is not None and (deleted := pod["metadata"].get("deletionTimestamp")):
            seconds = (datetime.now(UTC) - datetime.fromisoformat(deleted)).total_seconds()
            if seconds > _STUCK_SECONDS:
                self.log.warning("Pod %s was deleted, and its node does not answer: it counts as gone", self.pod_name)
                return 1
        return status

    async def stop(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 KubeSpawner's own signature
        """Delete the pod. If its node does not answer, the object is deleted nevertheless.

        Args:
            now: Without a grace period.
        """
        try:
            async with asyncio.timeout(self.delete_grace_period + _STUCK_SECONDS):
                await self._gone(super().stop(now))
        except TimeoutError:
            self.log.warning("Pod %s does not stop, deleting the object", self.pod_name)
            await super().stop(now=True)

    async def _gone(self, stopping: Awaitable[None]) -> None:
        """Wait until the pod is gone."""
        self._deleted = False
        running = asyncio.ensure_future(stopping)
        try:
            while not running.done() and not (self._deleted and self._listed_pod() is None):
                await asyncio.wait([running], timeout=LOOK_SECONDS)
            if running.done():
                running.result()
        finally:
            running.cancel()

    async def _start_reflector(
        self,
        kind: str,
        reflector_class: type[ResourceReflector],
        replace: bool = False,  # noqa: FBT001, FBT002 KubeSpawner's own signature
        **kwargs: object,
    ) -> ResourceReflector:
        starting = super()._start_reflector(kind, LASTING[reflector_class], replace, **kwargs)
        # All users share it: it goes on if this one cancels the start.
        return await asyncio.shield(asyncio.ensure_future(starting))

    async def _make_create_pod_request(self, pod: V1Pod, request_timeout: float) -> bool:
        running, token = self._listed_pod(), None
        if running is not None and self.is_pod_running(running):
            token = token_of_same(running, self.api.api_client.sanitize_for_serialization(pod))
        if token is not None:
            # KubeSpawner would delete it. JupyterHub accepts the token that it finds here after the start.
            self.log.warning("Adopting the running pod %s, which the database does not know", self.pod_name)
            self.api_token, self._created = token, True
            return True
        self._created = None
        self._created = await super()._make_create_pod_request(pod, request_timeout)
        return self._created

    async def _make_delete_pod_request(
        self, pod_name: str, delete_options: object, grace_seconds: int, request_timeout: float
    ) -> bool:
        try:
            self._deleted = await super()._make_delete_pod_request(
                pod_name, delete_options, grace_seconds, request_timeout
            )
        except (ClientError, OSError) as error:
            self.log.warning("Kubernetes does not answer, so pod %s is not deleted yet: %s", pod_name, error)
            return False  # KubeSpawner tries again
        return self._deleted
