"""Sign-in with Google's Identity-Aware Proxy (IAP): it signs in each request what it knows of the visitor.

That signature is all that counts. Who comes past IAP, by a port-forward or from another pod, has none.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

import jwt
from jupyterhub.auth import Authenticator  # pyright: ignore[reportMissingTypeStubs] -- it ships no types
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from traitlets import Unicode

from hub.errors import HubError, UpstreamError

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping

    from tornado.httputil import HTTPServerRequest

HEADER: Final = "X-Goog-IAP-JWT-Assertion"
"""The header with IAP's word. IAP takes away what a visitor sends under that name."""

ISSUER: Final = "https://cloud.google.com/iap"

_ALGORITHM: Final = "ES256"
_CLAIMS: Final = ["exp", "iat", "iss", "aud", "email"]
_SKEW: Final = 30
"""Seconds by which two clocks may differ, as Google has it."""
_EMAIL: Final = re.compile(r"[^\s@/:,]+@[^\s@/:,]+")
"""Other identities than Google accounts have a prefix."""


class IapAuthenticator(Authenticator):
    """Believes IAP, and nobody else, who a visitor is: a Google account, whose e-mail is the name."""

    log: logging.Logger

    audience = Unicode(
        help="For whom IAP's word must be: a backend service, or with / at the end any whose name begins so."
    ).tag(config=True)
    keys_url = Unicode(
        "https://www.gstatic.com/iap/verify/public_key-jwk", help="Where Google tells the keys that IAP signs with."
    ).tag(config=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._keys = _Keys(str(self.keys_url), self.log)

    async def authenticate(self, handler: Any, data: object = None) -> Any:  # noqa: ANN401, ARG002 JupyterHub's own, without types
        """Return the name of whoever sends this request.

        Raises:
            HubError: IAP does not say so.
            UpstreamError: Google does not tell its keys.
        """
        return {"name": await self._visitor(handler.request)}

    async def get_authenticated_user(self, handler: Any, data: Any) -> Any:  # noqa: ANN401 as above
        """Return what is known of the person who signs in.

        Raises:
            HubError: They may not.
        """
        model = await cast("Any", super()).get_authenticated_user(handler, data)
        if model is None:
            raise HubError(
                [
                    "Your Google account may not use this hub. Ask whoever runs it.",
                    "If you have another, first sign out of this one: open /_gcp_iap/clear_login_cookie at this site.",
                ],
                status=HTTPStatus.FORBIDDEN,
            )
        return model

    async def refresh_user(self, user: Any, handler: Any = None, **_: object) -> Any:  # noqa: ANN401 as above
        """Return whether somebody's cookie still goes with who they are to IAP. A server's own requests tell nothing.

        Raises:
            UpstreamError: Google does not tell its keys.
        """
        if handler is None or handler.current_user is not user or HEADER not in handler.request.headers:
            return True
        try:
            visitor = await self._visitor(handler.request)
        except UpstreamError:
            raise
        except HubError:
            return False
        return cast("Any", self).normalize_username(visitor) == user.name

    async def _visitor(self, request: HTTPServerRequest) -> str:
        assertions = request.headers.get_list(HEADER)
        if not assertions:
            raise HubError(
                [
                    "People sign in to this hub with Google's Identity-Aware Proxy, and this request did not pass it.",
                    "Open the hub at its public address; a port-forward leads past the proxy.",
                ],
                status=HTTPStatus.FORBIDDEN,
            )
        try:
            return await self._email(assertions[0])
        except jwt.PyJWTError as error:
            self.log.warning("What IAP says of a visitor is not accepted: %s", error)
            raise HubError(
                [
                    f"What Google's Identity-Aware Proxy says of you is not accepted by this hub: {error}.",
                    "Load the page again; if that does not help, tell whoever runs this hub.",
                ],
                status=HTTPStatus.FORBIDDEN,
            ) from None

    async def _email(self, assertion: str) -> str:
        key_id = str(jwt.get_unverified_header(assertion).get("kid"))
        claims: Mapping[str, object] = jwt.decode(
            assertion,
            await self._keys.find(key_id),
            algorithms=[_ALGORITHM],
            issuer=ISSUER,
            leeway=_SKEW,
            # The audience is checked below, as its end may be open.
            options={"require": _CLAIMS, "verify_aud": False},
        )
        if not self._is_for_this_hub(claims["aud"]):
            msg = f"its audience is {claims['aud']}, and not {self.audience}"
            raise jwt.InvalidAudienceError(msg)
        email = str(claims["email"])
        if _EMAIL.fullmatch(email) is None:
            msg = f"{email} is not the e-mail of a Google account"
            raise jwt.InvalidTokenError(msg)
        return email

    def _is_for_this_hub(self, audience: object) -> bool:
        ours = str(self.audience)
        if not isinstance(audience, str) or not ours:
            return False
        if ours.endswith("/"):
            return audience.startswith(ours) and audience.removeprefix(ours).isdigit()
        return audience == ours


class _Keys:
    """The keys that IAP signs with, as Google last told them."""

    _FRESH = 3600
    """Seconds after which they are asked for anew."""
    _PAUSE = 10
    """Seconds between two questions, however many unknown keys are shown."""

    def __init__(self, url: str, log: logging.Logger) -> None:
        self._url = url
        self._log = log
        self._lock = asyncio.Lock()
        self._known: Mapping[str | None, jwt.PyJWK] = {}
        self._asked = float("-inf")
        self._trouble: str | None = None

    async def find(self, key_id: str) -> jwt.PyJWK:
        """Return the key.

        Raises:
            UpstreamError: It is not known, and Google does not answer.
            jwt.InvalidKeyError: Google has no such key.
        """
        async with self._lock:
            patience = self._FRESH if key_id in self._known else self._PAUSE
            if time.monotonic() - self._asked > patience:
                await self._ask()
        if key_id in self._known:
            return self._known[key_id]
        if self._trouble is not None:
            raise UpstreamError("Google", self._trouble)
        msg = "it is signed with a key that Google does not know"
        raise jwt.InvalidKeyError(msg)

    async def _ask(self) -> None:
        """Ask Google. If that fails, what was known stays."""
        self._asked = time.monotonic()
        try:
            answer = await AsyncHTTPClient().fetch(self._url, connect_timeout=5, request_timeout=10)
            keys = jwt.PyJWKSet.from_dict(json.loads(answer.body))
        except (HTTPClientError, OSError, ValueError, AttributeError, jwt.PyJWTError) as error:
            self._trouble = f"{self._url}: {error}"
            self._log.warning("The keys of IAP cannot be had. %s", self._trouble)
        else:
            self._known, self._trouble = {key.key_id: key for key in keys.keys}, None
