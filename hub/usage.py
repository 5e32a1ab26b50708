"""Usage of notebook servers, counted from their pods."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from prometheus_client.metrics_core import CounterMetricFamily

from hub import choices, quantity
from hub.contract import GPU_RESOURCE
from hub.contract_monitoring import USAGE
from hub.people import groups_of
from hub.pod_spawner import PodSpawner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyterhub.user import User

KEPT_SECONDS: Final = 3600
"""Time for which a counter is told after the last server that it counts. So their number follows that of the people who
are there, and not of all who ever were."""

_KINDS: Final = {
    "server": "Seconds in which servers had their pods on a node.",
    "cpu": "Guaranteed CPUs of servers, times seconds.",
    "memory_byte": "Guaranteed bytes of memory of servers, times seconds.",
    "gpu": "GPUs of servers, times seconds.",
}
"""Counters, each with its description."""


@dataclass(kw_only=True)
class _Account:
    """Sums of one choice, group and, if wanted, user."""

    sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_KINDS, 0.0))
    seen: float = 0
    """Time of the last look at a server of it, by the monotonic clock."""
    is_told: bool = False
    """Whether Prometheus knows the counter. It counts increases only from its first value on, so that is 0."""


@dataclass(kw_only=True)
class Usage:
    """Counters of what servers hold of their nodes: whatever they do with it, it is not there for others.

    They begin at 0 when the hub starts, which Prometheus knows of counters. A server that runs on is counted on.
    """

    by_user: bool
    """Whether each user has counters."""
    groups: tuple[str, ...]
    """Groups that have counters."""
    clock: Callable[[], float] = time.monotonic
    _accounts: dict[tuple[str, ...], _Account] = field(default_factory=dict[tuple[str, ...], _Account])
    _groups: dict[str, str] = field(default_factory=dict[str, str])
    """Group for which a pod counts, by its UID: looked up once, as it is a question to the database."""
    _last: float | None = None

    def count(self, users: Iterable[User]) -> None:
        """Add the time since the last call to the counters of the servers that are there now."""
        now = self.clock()
        elapsed, self._last = (0.0 if self._last is None else now - self._last), now
        groups: dict[str, str] = {}
        for user in users:
            for spawner in user.spawners.values():
                if not isinstance(spawner, PodSpawner) or (pod := spawner.held_pod) is None:
                    continue
                uid = str(pod["metadata"]["uid"])
                groups[uid] = self._groups[uid] if uid in self._groups else self._group_of(user)
                who = (user.name,) if self.by_user else ()
                account = self._accounts.setdefault((_choice(spawner), groups[uid], *who), _Account())
                account.seen = now
                for kind, amount in _amounts(pod).items():
                    account.sums[kind] += amount * elapsed
        self._groups = groups
        self._accounts = {key: one for key, one in self._accounts.items() if now - one.seen <= KEPT_SECONDS}

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield the counters."""
        labels = ["choice", "group", *(["username"] if self.by_user else [])]
        for kind, text in _KINDS.items():
            family = CounterMetricFamily(USAGE.format(kind), text, labels=labels)
            for key, account in self._accounts.items():
                family.add_metric(key, account.sums[kind] if account.is_told else 0)
            yield family
        for account in self._accounts.values():
            account.is_told = True

    def _group_of(self, user: User) -> str:
        """Return the first group of the settings that the user is in; empty if there is none."""
        if not self.groups:
            return ""
        mine = groups_of(user)
        return next((group for group in self.groups if group in mine), "")


def _choice(spawner: PodSpawner) -> str:
    """Return the choice, which the hub has checked and recorded at the start; without choices it is the free form."""
    return str(spawner.user_options.get("choice") or choices.FREE)


def _amounts(pod: Mapping[str, Any]) -> dict[str, float]:
    """Return what a pod holds."""
    resources: Mapping[str, Any] = pod["spec"]["containers"][0].get("resources") or {}
    requests: Mapping[str, str] = resources.get("requests") or {}
    amounts = {"cpu": requests.get("cpu"), "memory_byte": requests.get("memory"), "gpu": requests.get(GPU_RESOURCE)}
    return {"server": 1, **{kind: float(quantity.parse(str(amount or "0"))) for kind, amount in amounts.items()}}
