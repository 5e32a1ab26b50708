"""A test double of OpenID providers whose answers a test sets: those of products that cannot run here.

`oidc-provider` in `openid/` shows that the hub works with a real one. This one shows what products do differently, as
their documentation says, and answers that no honest provider gives.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.doubles.http_double import HttpDouble

_KEY_ID = "key-1"


@dataclass(kw_only=True)
class OpenIdShapes(HttpDouble):
    """An OpenID provider with one account. Its answers may be changed meanwhile."""

    client_id: str = "hub"
    path: str = ""
    """Path of the issuer."""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "1"})
    """Claims in ID tokens."""
    person: dict[str, Any] | None = None
    """Answer of the userinfo endpoint; None: the claims."""
    discovery: dict[str, Any] = field(default_factory=dict[str, Any])
    """Changes of the discovery document; None removes a field."""
    protocol: dict[str, Any] = field(default_factory=dict[str, Any])
    """Changes of the claims of the protocol, such as `aud`."""
    refresh_token: str | None = "refresh"  # noqa: S105 of the test double
    """Refresh token in answers; None: there is none."""
    granted: str | None = None
    """Scopes in answers; None: they do not tell any, as all are granted."""
    sends_id_token_again: bool = True
    """Whether an answer to a refresh token has an ID token."""
    refusal: tuple[int, dict[str, Any]] | None = None
    """Status and body of the answer to a refresh token."""
    token_status: int = 200
    """Status of the userinfo endpoint."""
    pages: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict[str, tuple[int, dict[str, Any]]])
    """Status and body of other paths, such as those of Microsoft Graph."""
    asked: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    """Queries of people who were led here."""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048), repr=False)
    algorithm: str = "RS256"

    @property
    def issuer(self) -> str:
        """The issuer."""
        return f"{self.url}{self.path}"

    def application(self) -> web.Application:
        """Return the endpoints."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/{path:.*}openid-configuration", self._discovery),
                web.post("/token", self._token),
                web.get("/userinfo", self._userinfo),
                web.get("/keys", self._keys),
                web.route("*", "/{path:.*}", self._page),
            ]
        )
        return app

    def sign_in(self, address: str, login: str) -> str:  # noqa: ARG002 there is one account
        """Return the redirect back to the hub, after a sign-in."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(query)
        return f"{query['redirect_uri']}?{urlencode({'code': secrets.token_hex(8), 'state': query['state']})}"

    async def _discovery(self, request: web.Request) -> web.Response:
        if request.path != f"{self.path.rstrip('/')}/.well-known/openid-configuration":
            return web.Response(status=404)
        document: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            **self.discovery,
        }
        return web.json_response({name: value for name, value in document.items() if value is not None})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        is_refresh = form["grant_type"] == "refresh_token"
        if is_refresh and self.refusal:
            status, body = self.refusal
            return web.json_response(body, status=status)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300, **self.claims}
        key = "" if self.algorithm == "none" else self.key if self.algorithm.startswith("RS") else "a" * 40
        token = jwt.encode({**claims, **self.protocol}, key, algorithm=self.algorithm, headers={"kid": _KEY_ID})
        answer: dict[str, Any] = {"access_token": "access", "token_type": "Bearer", "expires_in": 300}
        if self.refresh_token:
            answer["refresh_token"] = self.refresh_token
        if self.granted is not None:
            answer["scope"] = self.granted
        if not is_refresh or self.sends_id_token_again:
            answer["id_token"] = token
        return web.json_response(answer)

    async def _userinfo(self, _: web.Request) -> web.Response:
        if self.token_status != 200:
            return web.json_response(
                {}, status=self.token_status, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}
            )
        return web.json_response(self.claims if self.person is None else self.person)

    async def _keys(self, _: web.Request) -> web.Response:
        shown = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response({"keys": [{**shown, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]})

    async def _page(self, request: web.Request) -> web.Response:
        status, body = self.pages.get(request.path_qs, self.pages.get(request.path, (404, {})))
        return web.json_response(body, status=status)
