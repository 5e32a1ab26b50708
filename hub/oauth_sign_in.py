"""Sign-in at a provider with OAuth: what GitHub and OpenID providers have in common."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from oauthenticator.oauth2 import OAuthenticator
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from hub.errors import HubError, UpstreamError
from hub.refresh import RefreshMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.handlers.base import BaseHandler
    from tornado.httpclient import HTTPRequest

SIGN_IN_SECONDS: Final = 20
"""Time for all requests of one sign-in."""


class OAuthSignIn(RefreshMixin, OAuthenticator):
    """Mixin, before a class of OAuthenticator, that keeps apart what the provider answers, and errors of asking."""

    service: str
    """Name of the provider in messages."""

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

    async def fetch(
        self,
        req: HTTPRequest,
        label: str = "fetching",
        parse_json: bool = True,  # noqa: FBT001, FBT002 OAuthenticator's own
        **kwargs: object,
    ) -> Any:  # noqa: ANN401 JSON, or the response itself
        """Send a request to the provider.

        Raises:
            UpstreamError: No answer, any error but a definite one, or a response that is no JSON object.
            HTTPClientError: A definite answer of the provider; see `error_of_answer`.
        """
        try:
            answer: Any = await super().fetch(req, label, parse_json, **kwargs)
        except HTTPClientError as error:
            other = self.error_of_answer(req, error)
            if other is None:
                raise
            raise other from error
        except (ValueError, RecursionError) as error:
            raise UpstreamError(self.service, "a response that is no JSON") from error
        except Exception as error:  # the connection's, or of whatever is in the response
            raise UpstreamError(self.service, str(error) or type(error).__name__) from error
        if not parse_json:
            return answer
        if not isinstance(answer, dict):
            raise UpstreamError(self.service, "a response that is no JSON object")
        return cast("dict[str, Any]", answer)

    def error_of_answer(self, req: HTTPRequest, error: HTTPClientError) -> Exception | None:
        """Return the error to raise for an answer with an error status; None if that is definite, and raised itself."""
        raise NotImplementedError  # each provider has its own; the metaclass of traitlets rules out an abstract method


def many_requests() -> AsyncHTTPClient:
    """Return a client whose requests do not wait for those of other users; Tornado's has 10 at a time."""
    return AsyncHTTPClient(force_instance=True, max_clients=200)
