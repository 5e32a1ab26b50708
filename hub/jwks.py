"""Public keys with which a service signs tokens (JSON Web Key Set)."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import jwt
from tornado.httpclient import AsyncHTTPClient

from hub.errors import UpstreamError

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping


class Keys:
    """Cache of the keys of a service. An unknown key makes the hub ask again, as services renew their keys."""

    _MAX_AGE = 3600
    """Maximum age in seconds."""
    _MIN_INTERVAL = 10
    """Minimum seconds between two requests, however many unknown key IDs arrive."""

    def __init__(self, service: str, url: str, log: logging.Logger) -> None:
        """Set the name of the service and the URL of its keys."""
        self.url = url
        self._service = service
        self._log = log
        self._lock = asyncio.Lock()
        self._known: Mapping[str | None, jwt.PyJWK] = {}
        self._asked = float("-inf")
        self._error: str | None = None

    async def find(self, key_id: str | None) -> jwt.PyJWK:
        """Return the key with an ID; without one, the only key.

        Raises:
            UpstreamError: The key is not in the cache, and the service does not answer.
            jwt.InvalidKeyError: The service has no key with this ID.
        """
        async with self._lock:
            max_age = self._MAX_AGE if self._found(key_id) else self._MIN_INTERVAL
            if time.monotonic() - self._asked > max_age:
                await self._ask()
        if key := self._found(key_id):
            return key
        if self._error is not None:
            raise UpstreamError(self._service, self._error)
        msg = f"it is signed with a key that {self._service} does not know"
        raise jwt.InvalidKeyError(msg)

    def _found(self, key_id: str | None) -> jwt.PyJWK | None:
        if key_id is None and len(self._known) == 1:
            return next(iter(self._known.values()))
        return self._known.get(key_id)

    async def _ask(self) -> None:
        """Fetch the keys. If that fails, the cache stays as it is."""
        self._asked = time.monotonic()
        self._error = f"{self.url}: no answer"  # also if the request that waits for it is given up
        try:
            answer = await AsyncHTTPClient().fetch(self.url, connect_timeout=3, request_timeout=5)
            keys = jwt.PyJWKSet.from_dict(json.loads(answer.body))
        except Exception as error:  # noqa: BLE001 -- the connection's, or of whatever is in the response
            self._error = f"{self.url}: {str(error) or type(error).__name__}"
            self._log.warning("Cannot fetch the keys of %s. %s", self._service, self._error)
        else:
            self._known, self._error = {key.key_id: key for key in keys.keys}, None
