"""The idle culler, which does not take a server for idle because its reports do not arrive."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from jupyterhub_idle_culler import IdleCuller
from tornado.httpclient import AsyncHTTPClient
from traitlets import Dict, Float, default

from hub import json_log

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

NEVER: Final = 100 * 365 * 24 * 3600
"""Limit, in seconds, of servers that are not stopped when they are idle."""

SILENCE: Final = timedelta(minutes=4)
"""Time since the last report after which nothing is known about a server. They report once a minute."""


class NotebookCuller(IdleCuller):
    """Culler that stops a server only if the server itself has reported lately that nothing happens.

    After an outage of the hub or of the network, the last known activity may be hours old.
    """

    choice_hours = Dict(value_trait=Float(), config=True, help="Maximum age in hours of the servers of each choice.")

    @default("logging_config")
    def _logging_config(self) -> Mapping[str, Any]:
        return json_log.CONFIG if os.environ.get(json_log.VARIABLE) == "json" else {}

    @default("cull_arbiter_hook")
    def _cull_arbiter_hook(self) -> Callable[..., Awaitable[bool]]:
        return self.is_over

    async def is_over(self, *, server: Mapping[str, Any], **others: Any) -> bool:  # noqa: ANN401 see `is_idle`
        """Return whether a server is older than its choice allows, or is known to have been idle for the limit."""
        options: Mapping[str, Any] = server.get("user_options") or {}
        name = options.get("choice")
        hours = self.choice_hours.get(name) if isinstance(name, str) else None
        if hours and datetime.now(UTC) - datetime.fromisoformat(server["started"]) > timedelta(hours=hours):
            self.log.info("The server %s is older than %s hours, the most of %s", server["full_name"], hours, name)
            return True
        return await self.is_idle(server=server, **others)

    async def is_idle(
        self, *, inactive: timedelta, inactive_limit: int, server: Mapping[str, Any], **_: object
    ) -> bool:
        """Return whether a server is known to have been idle for the limit, in seconds.

        Servers that never report, as their image has no `jupyterhub-singleuser`, are judged by their requests alone.
        """
        if inactive.total_seconds() < inactive_limit:
            return False
        reported = await self._last_report(server)
        if reported is None or datetime.now(UTC) - reported < SILENCE:
            return True
        self.log.warning("Not culling %s, which has not reported since %s", server["full_name"], reported)
        return False

    async def _last_report(self, server: Mapping[str, Any]) -> datetime | None:
        """Return when the hub has last heard from a server: the last use of its token.

        Its note is JupyterHub's, of which the hub keeps 255 characters; the second is that of an adopted server.
        """
        notes = {f"Server at {server['url']}"[:255], f"retrieved from spawner {server['name']}"}
        user = quote(server["full_name"].rpartition("/")[0], safe="")
        answer = await AsyncHTTPClient().fetch(
            f"{self.url}/users/{user}/tokens",
            headers={"Authorization": f"token {os.environ['JUPYTERHUB_API_TOKEN']}"},
        )
        uses = [
            datetime.fromisoformat(token["last_activity"])
            for token in json.loads(answer.body)["api_tokens"]
            if token["note"] in notes and token["last_activity"]
        ]
        return max(uses, default=None)


if __name__ == "__main__":
    NotebookCuller.launch_instance()
