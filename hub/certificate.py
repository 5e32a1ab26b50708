"""The certificate that browsers see at the hub's public URL."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cryptography import x509

if TYPE_CHECKING:
    from logging import Logger

INTERVAL_SECONDS: Final = 3600
"""Time between two looks."""
_TIMEOUT_SECONDS: Final = 10


class Certificate:
    """When the certificate ends, looked up from time to time."""

    end: float | None = None
    """In seconds since the epoch; None: not known, or the site does not answer."""

    def __init__(self, url: str) -> None:
        """Take the URL."""
        self._url = url

    async def watch(self, log: Logger) -> None:
        """Look for ever."""
        while True:
            try:
                self.end = await asyncio.to_thread(end_of_certificate, self._url)
            except (OSError, ValueError) as error:
                self.end = None
                log.warning("The certificate of %s was not seen: %s", self._url, error)
            await asyncio.sleep(INTERVAL_SECONDS)


def end_of_certificate(url: str) -> float:
    """Return when the certificate of a site ends, in seconds since the epoch.

    Raises:
        OSError: The site does not answer.
        ValueError: It has no certificate that can be read.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    # Not verified: the end of a certificate of an own CA matters, too, and nothing is sent.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = (host, parts.port or 443)
    with (
        socket.create_connection(address, timeout=_TIMEOUT_SECONDS) as connection,
        context.wrap_socket(connection, server_hostname=host) as tls,
    ):
        found = tls.getpeercert(binary_form=True)
    return x509.load_der_x509_certificate(found or b"").not_valid_after_utc.timestamp()
