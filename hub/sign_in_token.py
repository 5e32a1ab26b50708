"""Access token of the sign-in, for the servers of its user, who ask for it each time they need it.

In the environment of a server it would be what it was at the start, and soon expired.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from jupyterhub import apihandlers
from jupyterhub.apihandlers.base import APIHandler

from hub.errors import HubError

if TYPE_CHECKING:
    from traitlets.config import Config

SCOPE: Final = "custom:sign-in-token:read"
"""Scope that servers have for their own user. The token that a visitor of a server gives to it has no such scope: a
server must not get the tokens of others."""

OWN_SCOPE: Final = f"{SCOPE}!user"
"""The scope for one's own token, of the roles `user` and `server`."""

PATH: Final = "/api/sign-in-token"
"""Path below the hub's base URL."""


class SignInToken(APIHandler):
    """The access token of the user who asks."""

    async def get(self) -> None:
        """Write the token as JSON: `access_token`. JupyterHub has renewed it, if the authenticator does.

        Raises:
            HubError: The request has no API token with the scope; or there is no token of the sign-in, as the user
                signed in before the hub kept them.
        """
        user = self.current_user
        if user is None or self.get_token() is None or not self.has_scope(f"{SCOPE}!user={user.name}"):
            raise HubError(["This address is for servers, with their API token."], status=HTTPStatus.FORBIDDEN)
        state = await user.get_auth_state() or {}
        token = state.get("access_token")
        if not isinstance(token, str):
            reasons = ["The hub has no token of your sign-in.", "Sign out of the hub, and sign in again."]
            raise HubError(reasons, status=HTTPStatus.NOT_FOUND)
        self.set_header("Cache-Control", "no-store")
        self.write({"access_token": token})  # pyright: ignore[reportUnknownMemberType] -- Tornado has dict without types


def configure(c: Config) -> None:
    """Keep the tokens of sign-ins, encrypted, and answer servers that ask for that of their user."""
    c.Authenticator.enable_auth_state = True
    c.JupyterHub.custom_scopes = {SCOPE: {"description": "Read the access token of one's own sign-in"}}
    rule = (PATH, SignInToken)
    if rule not in apihandlers.default_handlers:
        apihandlers.default_handlers.append(rule)
