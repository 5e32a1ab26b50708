"""Whoever meets a limit of the hub reads in words what it is and when to try again."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from jupyterhub.handlers.base import BaseHandler
from tornado import web
from traitlets.config import Config

from hub import start_limits
from hub.contract import HubConfig
from hub.errors import HubError
from hub.start_limits import LimitError


def _of_jupyterhub(retry: int | None) -> web.HTTPError:
    """Return the error that JupyterHub raises."""
    error = web.HTTPError(429, "Active user limit exceeded. Try again in a few minutes.")
    if retry is not None:
        error.headers = {"Retry-After": retry}  # pyright: ignore[reportAttributeAccessIssue] -- as JupyterHub does
    return error


def _told(raised: Exception) -> Exception:
    async def start(*_: object, **__: object) -> None:
        raise raised

    async def told() -> None:
        handler: Any = SimpleNamespace()
        await start_limits.telling(start)(handler, handler)

    with pytest.raises(type(raised)) as found:
        asyncio.run(told())
    return found.value


def test_the_limits_are_those_of_the_settings(hub_config: HubConfig) -> None:
    c = Config()
    start_limits.configure(c, hub_config.model_copy(update={"concurrent_starts": 20, "active_servers": 300}))
    assert (c.JupyterHub.concurrent_spawn_limit, c.JupyterHub.active_server_limit) == (20, 300)


def test_a_start_among_too_many_is_told_when_to_try_again() -> None:
    told = _told(_of_jupyterhub(37))
    assert isinstance(told, LimitError)
    assert told.jupyterhub_message == (
        "Many people are starting a server at this moment. Yours is not started yet. Try again in 37 seconds."
    )
    assert (told.status_code, told.headers) == (429, {"Retry-After": "37"})


def test_a_full_hub_says_that_it_is_full() -> None:
    told = _told(_of_jupyterhub(None))
    assert isinstance(told, LimitError)
    assert told.jupyterhub_message.startswith("This hub is full: as many servers run as it may have.")
    assert (told.status_code, told.headers) == (429, {})


@pytest.mark.parametrize("error", [HubError(["Too many streams."], status=429), web.HTTPError(403), ValueError("a")])
def test_other_errors_stay_as_they_are(error: Exception) -> None:
    assert _told(error) is error


def test_configured_twice_the_start_is_wrapped_once(hub_config: HubConfig) -> None:
    start_limits.configure(Config(), hub_config)
    before = BaseHandler.spawn_single_user
    start_limits.configure(Config(), hub_config)
    assert BaseHandler.spawn_single_user is before
