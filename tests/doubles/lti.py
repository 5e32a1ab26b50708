"""A test double of a course platform: the OpenID provider of LTI 1.3.

It follows the flow of https://www.imsglobal.org/spec/security/v1p0/#fig_oidcflow: the hub sends the browser to the
authorization endpoint, whose answer is a form with a signed token.
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.doubles.http_double import HttpDouble

CLAIM = "https://purl.imsglobal.org/spec/lti/claim"


def new_key() -> rsa.RSAPrivateKey:
    """Return a new key of the type that platforms use."""
    return rsa.generate_private_key(65537, 2048)


@dataclass(kw_only=True)
class LtiPlatform(HttpDouble):
    """A course platform with one key."""

    key: rsa.RSAPrivateKey = field(default_factory=new_key)

    def application(self) -> web.Application:
        """Serve the public key."""
        app = web.Application()
        app.add_routes([web.get("/keys", self._keys)])
        return app

    @property
    def authorization_url(self) -> str:
        """URL of the authorization endpoint. The tests answer in its place: `form`."""
        return f"{self.url}/authorize"

    @property
    def keys_url(self) -> str:
        """URL of the public key."""
        return f"{self.url}/keys"

    def form(
        self, address: str, login: str, /, *, key: rsa.RSAPrivateKey | None = None, **claims: object
    ) -> dict[str, str]:
        """Return the fields of the form that answers a request.

        Args:
            address: Address of the authorization endpoint, with the hub's parameters.
            login: Name of the user.
            key: The signing key, if it is not the platform's.
            claims: Claims that differ from the usual ones; None removes a claim.
        """
        asked = dict(parse_qsl(urlsplit(address).query))
        now = int(time.time())
        usual: dict[str, Any] = {
            "iss": self.url,
            "aud": asked["client_id"],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 600,
            "sub": f"id-{login}",
            "email": f"{login}@example.org",
            f"{CLAIM}/version": "1.3.0",
            f"{CLAIM}/message_type": "LtiResourceLinkRequest",
            f"{CLAIM}/deployment_id": "deployment-1",
            f"{CLAIM}/target_link_uri": "https://hub.example.org/hub",
            f"{CLAIM}/resource_link": {"id": "link-1"},
            f"{CLAIM}/roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            f"{CLAIM}/custom": {"login": login},
        }
        content = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        token = jwt.encode(content, key or self.key, algorithm="RS256", headers={"kid": "first"})
        return {"id_token": token, "state": asked["state"]}

    async def _keys(self, _: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=503)
        public = {**json.loads(RSAAlgorithm.to_jwk(self.key.public_key())), "kid": "first", "alg": "RS256"}
        return web.json_response({"keys": [public]})
