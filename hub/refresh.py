"""Repeated authorization of signed-in users.

JupyterHub and OAuthenticator authorize at sign-in only: a user who leaves an organization, or is removed from a list,
keeps the session. See `docs/decisions/9-recheck.md`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jupyterhub.utils import maybe_future

from hub.errors import HubError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.auth import Authenticator
    from jupyterhub.handlers.base import BaseHandler
    from jupyterhub.user import User
else:
    Authenticator = object


class RefreshMixin(Authenticator):
    """Mixin, before an authenticator's class, whose `refresh_user` authorizes as at sign-in.

    JupyterHub calls it for requests of users whose last check is older than `auth_refresh_age`, and before it starts a
    server. A running notebook server reports its activity once a minute, so its user is checked without any request.
    """

    async def refresh_user(self, user: User, handler: BaseHandler | None = None) -> dict[str, Any] | bool:
        """Return the auth model as a dict, True if it cannot be checked now, or False if the user must sign in again.

        Running servers of a user who is no longer authorized are stopped; the home and the database entry are kept.
        """
        try:
            known = await super().refresh_user(user, handler)
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
        if handler is not None:
            _stop_servers(user, handler)
        return False

    async def is_authorized(self, name: str, model: Mapping[str, Any]) -> bool:
        """Return whether a user is authorized, by the same rules as at sign-in."""
        if not await maybe_future(self.check_blocked_users(name, model)):
            return False
        return self.allow_all or bool(await maybe_future(self.check_allowed(name, model)))


_stopping: set[asyncio.Task[object]] = set()
"""References to running tasks: asyncio keeps weak ones only."""


def _stop_servers(user: User, handler: BaseHandler) -> None:
    """Stop the running servers of a user in the background of the current request."""
    for name in [name for name, spawner in user.spawners.items() if spawner.ready]:
        task = asyncio.create_task(handler.stop_single_user(user, name))
        _stopping.add(task)
        task.add_done_callback(_stopping.discard)
