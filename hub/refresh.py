"""Asks again and again whether somebody who once signed in may still be here.

JupyterHub and OAuthenticator ask only at sign-in: whoever leaves an organization, or is taken out of a list, stays
until the session ends. See `docs/decisions/9-recheck.md`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from jupyterhub.utils import (  # pyright: ignore[reportMissingTypeStubs] -- it ships no types
    maybe_future,  # pyright: ignore[reportUnknownVariableType] -- as above
)

from hub.errors import HubError, UpstreamError

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping


class RefreshMixin:
    """Put before an authenticator's class: makes `refresh_user` check as a sign-in does.

    JupyterHub calls that for a request of somebody whose last check is older than `auth_refresh_age`, and before it
    starts a server. A running notebook server reports its activity once a minute, so those who have one are checked
    without doing anything.
    """

    # Of the class behind this one, jupyterhub.auth.Authenticator.
    log: logging.Logger
    allow_all: bool
    admin_users: set[str]

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: object) -> Any:  # noqa: ANN401 JupyterHub's own, without types
        """Return, as a dict, what is known of a person now, or False if they have to sign in again.

        Who is not allowed any more loses the running notebook server, too: home and database stay. While the other side
        does not answer, people stay.
        """
        try:
            known = await cast("Any", super()).refresh_user(user, handler, **kwargs)
            if not known:
                return False  # a token that is not accepted any more tells nothing: signing in again does
            model: dict[str, Any] = {"name": user.name, **({} if known is True else known)}
            model["admin"] = user.name in self.admin_users
            # An account with another name is another person.
            if model["name"] == user.name and await self.is_welcome(user.name, model):
                return model
        except UpstreamError as outage:
            self.log.warning("%s stays without a new check: %s", user.name, outage.jupyterhub_message)
            return True
        except HubError as refusal:
            self.log.warning("%s is turned out: %s", user.name, refusal.jupyterhub_message)
        else:
            self.log.warning("%s is not allowed any more, and is turned out", user.name)
        _stop_servers(user, handler)
        return False

    async def is_welcome(self, name: str, model: Mapping[str, Any]) -> bool:
        """Return whether somebody may be here, by all that decides that at sign-in."""
        this, result = cast("Any", self), cast("Any", maybe_future)
        if not await result(this.check_blocked_users(name, model)):
            return False
        return self.allow_all or bool(await result(this.check_allowed(name, model)))


_stopping: set[asyncio.Task[None]] = set()
"""Holds on to running tasks, which asyncio does not."""


def _stop_servers(user: Any, handler: Any) -> None:  # noqa: ANN401 as above
    """Stop the running servers of somebody, behind the back of the request that noticed."""
    for name in [name for name, spawner in user.spawners.items() if spawner.ready]:
        task = asyncio.create_task(handler.stop_single_user(user, name))
        _stopping.add(task)
        task.add_done_callback(_stopping.discard)
