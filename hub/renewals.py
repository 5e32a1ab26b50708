"""Renewals of tokens: one at a time for each user, and none whose result is lost.

Many providers take a refresh token once, and a second use for a theft that ends the sign-in. So requests of one user
at the same time share a renewal, and one that takes longer than a page waits goes on: the next check takes its result.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Model = dict[str, Any]


class _Renewal(NamedTuple):
    token: str
    """The refresh token that is, or was, used."""
    task: asyncio.Future[Model]


class Renewals:
    """The renewals that are under way, or whose new token may not be stored yet."""

    def __init__(self) -> None:
        self._by_user: dict[str, _Renewal] = {}

    async def of(self, user: str, token: str, renew: Callable[[], Awaitable[Model]]) -> Model:
        """Return the auth model of a renewal.

        Args:
            user: Name of the user.
            token: The refresh token, as it is stored now.
            renew: Uses it.
        """
        renewal = self._by_user.get(user)
        if renewal is None or renewal.token != token:
            renewal = _Renewal(token, asyncio.ensure_future(renew()))
            self._by_user[user] = renewal
        task = renewal.task
        try:
            model = await asyncio.shield(task)
        except BaseException:
            if task.done():  # an error; else this request does not wait any longer
                self._forget(user, renewal)
            raise
        if model["auth_state"]["refresh_token"] == token:
            self._forget(user, renewal)  # it may be used again
        return model

    def _forget(self, user: str, renewal: _Renewal) -> None:
        if self._by_user.get(user) is renewal:
            del self._by_user[user]
