"""Sign-in at a provider with OAuth: what GitHub and OpenID providers have in common."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from hub.errors import HubError, UpstreamError
from hub.refresh import RefreshMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.handlers.base import BaseHandler

SIGN_IN_SECONDS: Final = 20
"""Time for all requests of one sign-in."""


class OAuthSignIn(RefreshMixin):
    """Mixin, before a class of OAuthenticator, that keeps apart what the provider answers, and errors of asking."""

    service: str
    """Name of the provider in messages."""
    custom_403_message: str

    async def get_authenticated_user(self, handler: BaseHandler, data: Mapping[str, str] | None) -> dict[str, Any]:
        """Return the auth model of the user who signs in.

        Raises:
            UpstreamError: The provider does not answer.
            HubError: The user is not authorized.
        """
        try:
            async with asyncio.timeout(SIGN_IN_SECONDS):
                model = await super().get_authenticated_user(handler, data)
        except TimeoutError:
            raise UpstreamError(self.service, f"no answer within {SIGN_IN_SECONDS} s") from None
        except HTTPClientError as error:  # 401 for a new token
            raise UpstreamError(self.service, str(error)) from error
        if model is None:
            raise HubError([self.custom_403_message], status=HTTPStatus.FORBIDDEN)
        return model


def many_requests() -> AsyncHTTPClient:
    """Return a client whose requests do not wait for those of other users; Tornado's has 10 at a time."""
    return AsyncHTTPClient(force_instance=True, max_clients=200)
