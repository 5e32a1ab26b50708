"""The hub's view of pods and events: KubeSpawner's reflectors, which here outlive outages of Kubernetes' API."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

from kubespawner import KubeSpawner
from kubespawner.reflector import ResourceReflector
from kubespawner.spawner import EventReflector, PodReflector

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Sequence

RETRY_SECONDS: Final = 3
"""Seconds between two requests for a list while Kubernetes does not answer."""

_STALE_SECONDS: Final = 90
"""Age of a list that is too old. A reflector lists again at least every 40 s."""

_LOG_SECONDS: Final = 60
"""Seconds between two lines in the log about the same outage."""


class UnreachableError(HubError):
    """An outage of Kubernetes' API, for somebody who starts a server."""

    def __init__(self) -> None:
        super().__init__(
            [
                "Kubernetes does not answer, so your notebook server cannot start now. Try again in some minutes.",
                "Servers that run already are not affected.",
            ],
            status=503,
        )


class _LastingReflector(ResourceReflector):
    """A reflector that never gives up.

    KubeSpawner's stops for ever when Kubernetes' API is away for a minute. The hub then sees no pod any more.
    """

    listed: float = 0
    """Time of the last list, by the monotonic clock."""
    error: str | None = None
    """Reason why the last request for a list failed, None if it succeeded."""

    async def start(self) -> None:
        """Start the task that lists and watches; it also waits for the first list."""
        self.listed = time.monotonic()
        self.watch_task = asyncio.create_task(self._watch_and_update())

    async def _list_and_update(self, resource_version: str | None = None) -> str:
        """List the objects, as soon as Kubernetes answers; return the resource version."""
        logged = float("-inf")
        while True:
            try:
                version = await super()._list_and_update(resource_version)
            except Exception as error:  # noqa: BLE001 -- whatever it is, it does not say that there are no pods
                self.error = f"{type(error).__name__}: {error}".rstrip(": ")
                if time.monotonic() - logged > _LOG_SECONDS:
                    logged = time.monotonic()
                    self.log.warning("Kubernetes does not list the %s, trying again: %s", self.kind, self.error)
                resource_version = "0"  # any, as for the first list: the last one may be expired
                await asyncio.sleep(RETRY_SECONDS)
            else:
                if self.error is not None:
                    self.log.warning("Kubernetes lists the %s again", self.kind)
                self.listed, self.error = time.monotonic(), None
                return version


class LastingPods(_LastingReflector, PodReflector):
    """The pods of the notebooks' namespace."""


class LastingEvents(_LastingReflector, EventReflector):
    """The events of the notebooks' namespace."""

    @property
    def events(self) -> Sequence[dict[str, Any]]:
        """All events, the oldest first, with the fields that KubeSpawner expects and Kubernetes may omit."""
        complete = [_complete(event) for event in self.resources.values()]
        return sorted(complete, key=lambda event: str(event["lastTimestamp"]))


LASTING: Final[dict[type[ResourceReflector], type[ResourceReflector]]] = {
    PodReflector: LastingPods,
    EventReflector: LastingEvents,
}
"""The reflector to use for each of KubeSpawner's."""


def _complete(event: dict[str, Any]) -> dict[str, Any]:
    times = (event.get("lastTimestamp"), event.get("eventTime"), event["metadata"].get("creationTimestamp"))
    return {
        **event,
        "type": event.get("type") or "Normal",
        "message": event.get("message") or event.get("reason") or "",
        "lastTimestamp": next((at for at in times if at), ""),
    }


def kubernetes_trouble() -> str | None:
    """Return why the hub does not see the notebooks' pods now, or None if it does. For health checks and pages.

    It sends no request and takes no time: the reflectors list pods and events at least every 40 s anyway, and every
    3 s while that fails. It is None before the first server was started or checked. A hub with such trouble recovers
    by itself, and must not be restarted for it; running servers are not affected.
    """
    for reflector in KubeSpawner.reflectors.values():
        if isinstance(reflector, _LastingReflector):
            if reflector.error is not None:
                return f"Kubernetes does not list the {reflector.kind} ({reflector.error})."
            if reflector.watch_task is None or reflector.watch_task.done():
                return f"The hub does not watch the {reflector.kind}."
            if (age := time.monotonic() - reflector.listed) > _STALE_SECONDS:
                return f"Kubernetes has not listed the {reflector.kind} for {age:.0f} seconds."
    return None
