"""Repeated authorization of signed-in users.

JupyterHub and OAuthenticator authorize at sign-in only: a user who leaves an organization, or is removed from a list,
keeps the session. See `docs/decisions/9-recheck.md`.
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
    """Mixin, before an authenticator's class, whose `refresh_user` authorizes as at sign-in.

    JupyterHub calls it for requests of users whose last check is older than `auth_refresh_age`, and before it starts a
    server. A running notebook server reports its activity once a minute, so its user is checked without any request.
    """

    # Of the class behind this one, jupyterhub.auth.Authenticator.
    log: logging.Logger
    allow_all: bool
    admin_users: set[str]

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: object) -> Any:  # noqa: ANN401 JupyterHub's own, without types
        """Return the auth model as a dict, True if it cannot be checked now, or False if the user must sign in again.

        Running servers of a user who is no longer authorized are stopped; the home and the database entry are kept.
        """
        try:
            known = await cast("Any", super()).refresh_user(user, handler, **kwargs)
            if not known:
                return False  # an expired token says nothing about authorization: a new sign-in does
            model: dict[str, Any] = {"name": user.name, **({} if known is True else known)}
            model["admin"] = user.name in self.admin_users
            # A renamed account may belong to another person.
            if model["name"] == user.name and await self.is_authorized(user.name, model):
                return model
        except UpstreamError as outage:
            self.log.warning("Keeping the session of %s unchecked: %s", user.name, outage.jupyterhub_message)
            return True
        except HubError as refusal:
            self.log.warning("Ending the session of %s: %s", user.name, refusal.jupyterhub_message)
        else:
            self.log.warning("Ending the session of %s, who is no longer authorized", user.name)
        _stop_servers(user, handler)
        return False

    async def is_authorized(self, name: str, model: Mapping[str, Any]) -> bool:
        """Return whether a user is authorized, by the same rules as at sign-in."""
        this, result = cast("Any", self), cast("Any", maybe_future)
        if not await result(this.check_blocked_users(name, model)):
            return False
        return self.allow_all or bool(await result(this.check_allowed(name, model)))


_stopping: set[asyncio.Task[None]] = set()
"""References to running tasks: asyncio keeps weak ones only."""


def _stop_servers(user: Any, handler: Any) -> None:  # noqa: ANN401 as above
    """Stop the running servers of a user in the background of the current request."""
    for name in [name for name, spawner in user.spawners.items() if spawner.ready]:
        task = asyncio.create_task(handler.stop_single_user(user, name))
        _stopping.add(task)
        task.add_done_callback(_stopping.discard)
