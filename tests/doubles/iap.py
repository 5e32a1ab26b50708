"""A look-alike of Google's Identity-Aware Proxy: the keys that it signs with, and what it signs in people's requests.

It follows cloud.google.com/iap/docs/signed-headers-howto. It is no proxy: requests get their header from the tests.
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests.doubles.look_alike import LookAlike

HEADER = "X-Goog-IAP-JWT-Assertion"
AUDIENCE = "/projects/0/global/backendServices/1234567890123456789"


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key as IAP has them."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(kw_only=True)
class Iap(LookAlike):
    """Serves its keys."""

    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=lambda: {"first": new_key()})
    """By id; the last one is signed with."""
    questions: int = field(init=False, default=0)
    """How often the keys were asked for."""

    def application(self) -> web.Application:
        """The keys; any other page tells what it was asked with."""
        app = web.Application()
        app.add_routes([web.get("/keys", self._keys), web.get("/{path:.*}", _echo)])
        return app

    @property
    def keys_url(self) -> str:
        """Where it tells its keys."""
        return f"{self.url}/keys"

    def sign(self, email: str, /, *, key: ec.EllipticCurvePrivateKey | None = None, **claims: object) -> str:
        """What IAP says of a visitor.

        Args:
            email: Whose Google account it is.
            key: Signed with this one, whatever the id says.
            claims: Other values than IAP's; None takes a claim away.
        """
        key_id, own = list(self.keys.items())[-1]
        now = int(time.time())
        usual = {
            "aud": AUDIENCE,
            "iss": "https://cloud.google.com/iap",
            "iat": now,
            "exp": now + 600,
            "sub": "accounts.google.com:118133858486581853996",
            "email": email,
        }
        content: dict[str, Any] = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(content, key or own, algorithm="ES256", headers={"kid": key_id})

    def headers(self, email: str) -> dict[str, str]:
        """The header of a request that has passed IAP."""
        return {HEADER: self.sign(email)}

    async def _keys(self, _: web.Request) -> web.Response:
        self.questions += 1
        if self.down:
            return web.Response(status=503)
        public = [
            {**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": key_id, "alg": "ES256", "use": "sig"}
            for key_id, key in self.keys.items()
        ]
        return web.json_response({"keys": public})


async def _echo(request: web.Request) -> web.Response:
    """Any other page tells which headers came, as a notebook could."""
    return web.json_response({name.lower(): value for name, value in request.headers.items()})
