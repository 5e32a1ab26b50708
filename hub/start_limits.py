"""Limits of servers that start and run at the same time, with words for those who have to wait."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from jupyterhub.handlers.base import BaseHandler
from tornado import web

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jupyterhub.user import User
    from traitlets.config import Config

    from hub.contract import HubConfig

RETRY: Final = "Retry-After"
"""Header with the seconds after which to try again."""


class Words:
    """This hub's words for the limits."""

    are_told = False
    """Whether JupyterHub's start of a server has them."""


def configure(c: Config, config: HubConfig) -> None:
    """Set the limits, and the words. May be called again."""
    c.JupyterHub.concurrent_spawn_limit = config.concurrent_starts
    c.JupyterHub.active_server_limit = config.active_servers
    if not Words.are_told:
        BaseHandler.spawn_single_user = telling(BaseHandler.spawn_single_user)
        Words.are_told = True


class LimitError(HubError):
    """A limit is reached."""

    def __init__(self, retry: int | None) -> None:
        """Set the reasons.

        Args:
            retry: Seconds after which a start may succeed; None: a server has to stop first.
        """
        reasons = (
            [
                "This hub is full: as many servers run as it may have.",
                "Try again later. Idle servers are stopped, and others can stop theirs on the home page.",
            ]
            if retry is None
            else [
                "Many people are starting a server at this moment.",
                f"Yours is not started yet. Try again in {retry} seconds.",
            ]
        )
        super().__init__(reasons, status=HTTPStatus.TOO_MANY_REQUESTS)
        # JupyterHub sends them with the error.
        self.headers = {} if retry is None else {RETRY: str(retry)}


def telling(start: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return JupyterHub's start of a server, by whatever way, with this hub's words for its limits."""

    async def spawn_single_user(self: BaseHandler, user: User, *args: object, **options: object) -> None:
        try:
            await start(self, user, *args, **options)
        except web.HTTPError as error:
            if error.status_code != HTTPStatus.TOO_MANY_REQUESTS or isinstance(error, HubError):
                raise
            # Only the limit of starts says when to try again.
            retry = getattr(error, "headers", {}).get(RETRY)
            raise LimitError(None if retry is None else int(retry)) from error

    return spawn_single_user
