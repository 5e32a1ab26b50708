import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from tornado.httpclient import HTTPClientError

from hub.idle_culler import NotebookCuller
from tests.doubles.http_double import HttpDouble

SERVER = {"name": "", "full_name": "ada@example.org/", "url": "/user/ada@example.org/"}
HOUR = 3600


@dataclass(kw_only=True)
class HubApi(HttpDouble):
    """The list of a user's tokens in JupyterHub's REST API."""

    last_uses: dict[str, datetime | None]
    """Last use of each token, by its note."""

    def application(self) -> web.Application:
        """Return the application."""
        app = web.Application()
        app.router.add_get("/hub/api/users/{user}/tokens", self._tokens)
        return app

    async def _tokens(self, request: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=503)
        assert request.headers["Authorization"] == "token secret"
        assert request.match_info["user"] == "ada@example.org"
        tokens = [
            {"note": note, "last_activity": used and used.isoformat().replace("+00:00", "Z")}
            for note, used in self.last_uses.items()
        ]
        return web.json_response({"api_tokens": tokens})


@pytest.fixture
def hub_api(monkeypatch: pytest.MonkeyPatch) -> Generator[HubApi]:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    now = datetime.now(UTC)
    # The browser's token, and one that the user has made, say nothing about the server.
    with HubApi(last_uses={"Server at /user/ada/": now, "my token": now}) as api:
        yield api


def is_idle(hub_api: HubApi, *, inactive: float, url: str = SERVER["url"]) -> bool:
    culler = NotebookCuller(url=f"{hub_api.url}/hub/api", config_file="")
    return asyncio.run(
        culler.is_idle(inactive=timedelta(seconds=inactive), inactive_limit=HOUR, server={**SERVER, "url": url}),
    )


def report(hub_api: HubApi, *, minutes_ago: float) -> None:
    hub_api.last_uses[f"Server at {SERVER['url']}"] = datetime.now(UTC) - timedelta(minutes=minutes_ago)


def test_a_server_that_reports_and_is_inactive_is_idle(hub_api: HubApi) -> None:
    report(hub_api, minutes_ago=1)
    assert is_idle(hub_api, inactive=HOUR)
    assert not is_idle(hub_api, inactive=HOUR - 1)


@pytest.mark.parametrize("minutes_ago", [5, 600])
def test_a_server_whose_reports_do_not_arrive_is_not_idle(minutes_ago: int, hub_api: HubApi) -> None:
    report(hub_api, minutes_ago=minutes_ago)
    assert not is_idle(hub_api, inactive=HOUR * 24)


@pytest.mark.parametrize(
    ("url", "note"),
    [
        (SERVER["url"], "retrieved from spawner "),
        (f"/user/{'%D0%B6' * 39}/{'x' * 50}/", f"Server at /user/{'%D0%B6' * 39}/{'x' * 50}/"[:255]),
    ],
)
def test_an_adopted_server_and_one_with_a_long_name_report_too(url: str, note: str, hub_api: HubApi) -> None:
    hub_api.last_uses[note] = datetime.now(UTC) - timedelta(minutes=10)
    assert not is_idle(hub_api, inactive=HOUR, url=url)


def test_a_server_that_has_never_reported_is_judged_by_its_requests(hub_api: HubApi) -> None:
    assert is_idle(hub_api, inactive=HOUR)
    hub_api.last_uses[f"Server at {SERVER['url']}"] = None
    assert is_idle(hub_api, inactive=HOUR)


def test_no_server_is_culled_while_the_hub_does_not_answer(hub_api: HubApi) -> None:
    hub_api.down = True
    # The culler logs it, and goes on with the next user.
    with pytest.raises(HTTPClientError, match="503"):
        is_idle(hub_api, inactive=HOUR)


def test_the_command_line_of_the_culler_has_the_hook() -> None:
    culler = NotebookCuller()
    culler.initialize(["--timeout=300", "--cull-every=60"])
    assert culler.cull_arbiter_hook == culler.is_over


@pytest.mark.parametrize(
    ("options", "hours", "over"),
    [
        ({"choice": "gpu"}, 7.9, False),
        ({"choice": "gpu"}, 8.1, True),
        ({"choice": "small"}, 99, False),
        ({"choice": ["gpu"]}, 99, False),
        ({}, 99, False),
        (None, 99, False),
    ],
)
def test_a_server_is_over_after_the_hours_of_its_choice(
    options: dict[str, object] | None,
    hours: float,
    over: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    culler = NotebookCuller()
    culler.initialize(["--NotebookCuller.choice_hours=gpu=8", "--NotebookCuller.choice_hours=large=100"])
    started = (datetime.now(UTC) - timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    server = {**SERVER, "user_options": options, "started": started}
    found = culler.is_over(server=server, inactive=timedelta(0), inactive_limit=HOUR)
    assert asyncio.run(found) is over
