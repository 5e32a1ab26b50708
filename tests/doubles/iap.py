"""A test double of Identity-Aware Proxy: its public keys, and the signed header of requests.

It follows cloud.google.com/iap/docs/signed-headers-howto. It is not a proxy: the tests set the header.
"""

import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests.doubles.http_double import HttpDouble

HEADER = "X-Goog-IAP-JWT-Assertion"
AUDIENCE = "/projects/0/global/backendServices/1234567890123456789"


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a new key of the type that IAP uses."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(kw_only=True)
class Iap(HttpDouble):
    """Server of the public keys of IAP."""

    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=lambda: {"first": new_key()})
    """By id; the last one signs."""
    key_requests: int = field(init=False, default=0)
    """Number of requests for the keys."""

    def application(self) -> web.Application:
        """Serve the keys; any other page returns the headers of its request."""
        app = web.Application()
        app.add_routes([web.get("/keys", self._keys), web.get("/{path:.*}", _echo)])
        return app

    @property
    def keys_url(self) -> str:
        """URL of the keys."""
        return f"{self.url}/keys"

    def sign(self, email: str, /, *, key: ec.EllipticCurvePrivateKey | None = None, **claims: object) -> str:
        """Return the signed header value for a user.

        Args:
            email: Address of the Google account.
            key: The signing key; None = the key of the id in the header.
            claims: Claims that differ from IAP's; None removes a claim.
        """
        key_id, own = list(self.keys.items())[-1]
        now = int(time.time())
        usual = {
            "aud": AUDIENCE,
            "iss": "https://cloud.google.com/iap",
            "iat": now,
            "exp": now + 600,
            "sub": f"accounts.google.com:{int(hashlib.sha256(email.lower().encode()).hexdigest(), 16) % 10**21}",
            "email": email,
        }
        content: dict[str, Any] = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(content, key or own, algorithm="ES256", headers={"kid": key_id})

    def headers(self, email: str) -> dict[str, str]:
        """Return the header of a request from IAP."""
        return {HEADER: self.sign(email)}

    async def _keys(self, _: web.Request) -> web.Response:
        self.key_requests += 1
        if self.down:
            return web.Response(status=503)
        public = [
            {**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": key_id, "alg": "ES256", "use": "sig"}
            for key_id, key in self.keys.items()
        ]
        return web.json_response({"keys": public})


async def _echo(request: web.Request) -> web.Response:
    """Return the headers of the request."""
    return web.json_response({name.lower(): value for name, value in request.headers.items()})
