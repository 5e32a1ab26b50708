"""KubeSpawner that shows Kubernetes' reasons when a server does not start, and expands home volumes."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, cast

from kubernetes_asyncio.client.exceptions import ApiException
from kubespawner import KubeSpawner

from hub import home
from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence


class NotebookSpawner(KubeSpawner):
    """KubeSpawner with Kubernetes' reasons on the progress page, and with expansion of home volumes."""

    own_environment: Mapping[str, str] = {}
    """Environment variables of every pod; see `notebook_start.environment`."""

    def start(self) -> asyncio.Task[str]:
        """Start the pod; the task's result is the server's URL.

        Raises:
            HubError: In the task, if Kubernetes refuses the pod or it does not run in time.
        """
        starting = super().start()
        # JupyterHub's own timeout after start_timeout shows no reason, so this one must come first.
        return asyncio.create_task(self._explain(starting, patience=self.start_timeout - 5))

    def get_env(self) -> dict[str, str]:
        """Return the environment variables of the pod, with this hub's even if extraConfig replaced `environment`."""
        return {**self.own_environment, **super().get_env()}

    async def _explain(self, starting: Awaitable[str], *, patience: int) -> str:
        try:
            expanding = home.expand(self)
            url, _ = await asyncio.wait_for(asyncio.gather(starting, expanding), patience)
        except TimeoutError as error:
            reasons = [
                str(error) or f"Your notebook server did not start within {patience} seconds.",
                *_warnings(self.events),
            ]
            raise HubError(reasons, status=503) from None
        except ApiException as error:
            raise HubError([f"Kubernetes refused your notebook server: {_message(error)}"], status=503) from error
        return url


def _warnings(events: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the last few different warnings of Kubernetes, such as that an image cannot be pulled."""
    messages = dict.fromkeys(str(event["message"]) for event in events if event["type"] == "Warning")
    return [f"Kubernetes: {message}" for message in list(messages)[-3:]]


def _message(error: ApiException) -> str:
    """Return Kubernetes' explanation, such as that a quota is used up."""
    try:
        status = cast("object", json.loads(error.body or b""))
    except ValueError:
        status = None
    if isinstance(status, dict):
        return str(cast("dict[str, object]", status).get("message", error.reason))
    return str(error.reason)
