"""Handlers that lead to the OpenID provider: for signing in, and for signing out there, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jupyterhub.handlers.login import LogoutHandler
from oauthenticator.oauth2 import OAuthLoginHandler, OAuthLogoutHandler

if TYPE_CHECKING:
    from hub.oidc import OidcSignIn


class OidcLoginHandler(OAuthLoginHandler):
    """Beginning of a sign-in."""

    async def get(self) -> None:
        """Lead to the provider, whose address it says itself.

        Raises:
            UpstreamError: It does not answer.
        """
        await cast("OidcSignIn", self.authenticator).discover()
        super().get()


class OidcLogoutHandler(OAuthLogoutHandler):
    """End of a session."""

    _address: str | None = None

    async def default_handle_logout(self) -> None:
        """End the session, and keep in mind where the provider ends its own, which needs the user's ID token."""
        if user := self.current_user:
            self._address = await cast("OidcSignIn", self.authenticator).logout_address(user, self)
        await super().default_handle_logout()

    async def render_logout_page(self) -> None:
        """Lead to the provider, which leads back to this address; without a session, show the hub's page."""
        if self._address:
            self.redirect(self._address)
        else:
            await LogoutHandler.render_logout_page(self)
