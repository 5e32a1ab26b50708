"""Notebook pods that the hub's database does not know, such as after it was restored from a backup.

Nobody can reach such a server, and nothing else would ever stop it. See `docs/decisions/30-records-and-cluster.md`.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError
from jupyterhub.proxy import Proxy
from kubernetes_asyncio.client import V1DeleteOptions, V1Preconditions
from kubernetes_asyncio.client.exceptions import ApiException
from kubespawner import KubeSpawner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.user import User

    Pod = Mapping[str, Any]

GRACE_SECONDS: Final = 3600
"""Time in which a computation may end, or its user may start a server, before a stray pod is stopped."""

_TOKENS: Final = {"JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"}
"""Environment variables with the token of one start."""


class PodCheckMixin(Proxy):
    """Mixin, before a proxy's class: JupyterHub checks the proxy at its start and once a minute, and here the pods."""

    _since: Mapping[str, float]
    _check: asyncio.Task[None] | None = None

    async def check_routes(
        self, user_dict: Mapping[Any, User], service_dict: Mapping[Any, Any], routes: dict[str, Any] | None = None
    ) -> None:
        """Check the routes, and then the pods in the background, as Kubernetes may not answer."""
        await super().check_routes(user_dict, service_dict, routes)
        if (self._check is None or self._check.done()) and issubclass(self.app.spawner_class, KubeSpawner):
            self._check = asyncio.create_task(self._check_pods(self.app.spawner_class, user_dict))

    async def _check_pods(self, spawner_class: type[KubeSpawner], users: Mapping[Any, User]) -> None:
        """Report pods without a server in the database, and stop those that have been reported for long."""
        spawner = spawner_class(_mock=True, config=self.app.config)  # of nobody: only its namespace is used
        reflector = await spawner._start_watching_pods()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- no public name
        known = {
            server.pod_name
            for user in users.values()
            for server in user.spawners.values()
            if server.active and isinstance(server, KubeSpawner)
        }
        pods = [pod["metadata"] for pod in reflector.resources.values()]
        strays = {pod["uid"]: pod for pod in pods if pod["name"] not in known and "deletionTimestamp" not in pod}
        before, now = getattr(self, "_since", {}), time.monotonic()
        self._since = {uid: before.get(uid, now) for uid in strays}
        if self._since.keys() - before.keys():
            self.log.warning(
                "%d pods have no server in the database, and are stopped after %d minutes unless their users start "
                "servers: %s",
                len(strays),
                GRACE_SECONDS // 60,
                ", ".join(sorted(pod["name"] for pod in strays.values())),
            )
        for uid, since in self._since.items():
            if now - since >= GRACE_SECONDS:
                await self._stop(spawner, strays[uid]["name"], uid)

    async def _stop(self, spawner: KubeSpawner, name: str, uid: str) -> None:
        self.log.warning("Stopping pod %s, which has no server in the database", name)
        try:
            await spawner.api.delete_namespaced_pod(
                name,
                spawner.namespace,
                body=V1DeleteOptions(
                    grace_period_seconds=spawner.delete_grace_period, preconditions=V1Preconditions(uid=uid)
                ),
                _request_timeout=5,
            )
        except (ApiException, ClientError, OSError) as error:
            self.log.warning("Cannot stop pod %s, trying again: %r", name, error)


def token_of_same(running: Pod, wanted: Pod) -> str | None:
    """Return the API token of a running pod, if it is the same server as the one to be started; else None.

    Args:
        running: The pod as listed.
        wanted: The manifest, in the JSON form of Kubernetes' API.
    """
    old, new = (_server(pod) for pod in (running, wanted))
    if "deletionTimestamp" in running["metadata"] or old != new:
        return None
    environment = running["spec"]["containers"][0].get("env", [])
    return next((item.get("value") for item in environment if item["name"] == "JUPYTERHUB_API_TOKEN"), None)


def _server(pod: Pod) -> object:
    """Return what makes the server; the environment has the CPUs and the memory, too."""
    container = pod["spec"]["containers"][0]
    limits = container.get("resources", {}).get("limits", {})
    return (
        container["image"],
        container.get("args"),
        {item["name"]: item.get("value", "") for item in container.get("env", []) if item["name"] not in _TOKENS},
        {name: str(amount) for name, amount in limits.items() if name not in {"cpu", "memory"}},
        {mount["mountPath"]: mount for mount in container.get("volumeMounts", [])},
        pod["spec"].get("serviceAccountName"),
    )
