"""KubeSpawner that checks its records against the cluster, and tells people why a server does not start."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, cast

from aiohttp import ClientError
from kubernetes_asyncio.client.exceptions import ApiException

from hub import foreign_records, home, start_progress
from hub.errors import HubError
from hub.kubernetes_view import UnreachableError, kubernetes_trouble
from hub.notebook_start import WITHOUT_HOME_SETTINGS
from hub.pod_settings import HOME_VOLUME
from hub.pod_spawner import LOOK_SECONDS, PodSpawner
from hub.start_watch import StartWatch, has_ended

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence

    from kubespawner import KubeSpawner


_LEAVES_OUT: Final = "leaves_out_settings"
"""Key of the record in the database."""

_NEXT_START: Final = (
    "Your next start leaves out the Jupyter settings and Python packages of your home folder (.jupyter, .local), as "
    "they may be the reason."
)


class NotebookSpawner(PodSpawner):
    """Spawner that outlives restarts of the hub, gives up hopeless starts, and shares homes among servers."""

    own_environment: Mapping[str, str] = {}
    """Environment variables of every pod; see `notebook_start.environment`."""

    shares_home = False
    """Whether the named servers of a user have the home of the default one."""
    example_starts: Sequence[tuple[str, Mapping[str, object], str, tuple[str, ...]]] = ()
    """Starts that the check of the configuration tries; see `choices.example_starts`."""

    _leaves_out_settings = False
    """Whether the next start leaves out the settings and packages of the home, as the server ended in the last one."""

    async def _start(self) -> str:
        """Start the pod, wait for the server's answer, and return its URL.

        Raises:
            HubError: The server cannot start, or has not started in time, with the reason.
        """
        self._created = False
        async with self._explained():
            if self.name and self.shares_home:
                # Its name may come from an older version, or from before a change of the user's name.
                self.pvc_name = cast("KubeSpawner", self.user.spawners[""]).pvc_name
            await home.prepare(self)
            url = await self._answering(super()._start())
        self._leaves_out_settings = False
        return url

    def get_env(self) -> dict[str, str]:
        """Return the environment variables of the pod, with this hub's even if extraConfig replaced `environment`."""
        own = {WITHOUT_HOME_SETTINGS: "1"} if self._leaves_out_settings else {}
        mounts = self._sorted_dict_values(self.volume_mounts)
        home = next((self._expand_all(mount["mountPath"]) for mount in mounts if mount["name"] == HOME_VOLUME), None)
        if home is not None:
            own["HOME"] = home
        return {**self.own_environment, **own, **super().get_env()}

    async def progress(self) -> AsyncGenerator[dict[str, Any]]:
        """Yield the events of the start, in words for people."""
        async with aclosing(super().progress()) as events:
            async for event in events:
                yield start_progress.in_words(event)

    @asynccontextmanager
    async def _explained(self) -> AsyncGenerator[None]:
        """Limit the time of a start, and turn its errors into words."""
        # JupyterHub's own timeout after start_timeout shows no reason, so this one must come first.
        patience = self.start_timeout - 5
        try:
            async with asyncio.timeout(patience):
                yield
        except ApiException as error:
            raise HubError([f"Kubernetes refused your notebook server: {_message(error)}"], status=503) from error
        except TimeoutError as error:
            late = str(error) or f"Your notebook server did not start within {patience} seconds."
            trouble = kubernetes_trouble()
            raise HubError([late, *([trouble] if trouble else []), *_warnings(self.events)], status=503) from None
        except (ClientError, OSError) as error:
            self.log.warning("Kubernetes does not answer, so the server of %s cannot start: %s", self.user.name, error)
            raise UnreachableError from error

    async def _answering(self, starting: Awaitable[str]) -> str:
        """Wait for a starting pod and for its server, and return the server's URL.

        JupyterHub itself looks less and less often, and then knows only that there is no answer.

        Raises:
            HubError: As soon as the start cannot succeed.
        """
        watch, running = StartWatch(), asyncio.ensure_future(starting)
        left_out = self._leaves_out_settings
        since: float | None = None
        try:
            while True:
                await asyncio.wait([running], timeout=LOOK_SECONDS)
                url = running.result() if running.done() else self._running_url()
                if url is not None:
                    since = since or time.monotonic()
                    if await self._answers(url):
                        return url
                if running.done():
                    await asyncio.sleep(LOOK_SECONDS)
                if self._created:
                    pod = self._listed_pod()
                    self._leaves_out_settings = has_ended(pod) and not left_out
                    hints = [_NEXT_START] if self._leaves_out_settings else []
                    watch.check(pod, [*_warnings(self.events), *hints])
                if since is not None and time.monotonic() - since > self.http_timeout:
                    late = f"Your notebook server runs, but did not answer within {self.http_timeout} seconds."
                    raise HubError([late, *watch.reasons, *_warnings(self.events)], status=503)
        finally:
            running.cancel()

    async def poll(self) -> int | None:
        """Return None if the pod runs or starts, else its exit code, or 1.

        JupyterHub asks after a restart for each server of its database. A start that was under way then goes on, with
        its progress page.
        """
        if not self._check_pending or self._spawn_pending:
            return await self._poll_pod()
        self._spawn_pending = True
        check = asyncio.create_task(self._check_after_restart())
        self._spawn_future = asyncio.create_task(self._end_of_check(check))
        self._spawn_future.add_done_callback(self._checked)
        await asyncio.wait([check])
        if check.cancelled():
            # Somebody has cancelled the start, so JupyterHub stops the server in that request.
            self._check_pending = self._spawn_pending = False
            while self.server is not None:
                await asyncio.sleep(LOOK_SECONDS)
            return 1
        return 1 if isinstance(check.exception(), HubError) else check.result()

    async def _check_after_restart(self) -> int | None:
        """Return whether the server runs; if its start was under way, wait for its end."""
        under_way = self._is_start_under_way()
        status = await self._poll_pod()
        if status is not None:
            return status
        if not under_way:
            await self._answer_after_restart()
        else:
            self.log.info("The start of the server of %s goes on", self.user.name)
            self._created = True
            async with self._explained():
                await self._answering(self._running())
        return await self._poll_pod()  # KubeSpawner writes the address to the database

    async def _answer_after_restart(self) -> None:
        """Wait until the server answers or has ended.

        JupyterHub would wait itself, and meanwhile answer everybody who stops the server with an error.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(self.http_timeout):
                while await self._poll_pod() is None:
                    pod = self._listed_pod()
                    if pod is not None and self.is_pod_running(pod) and await self._answers(self._get_pod_url(pod)):
                        return
                    await asyncio.sleep(LOOK_SECONDS)

    def _is_start_under_way(self) -> bool:
        """Return whether JupyterHub has recorded a start, but no address."""
        return self.server is not None and not self.server.ip

    async def _end_of_check(self, check: asyncio.Task[int | None]) -> None:
        """Wait until JupyterHub has checked the server, and route to it if it is a new one."""
        under_way = self._is_start_under_way()
        status = await check
        try:
            while status is None and self._check_pending:
                await asyncio.sleep(LOOK_SECONDS)
        except asyncio.CancelledError:
            self._check_pending = False  # somebody stops the server
            raise
        if status is None and under_way and self.server is not None:
            await self.user.settings["proxy"].add_user(self.user, self.name)

    def _checked(self, ended: asyncio.Future[None]) -> None:
        """Show JupyterHub the end of the check, as it does itself after a start."""
        self._spawn_pending = False
        if ended.cancelled() or ended.exception() is None:
            self._spawn_future = None
        else:
            self.log.warning("The server of %s does not start: %s", self.user.name, ended.exception())

    async def delete_forever(self) -> None:
        """Delete the home of a deleted server, unless homes are kept or another server has it."""
        if not (self.name and self.shares_home):
            await super().delete_forever()

    def get_state(self) -> dict[str, Any]:
        """Return the record for the database."""
        return {**super().get_state(), **({_LEAVES_OUT: True} if self._leaves_out_settings else {})}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Load the record of the last start; see `foreign_records`."""
        super().load_state(foreign_records.own_state(self, state))
        self._leaves_out_settings = bool(state.get(_LEAVES_OUT))


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
