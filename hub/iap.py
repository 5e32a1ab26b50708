"""Sign-in with Google's Identity-Aware Proxy (IAP), which adds a signed token with the user's e-mail to each request.

Only a valid token counts. Requests that bypass IAP, such as a port-forward or another pod's, have none.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import jwt
from jupyterhub.auth import Authenticator
from traitlets import Unicode

from hub.errors import HubError, UpstreamError
from hub.jwks import Keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.handlers.base import BaseHandler
    from jupyterhub.user import User
    from tornado.httputil import HTTPServerRequest

HEADER: Final = "X-Goog-IAP-JWT-Assertion"
"""IAP's signed header. IAP strips it from incoming requests."""

ISSUER: Final = "https://cloud.google.com/iap"

_ALGORITHM: Final = "ES256"
_CLAIMS: Final = ["exp", "iat", "iss", "aud", "email"]
_LEEWAY: Final = 30
"""Allowed clock skew in seconds, as in Google's documentation."""
_EMAIL: Final = re.compile(r"[^\s@/:,]+@[^\s@/:,]+")
"""E-mail of a Google account. Other identities have a prefix."""


class IapAuthenticator(Authenticator):
    """Authenticator that accepts IAP tokens only. A new user's name is the e-mail of the Google account."""

    user_auth_state_key = "iap"

    audience = Unicode(
        help="Expected aud claim: a backend service, or a prefix that ends in / for any backend service of a project."
    ).tag(config=True)
    keys_url = Unicode("https://www.gstatic.com/iap/verify/public_key-jwk", help="URL of IAP's public keys.").tag(
        config=True
    )

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._keys = Keys("Google", str(self.keys_url), self.log)

    async def authenticate(self, handler: BaseHandler, data: object = None) -> dict[str, Any]:  # noqa: ARG002 unused
        """Return the name of the user who sends this request.

        Raises:
            HubError: The IAP token is missing or invalid.
            UpstreamError: Google's keys are not available.
        """
        return await self._model(handler.request)

    async def get_authenticated_user(self, handler: BaseHandler, data: Mapping[str, str] | None) -> dict[str, Any]:
        """Return the auth model of the user who signs in.

        Raises:
            HubError: The user is not authorized.
        """
        model = await super().get_authenticated_user(handler, data)
        if model is None:
            raise HubError(
                [
                    "Your Google account may not use this hub. Ask its operator for access.",
                    "To use another account, sign out first: open /_gcp_iap/clear_login_cookie at this site.",
                ],
                status=HTTPStatus.FORBIDDEN,
            )
        return model

    async def refresh_user(self, user: User, handler: BaseHandler | None = None) -> dict[str, Any] | bool:
        """Return the account of the IAP token, False if it is invalid, or True if the request has none, as of a server.

        Raises:
            UpstreamError: Google's keys are not available.
        """
        if handler is None or handler.current_user is not user or HEADER not in handler.request.headers:
            return True
        try:
            return await self._model(handler.request)
        except UpstreamError:
            raise
        except HubError:
            return False

    async def _model(self, request: HTTPServerRequest) -> dict[str, Any]:
        assertions = request.headers.get_list(HEADER)
        if not assertions:
            raise HubError(
                [
                    "This hub uses Google's Identity-Aware Proxy, and this request did not pass through it.",
                    "Open the hub at its public URL; a port-forward bypasses the proxy.",
                ],
                status=HTTPStatus.FORBIDDEN,
            )
        try:
            claims = await self._claims(assertions[0])
        except jwt.PyJWTError as error:
            self.log.warning("Invalid IAP token: %s", error)
            raise HubError(
                [
                    f"The token of Google's Identity-Aware Proxy is not valid for this hub: {error}.",
                    "Reload the page. If that does not help, tell the operator of this hub.",
                ],
                status=HTTPStatus.FORBIDDEN,
            ) from None
        return {
            "name": claims["email"],
            "auth_state": {self.user_auth_state_key: {"iss": ISSUER, "sub": claims.get("sub")}},
        }

    async def _claims(self, assertion: str) -> Mapping[str, Any]:
        key_id = str(jwt.get_unverified_header(assertion).get("kid"))
        claims: Mapping[str, Any] = jwt.decode(
            assertion,
            await self._keys.find(key_id),
            algorithms=[_ALGORITHM],
            issuer=ISSUER,
            leeway=_LEEWAY,
            # The audience is checked below: it may be a prefix.
            options={"require": _CLAIMS, "verify_aud": False},
        )
        if not self._is_for_this_hub(claims["aud"]):
            msg = f"its audience is {claims['aud']}, and not {self.audience}"
            raise jwt.InvalidAudienceError(msg)
        email = str(claims["email"])
        if _EMAIL.fullmatch(email) is None:
            msg = f"{email} is not the e-mail of a Google account"
            raise jwt.InvalidTokenError(msg)
        return claims

    def _is_for_this_hub(self, audience: object) -> bool:
        ours = str(self.audience)
        if not isinstance(audience, str) or not ours:
            return False
        if ours.endswith("/"):
            return audience.startswith(ours) and audience.removeprefix(ours).isdigit()
        return audience == ours
