"""The hub keeps room for further servers at the hours of the settings, by the clock of their time zone."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes_asyncio.client.exceptions import ApiException

from hub import spare
from hub.contract_spare import Hours, Spare, SpareServers
from hub.proxy import WatchedProxy

_COURSE = Hours(days=(0, 1, 2, 3, 4), start=8 * 60, end=18 * 60, zone="Europe/Berlin")
_NIGHT = Hours(days=(5,), start=22 * 60, end=2 * 60, zone="Europe/Berlin")
_ROOM = Spare(
    deployment="tf-hub-spare",
    entries=(SpareServers(servers=2, hours=None), SpareServers(servers=10, hours=_COURSE)),
)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "utc", "within"),
    [
        (_COURSE, "2026-11-30T07:00", True),  # Monday, 08:00 in winter
        (_COURSE, "2026-11-30T06:59", False),
        (_COURSE, "2026-11-30T16:59", True),
        (_COURSE, "2026-11-30T17:00", False),
        (_COURSE, "2026-07-06T06:00", True),  # 08:00 in summer
        (_COURSE, "2026-07-06T16:00", False),
        (_COURSE, "2026-11-29T10:00", False),  # Sunday
        (_NIGHT, "2026-11-28T21:00", True),  # Saturday, 22:00
        (_NIGHT, "2026-11-29T00:59", True),  # Sunday, 01:59
        (_NIGHT, "2026-11-29T01:00", False),
        (_NIGHT, "2026-11-28T00:30", False),  # Saturday, 01:30, of Friday's night
    ],
)
def test_hours_are_those_of_the_time_zone_in_summer_and_in_winter(
    hours: Hours,
    utc: str,
    within: bool,  # noqa: FBT001 a parameter of the test
) -> None:
    assert spare.is_within(hours, _utc(utc)) is within


@pytest.mark.parametrize(
    ("start", "end", "utc", "within"),
    [
        # 2026-03-29: 02:00 to 03:00 is missing.
        (150, 600, "2026-03-29T00:59", False),  # 01:59
        (150, 600, "2026-03-29T01:00", True),  # 03:00
        # 2026-10-25: 02:00 to 03:00 comes twice.
        (120, 180, "2026-10-25T00:30", True),
        (120, 180, "2026-10-25T01:30", True),
        (120, 180, "2026-10-25T02:00", False),
    ],
)
def test_hours_begin_and_end_on_days_when_the_clocks_change(
    start: int,
    end: int,
    utc: str,
    within: bool,  # noqa: FBT001 a parameter of the test
) -> None:
    hours = Hours(days=(6,), start=start, end=end, zone="Europe/Berlin")
    assert spare.is_within(hours, _utc(utc)) is within


def test_the_numbers_of_a_size_add_up() -> None:
    assert spare.servers(_ROOM, _utc("2026-11-30T10:00")) == 12
    assert spare.servers(_ROOM, _utc("2026-11-30T20:00")) == 2


class _Api:
    """The part of Kubernetes' API that scales."""

    def __init__(self) -> None:
        self.scaled: list[tuple[str, str, int, str]] = []
        self.error: Exception | None = None

    async def patch_namespaced_deployment_scale(
        self, name: str, namespace: str, body: dict[str, Any], *, field_manager: str, _request_timeout: int
    ) -> None:
        if self.error is not None:
            raise self.error
        self.scaled.append((namespace, name, body["spec"]["replicas"], field_manager))


def _spawner(**_: object) -> None:
    """Stand in for the spawner, which loads the address of Kubernetes' API."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> _Api:
    api = _Api()

    def client(_: str) -> _Api:
        return api

    monkeypatch.setattr(spare, "shared_client", client)
    monkeypatch.setattr(WatchedProxy, "spare", (_ROOM,))
    monkeypatch.setattr(WatchedProxy, "spare_namespace", "notebooks")
    return api


def _proxy() -> WatchedProxy:
    hub = SimpleNamespace(routespec="/", host="http://10.0.0.9:8081")
    return WatchedProxy(app=SimpleNamespace(hub=hub, subdomain_host="", spawner_class=_spawner, config=None), hub=hub)


def _at(proxy: WatchedProxy, times: Sequence[str]) -> None:
    async def run() -> None:
        for time in times:
            await proxy.scale(_utc(time))

    asyncio.run(run())


def test_a_hub_sets_the_number_of_the_time_whenever_it_starts(api: _Api) -> None:
    _at(_proxy(), ["2026-11-30T10:00"])
    assert api.scaled == [("notebooks", "tf-hub-spare", 12, "jupyterhub")]


def test_the_number_follows_the_hours(api: _Api) -> None:
    _at(_proxy(), ["2026-11-30T06:30", "2026-11-30T07:00", "2026-11-30T17:00"])
    assert [number for _, _, number, _ in api.scaled] == [2, 12, 2]


@pytest.mark.parametrize("error", [ApiException(status=403, reason="Forbidden"), OSError("no route"), TimeoutError()])
def test_a_number_that_kubernetes_does_not_take_is_set_at_the_next_look(error: Exception, api: _Api) -> None:
    proxy, api.error = _proxy(), error
    _at(proxy, ["2026-11-30T10:00"])
    api.error = None
    _at(proxy, ["2026-11-30T10:01"])
    assert [number for _, _, number, _ in api.scaled] == [12]


def test_a_time_zone_that_the_image_does_not_know_holds_up_no_other_hours(
    api: _Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = _COURSE.model_copy(update={"zone": "Europe/Atlantis"})
    first = Spare(deployment="first", entries=(SpareServers(servers=1, hours=unknown),))
    monkeypatch.setattr(WatchedProxy, "spare", (first, _ROOM))
    _at(_proxy(), ["2026-11-30T10:00"])
    assert [name for _, name, _, _ in api.scaled] == ["tf-hub-spare"]
