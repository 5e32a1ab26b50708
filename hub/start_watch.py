"""Watch over a starting pod: what can only fail is given up early, with the reason."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Status = Mapping[str, Any]

PATIENCE_SECONDS: Final = 60
"""Seconds that a container may keep failing before its start is given up. Kubernetes tries again meanwhile."""

_LOG_LINES: Final = 10
"""Lines of the container's log that are shown."""

_TOO_LITTLE_MEMORY: Final = "OOMKilled"

_PULL_FAILURES: Final = {
    "ErrImagePull",
    "ImagePullBackOff",
    "ErrImageNeverPull",
    "ImageInspectError",
    "InvalidImageName",
    "RegistryUnavailable",
    "SignatureValidationFailed",
}
"""Reasons of a waiting container without an image."""

_CREATE_FAILURES: Final = {
    "CreateContainerConfigError",
    "CreateContainerError",
    "CrashLoopBackOff",
    "PostStartHookError",
    "PreCreateHookError",
    "PreStartHookError",
    "RunContainerError",
    "StartError",
}
"""Reasons of a waiting container that cannot be created or run."""


class StartWatch:
    """The failures of one starting pod, over time."""

    def __init__(self) -> None:
        self.reasons: Sequence[str] = ()
        """Why the container failed at the last look."""
        self._seen = False
        self._failing_since: float | None = None

    def check(self, pod: Status | None, warnings: Sequence[str]) -> None:
        """Give up a start that cannot succeed.

        A slow but healthy start is never given up: an image pull, a new node, a volume that is being attached.

        Args:
            pod: The pod as listed now, None if it is not listed.
            warnings: Sentences about Kubernetes' warnings, for the message.

        Raises:
            HubError: With the reason, and the last lines of the container's log.
        """
        if pod is None and not self._seen:
            return
        self._seen = True
        if reasons := _end(pod):
            raise HubError([*reasons, *warnings], status=503)
        self.reasons = _failure(pod) if pod else ()
        if not self.reasons:
            self._failing_since = None
            return
        now = time.monotonic()
        self._failing_since = self._failing_since or now
        if now - self._failing_since >= PATIENCE_SECONDS:
            raise HubError([*self.reasons, *warnings], status=503)


def has_ended(pod: Status | None) -> bool:
    """Return whether the container ends by itself, for another reason than too little memory."""
    ends = _ends(pod) if pod else []
    return bool(ends) and ends[0].get("reason") != _TOO_LITTLE_MEMORY


def _end(pod: Status | None) -> list[str]:
    """Return why the pod will never run, nothing if it may."""
    if pod is None:
        return ["The pod of your notebook server was deleted before the server answered. Start it again."]
    if "deletionTimestamp" in pod["metadata"]:
        return ["The pod of your notebook server is being deleted, perhaps with its node. Start it again."]
    status = pod["status"]
    if status.get("phase") == "Failed":
        why = [f"{status['reason']}: {status.get('message', '')}".rstrip(": ")] if status.get("reason") else []
        return ["The pod of your notebook server has failed.", *why, *_ended(pod)]
    if status.get("phase") == "Succeeded":
        return ["Your notebook server ended at once, without an error.", *_ended(pod)]
    return []


def _failure(pod: Status) -> list[str]:
    """Return why the container does not run now, nothing if it is only slow."""
    container = _container(pod)
    waiting: Status = container.get("state", {}).get("waiting") or {}
    reason, detail = str(waiting.get("reason", "")), str(waiting.get("message", ""))
    if reason in _PULL_FAILURES:
        image = container.get("image") or pod["spec"]["containers"][0]["image"]
        return [f"The image {image} cannot be pulled ({reason}).", *([f"Kubernetes: {detail}"] if detail else [])]
    if ended := _ended(pod):
        return ended
    if reason in _CREATE_FAILURES:
        return [f"The container of your notebook server cannot run ({reason}).", *([detail] if detail else [])]
    return []


def _ended(pod: Status) -> list[str]:
    """Return how the container ended, or ended before Kubernetes started it again; nothing if it did not."""
    ends = _ends(pod)
    if not ends:
        return []
    end = ends[0]
    if end.get("reason") == _TOO_LITTLE_MEMORY:
        return ["Your notebook server needed more memory than it has (OOMKilled). Choose more memory."]
    log = [line.strip() for line in str(end.get("message", "")).splitlines() if line.strip()]
    return [
        f"The container of your notebook server ends with exit code {end.get('exitCode')}.",
        *(["The last lines of its log:", *log[-_LOG_LINES:]] if log else []),
    ]


def _ends(pod: Status) -> list[Status]:
    """Return the ends of the container, the last one first."""
    container = _container(pod)
    ends = (container.get(state, {}).get("terminated") for state in ("state", "lastState"))
    return [end for end in ends if end]


def _container(pod: Status) -> Status:
    """Return the status of the notebook's container, empty before there is one."""
    statuses: Sequence[Status] = pod["status"].get("containerStatuses") or ()
    empty: Status = {}
    return next((status for status in statuses if status.get("name") == "notebook"), empty)
