"""Repeated authorization of signed-in users.

JupyterHub and OAuthenticator authorize at sign-in only: a user who leaves an organization, or is removed from a list,
keeps the session. See `docs/decisions/9-recheck.md`.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from jupyterhub.utils import maybe_future

from hub.accounts import AccountMixin, is_admin
from hub.errors import HubError, RefusedError
from hub.people import groups_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.handlers.base import BaseHandler
    from jupyterhub.user import User

_PATIENCE: Final = 5
"""Seconds that a page waits for the provider's answer."""


class RefreshMixin(AccountMixin):
    """Mixin, before an authenticator's class, whose `refresh_user` authorizes as at sign-in.

    JupyterHub calls it for requests of users whose last check is older than `auth_refresh_age`, and before it starts a
    server. A running notebook server reports its activity once a minute, so its user is checked without any request.
    """

    async def current_model(self, user: User, handler: BaseHandler | None) -> dict[str, Any] | bool:
        """Return the auth model as the provider reports it now; True: as it was; False: only a sign-in can tell.

        Raises:
            RefusedError: The provider says that the user is not authorized.
        """
        return await super().refresh_user(user, handler)

    async def refresh_user(self, user: User, handler: BaseHandler | None = None) -> dict[str, Any] | bool:
        """Return the auth model, True if it cannot be checked now, or False if the user must sign in again.

        Running servers of a user who is no longer authorized are stopped; the home and the database entry are kept.

        Raises:
            HubError: The user is not authorized, and this request cannot be redirected to the sign-in page.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                model = await self._authorized_model(user, handler)
        except RefusedError as error:
            self.log.warning("%s is refused: %s", user.name, error.jupyterhub_message)
            model = None
        except HubError as error:
            self.log.warning("Keeping the session of %s unchecked: %s", user.name, error.jupyterhub_message)
            return True
        except TimeoutError:
            self.log.warning("Keeping the session of %s unchecked: no answer within %s s", user.name, _PATIENCE)
            return True
        except Exception:  # an error, whichever, says nothing about the user
            self.log.exception("Keeping the session of %s unchecked", user.name)
            return True
        if isinstance(model, dict):
            return model
        is_own = handler is None or handler.current_user is user
        by_token = handler is not None and handler.get_token() is not None
        if model is None:
            self.log.warning("Ending the session of %s, who is no longer authorized", user.name)
            if handler is not None:
                _stop_servers(user, handler)
            reason = f"{user.name} is no longer authorized to use this hub."
            can_go_on = False
        else:
            reason = f"The sign-in of {user.name} has ended: sign in to the hub again."
            # A running server can save and report its activity; an API token alone starts no other one.
            can_go_on = not is_own or any(spawner.active for spawner in user.spawners.values())
        if can_go_on or (is_own and not by_token):
            return False  # own pages lead to the sign-in
        raise HubError([reason], status=HTTPStatus.FORBIDDEN)

    async def _authorized_model(self, user: User, handler: BaseHandler | None) -> dict[str, Any] | bool | None:
        """Return the auth model; None if the user is not authorized; False if only a sign-in can tell."""
        remembered: dict[str, Any] = {"name": user.name, "user_info": getattr(user, "user_info", None)}
        if not await maybe_future(self.check_blocked_users(user.name, remembered)):
            return None
        if self.manage_groups:
            remembered["groups"] = sorted(groups_of(user))
        known = await self.current_model(user, handler)
        if not known:
            return False
        model = remembered if known is True else await self.refreshed(user, {**remembered, **known}, handler)
        if model is None:
            return False
        model["admin"] = is_admin(self, user.name, model)
        return model if await self.is_authorized(user.name, model) else None

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
