"""Renewals of tokens: one at a time for each user, and none whose result is lost.

Many providers take a refresh token once, and a second use for a theft that ends the sign-in. So requests of one user
at the same time share a renewal, one that takes longer than a page waits goes on, and the next check takes its result.
If what follows the renewal fails, the next check continues with the new token.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Model = dict[str, Any]
    Renew = Callable[[str, Callable[[str], None]], Awaitable[Model]]


@dataclass
class _Renewal:
    stored: str
    """The refresh token in the database."""
    latest: str
    """The one that the provider takes now."""
    task: asyncio.Future[Model] | None = None

    def keep(self, token: str) -> None:
        self.latest = token


class Renewals:
    """The renewals that are under way, or whose new token may not be stored yet."""

    def __init__(self) -> None:
        """Begin without any."""
        self._by_user: dict[str, _Renewal] = {}

    async def of(self, user: str, stored: str, renew: Renew) -> Model:
        """Return the auth model of a renewal.

        Args:
            user: Name of the user.
            stored: The refresh token in the database.
            renew: Uses a refresh token. It passes the new one on as soon as it has it.
        """
        renewal = self._by_user.get(user)
        if renewal is None or renewal.stored != stored:
            renewal = self._by_user[user] = _Renewal(stored, stored)
        if renewal.task is None:
            renewal.task = asyncio.ensure_future(renew(renewal.latest, renewal.keep))
        task = renewal.task
        try:
            model = await asyncio.shield(task)
        except BaseException:
            if task.done():  # an error; else this request does not wait any longer
                renewal.task = None
                self._forget(user, renewal)
            raise
        self._forget(user, renewal)
        return model

    def _forget(self, user: str, renewal: _Renewal) -> None:
        """Forget a renewal whose token is still the one in the database."""
        if renewal.latest == renewal.stored and self._by_user.get(user) is renewal:
            del self._by_user[user]
