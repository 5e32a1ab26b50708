"""An OpenID provider: its addresses, from its discovery document, and the ID tokens that it signs."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from urllib.parse import urlsplit

import jwt
from tornado.httpclient import HTTPClientError

from hub.errors import HubError, UpstreamError
from hub.jwks import Keys

if TYPE_CHECKING:
    import logging
    from collections.abc import Awaitable, Callable, Mapping

    from hub.contract_oidc import Oidc

_DISCOVERY: Final = "/.well-known/openid-configuration"
_MAX_AGE: Final = 3600
"""Seconds for which a discovery document is used. If the provider does not answer then, longer."""
_MIN_INTERVAL: Final = 5
"""Seconds between two requests for it, however many people sign in during an outage."""
_LEEWAY: Final = 30
"""Allowed clock skew in seconds."""
_ALGORITHMS: Final = frozenset({*(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)), "EdDSA"})
"""Algorithms with a public key. Those with the client secret, and none, are refused."""
_CLAIMS: Final = ["iss", "sub", "aud", "exp", "iat"]
"""Claims that an ID token must have (OpenID Connect Core 1.0, section 2)."""
_REQUIRED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Endpoints(NamedTuple):
    """What the discovery document says (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    """Empty: there is none."""
    end_session: str
    """Empty: there is none."""
    algorithms: frozenset[str]
    """Algorithms that sign ID tokens."""
    client_authentication: tuple[str, ...]
    """Methods by which the hub may show its client secret."""


class Provider:
    """An OpenID provider. Everything is asked when it is needed: the hub starts, and runs, without the provider."""

    def __init__(
        self, oidc: Oidc, client_id: str, fetch: Callable[[str], Awaitable[object]], log: logging.Logger
    ) -> None:
        """Set the provider.

        Args:
            oidc: The settings.
            client_id: Audience of ID tokens.
            fetch: Returns the JSON at a URL, or raises an `UpstreamError`.
            log: The hub's log.
        """
        self._oidc = oidc
        self._client_id = client_id
        self._fetch = fetch
        self._log = log
        self._lock = asyncio.Lock()
        self._known: Endpoints | None = None
        self._keys: Keys | None = None
        self._asked = float("-inf")
        self._error: HubError | None = None

    async def endpoints(self) -> Endpoints:
        """Return the provider's addresses.

        Raises:
            UpstreamError: The provider has not answered yet.
            HubError: It is not the provider of the settings.
        """
        async with self._lock:
            age = _MIN_INTERVAL if self._known is None or self._error else _MAX_AGE
            if time.monotonic() - self._asked > age:
                self._asked = time.monotonic()
                self._error = UpstreamError(self._oidc.title, "no answer")  # also if the one who waits gives up
                try:
                    self._known = self._checked(await self._fetch(self._oidc.issuer.rstrip("/") + _DISCOVERY))
                    self._error = None
                except HubError as error:
                    cause = error.__cause__
                    is_missing = isinstance(cause, HTTPClientError) and cause.code == HTTPStatus.NOT_FOUND
                    self._error = self._wrong("it has no discovery document") if is_missing else error
                    self._log.error("Cannot discover %s: %s", self._oidc.issuer, self._error.jupyterhub_message)
        if self._known is None:
            raise self._error or UpstreamError(self._oidc.title, "no answer")
        return self._known

    async def claims(self, id_token: object) -> dict[str, Any]:
        """Return the claims of an ID token.

        Raises:
            UpstreamError: The provider's keys are not available.
            HubError: The token is not valid for this hub.
        """
        endpoints = await self.endpoints()
        if self._keys is None or self._keys.url != endpoints.keys:
            self._keys = Keys(self._oidc.title, endpoints.keys, self._log)
        try:
            token = str(id_token)
            claims: dict[str, Any] = jwt.decode(
                token,
                await self._keys.find(jwt.get_unverified_header(token).get("kid")),
                algorithms=sorted(endpoints.algorithms & _ALGORITHMS),
                issuer=endpoints.issuer,
                audience=self._client_id,
                leeway=_LEEWAY,
                options={"require": _CLAIMS},
            )
            if isinstance(claims["aud"], list) and claims.get("azp", self._client_id) != self._client_id:
                msg = "it is for another client"
                raise jwt.InvalidAudienceError(msg)
        except jwt.PyJWTError as error:
            self._log.warning("Invalid ID token of %s: %s", self._oidc.title, error)
            raise HubError(
                [f"The ID token of {self._oidc.title} is not valid for this hub: {error}.", "Try again."],
                status=HTTPStatus.FORBIDDEN,
            ) from None
        return claims

    def _checked(self, document: object) -> Endpoints:
        """Return the content of a discovery document.

        Raises:
            HubError: It is not one of the issuer in the settings.
        """
        found: Mapping[str, Any] = cast("Mapping[str, Any]", document) if isinstance(document, dict) else {}
        issuer = str(found.get("issuer", ""))
        missing = [name for name in _REQUIRED if not isinstance(found.get(name), str)]
        if not issuer or missing:
            raise self._wrong(f"its discovery document has no {(['issuer'] * (not issuer) + missing)[0]}")
        if issuer.rstrip("/") != self._oidc.issuer.rstrip("/"):
            raise self._wrong(f"it calls itself {issuer}, and ID tokens have that name")
        endpoints = Endpoints(
            issuer=issuer,
            authorization=str(found["authorization_endpoint"]),
            token=str(found["token_endpoint"]),
            keys=str(found["jwks_uri"]),
            userinfo=str(found.get("userinfo_endpoint") or ""),
            end_session=str(found.get("end_session_endpoint") or ""),
            algorithms=_texts(found.get("id_token_signing_alg_values_supported")) or frozenset({"RS256"}),
            # The method without a list is that of the standard.
            client_authentication=tuple(
                sorted(_texts(found.get("token_endpoint_auth_methods_supported")) or {"client_secret_basic"})
            ),
        )
        addresses = (endpoints.authorization, endpoints.token, endpoints.keys, endpoints.userinfo)
        if urlsplit(self._oidc.issuer).scheme == "https" and any(
            urlsplit(address).scheme != "https" for address in addresses if address
        ):
            raise self._wrong("its discovery document has addresses without https")
        return endpoints

    def _wrong(self, reason: str) -> HubError:
        return HubError(
            [
                f"{self._oidc.issuer} is not the issuer of an OpenID provider for this hub: {reason}.",
                "Its operator can fix it: pulumi config set oidc.issuer URL, then pulumi up.",
            ],
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
        )


def _texts(value: object) -> frozenset[str]:
    return frozenset(map(str, cast("list[object]", value))) if isinstance(value, list) else frozenset()
