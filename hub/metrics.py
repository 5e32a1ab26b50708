"""Metrics of this hub beside JupyterHub's own, in the same answer. Nobody reads them without a token."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from jupyterhub.handlers.metrics import MetricsHandler
from prometheus_client import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import make_url

from hub.certificate import Certificate
from hub.contract_monitoring import CERTIFICATE_END, PROBLEM, STARTING, VOLUME, VOLUME_FREE
from hub.health import HealthHandler
from hub.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from jupyterhub.app import JupyterHub
    from prometheus_client.metrics_core import Metric

    from hub.contract import HubConfig

LOOK_SECONDS: Final = 5
"""Time between two looks at the servers, which is how exactly usage is counted."""


class HubMetrics(Collector):
    """The metrics. From the first request for them on, the hub counts usage and looks at the certificate."""

    def __init__(self, config: HubConfig) -> None:
        """Take the content of `hub.json`."""
        monitoring = config.monitoring
        self._usage = Usage(by_user=monitoring.usage == "users", groups=monitoring.groups)
        self._certificate = None if monitoring.public_url is None else Certificate(monitoring.public_url)
        self._database = None if config.database_url is None else make_url(config.database_url).database
        self._app: JupyterHub | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def watch(self, app: JupyterHub) -> None:
        """Look from now on, in the background."""
        if self._app is None:
            self._app = app
            watches: list[Coroutine[None, None, None]] = [self._count(app)]
            if self._certificate is not None:
                watches.append(self._certificate.watch(app.log))
            self._tasks = [asyncio.create_task(watch) for watch in watches]

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are now."""
        yield from self._problems()
        yield self._starting()
        yield from self._volume()
        if self._certificate is not None and self._certificate.end is not None:
            yield GaugeMetricFamily(CERTIFICATE_END, "End of the certificate of the hub's URL.", self._certificate.end)
        yield from self._usage.collect()

    async def _count(self, app: JupyterHub) -> None:
        while True:
            try:
                self._usage.count(list(app.users.values()))
            except Exception:  # whatever it is, such as an outage of the database, the next look counts its time
                app.log.exception("The usage of servers was not counted")
            await asyncio.sleep(LOOK_SECONDS)

    def _problems(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(PROBLEM, "Whether a check of the hub's health fails.", labels=["check"])
        for name in HealthHandler.health.names:
            family.add_metric([name], float(name in HealthHandler.health.problems))
        yield family

    def _starting(self) -> Metric:
        users = [] if self._app is None else list(self._app.users.values())
        count = sum(spawner.pending == "spawn" for user in users for spawner in user.spawners.values())
        return GaugeMetricFamily(STARTING, "Servers that people wait for.", count)

    def _volume(self) -> Iterator[Metric]:
        if self._database is not None:
            found = os.statvfs(Path(self._database).parent)
            # Without blocks that are reserved for root, as df counts.
            free, used = found.f_bavail * found.f_frsize, (found.f_blocks - found.f_bfree) * found.f_frsize
            yield GaugeMetricFamily(VOLUME, "Size of the volume of the hub's database.", used + free)
            yield GaugeMetricFamily(VOLUME_FREE, "Free space of that volume.", free)


class Metrics(MetricsHandler):
    """JupyterHub's metrics and the hub's, for tokens with the scope `read:metrics`."""

    own: ClassVar[HubMetrics | None] = None
    """The hub's; None: nothing reads them."""

    async def get(self) -> None:
        """Answer with the metrics, as text.

        Raises:
            tornado.web.HTTPError: The token has not the scope; status 403.
        """
        await super().get()
        if self.own is not None:
            self.own.watch(self.app)
            # tornado's own type is not complete
            self.write(generate_latest(self.own))  # pyright: ignore[reportUnknownMemberType]


def configure(config: HubConfig) -> None:
    """Add the hub's metrics, if something reads them."""
    Metrics.own = HubMetrics(config) if config.monitoring.metrics else None
