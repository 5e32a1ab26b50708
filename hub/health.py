"""The hub's health: what it needs, asked regularly, and told at `/hub/health` and in the log.

Kubernetes asks `/hub/health?process` instead, which only says that the process answers: a restart repairs no database,
and a hub without its Service could not show people what is wrong.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from jupyterhub.handlers.base import BaseHandler
from kubespawner.clients import load_config, shared_client
from sqlalchemy import NullPool, create_engine, text

from hub import outage
from hub.kubernetes_view import kubernetes_trouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from jupyterhub.app import JupyterHub
    from sqlalchemy import URL

INTERVAL_SECONDS: Final = 15
"""Time between two checks."""
WHOLE_SECONDS: Final = 3600
"""Time between two checks of a whole sqlite file."""
_LONGEST_REASON: Final = 300
"""Maximum length of an error, in characters."""
TIMEOUT_SECONDS: Final = 15
"""Time after which a check without an answer has failed."""


class Health:
    """What the last check found."""

    def __init__(self, checks: Mapping[str, Callable[[JupyterHub], Awaitable[str | None]]]) -> None:
        """Set the checks by name; each returns what is wrong, or None."""
        self.problems: dict[str, str] = {}
        self.names = tuple(checks)
        self._checks = checks
        self._known: dict[str, str] | None = None
        self._watch: asyncio.Task[None] | None = None

    def watch(self, app: JupyterHub) -> None:
        """Check from now on, in the background."""
        self._watch = self._watch or asyncio.create_task(self._forever(app))

    async def _forever(self, app: JupyterHub) -> None:
        while True:
            found = await asyncio.gather(*(self._ask(name, app) for name in self._checks))
            self.problems = {name: problem for name, problem in zip(self._checks, found, strict=True) if problem}
            if self.problems != self._known:
                self._known = self.problems
                # `pulumi up` reads these lines (components/dynamic/rollout.py).
                if self.problems:
                    app.log.error("Health: %s", " ".join(self.problems.values()))
                else:
                    app.log.info("Health: good")
            await asyncio.sleep(INTERVAL_SECONDS)

    async def _ask(self, name: str, app: JupyterHub) -> str | None:
        try:
            return await asyncio.wait_for(self._checks[name](app), TIMEOUT_SECONDS)
        except TimeoutError:
            return f"{name} does not answer within {TIMEOUT_SECONDS} seconds."
        except Exception as error:  # noqa: BLE001 a check that fails in any way must not end the watch
            reason = " ".join(f"{type(error).__name__}: {error}".rstrip(": ").split())  # one line in the log
            return f"{name} does not answer: {reason[:_LONGEST_REASON]}."


class HealthHandler(BaseHandler):
    """`/hub/health` and `/hub/api/health`, without sign-in."""

    health: Health

    async def prepare(self) -> None:
        """Look for no user, which would ask the database."""

    def get(self) -> None:
        """Answer 200 if everything works, else 503 with what does not; with the query `process`, always 200."""
        self.health.watch(self.app)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        if "process" not in self.request.query_arguments and self.health.problems:
            self.set_status(503)
            text = "".join(f"{problem}\n" for problem in self.health.problems.values())
            self.write(text)  # pyright: ignore[reportUnknownMemberType] -- tornado's own type is not complete

    head = get


def configure(namespace: str) -> None:
    """Check the database, the proxy, and Kubernetes by the pods of `namespace`."""
    HealthHandler.health = Health(
        {
            "The database": DatabaseCheck(),
            "The proxy": check_proxy,
            "Kubernetes": lambda app: check_kubernetes(app, namespace),
        }
    )


class DatabaseCheck:
    """The check of the database. An sqlite file is read as a whole once an hour, and until it is in order."""

    _whole_at: float = 0

    async def __call__(self, app: JupyterHub) -> str | None:
        """Return what is wrong with the database."""
        whole = time.monotonic() >= self._whole_at
        problem = await asyncio.to_thread(database_problem, app.db.get_bind().engine.url, whole=whole)
        if whole and problem is None:
            self._whole_at = time.monotonic() + WHOLE_SECONDS
        return problem


def database_problem(url: URL, *, whole: bool) -> str | None:
    """Return what is wrong with the database at `url`, on a connection of its own.

    Args:
        url: The database's URL.
        whole: Whether to read an sqlite file as a whole. The hub cannot write meanwhile.
    """
    engine = create_engine(url, poolclass=NullPool)
    try:
        if whole and engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                found = connection.scalar(text("PRAGMA quick_check(1)"))
            if found != "ok":
                return f"The database is damaged: {' '.join(str(found).split())}."
        with engine.begin() as connection:
            # Changes nothing, but is written: a full disk or a lock refuses it.
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
    except outage.DatabaseOutageError as error:
        return str(error)
    return None


async def check_proxy(app: JupyterHub) -> str | None:
    """Return what the hub's watch on the proxy has met."""
    problem = getattr(app.proxy, "outage", None)
    return f"The proxy does not answer: {problem}." if problem else None


async def check_kubernetes(app: JupyterHub, namespace: str) -> str | None:
    """Return None if Kubernetes lists pods, and the hub sees those of its servers.

    Raises:
        Exception: It does not.
    """
    # As a spawner does, but there may be none yet. Without it the client, which all spawners share, has no address.
    given = app.config.KubeSpawner
    load_config(**{name: given.get(f"k8s_api_{name}") for name in ("host", "ssl_ca_cert", "verify_ssl")})
    await shared_client("CoreV1Api").list_namespaced_pod(namespace, limit=1, _request_timeout=TIMEOUT_SECONDS)
    return kubernetes_trouble()
