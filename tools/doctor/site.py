"""Observation of the hub's public URL: DNS, certificate, and the answer of `/hub/health`."""

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import httpx

from tools.doctor.facts import Site

_SECONDS = 10
"""Time limit of a connection and of an answer."""
_VERSION = "X-JupyterHub-Version"
"""Header of all answers of JupyterHub."""


def look_at(url: str, known_addresses: Sequence[str]) -> Site:
    """Return what is seen of the hub's URL from this machine.

    Args:
        url: The URL.
        known_addresses: Addresses of the hub in the cluster. Without DNS, the certificate is seen there.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    addresses, lookup_error = _looked_up(host)
    site = Site(url=url, host=host, addresses=addresses, lookup_error=lookup_error)
    address = next(iter((*addresses, *known_addresses)), None)
    if address is None:
        return site
    certificate, verify_error = None, None
    if parts.scheme == "https":
        certificate = _certificate(address, port, host)
        verify_error = certificate and _verify_error(address, port, host)
    return _answered(
        replace(site, certificate=certificate, verify_error=verify_error),
        parts._replace(netloc=f"[{address}]:{port}" if ":" in address else f"{address}:{port}").geturl(),
    )


def _looked_up(host: str) -> tuple[tuple[str, ...], str | None]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return (), error.strerror or str(error)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found)), None


def _certificate(address: str, port: int, host: str) -> str | None:
    # Not verified: what is wrong with it is what is asked, and nothing is sent.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        suppress(OSError, ValueError),
        socket.create_connection((address, port), timeout=_SECONDS) as connection,
        context.wrap_socket(connection, server_hostname=host) as tls,
    ):
        return ssl.DER_cert_to_PEM_cert(tls.getpeercert(binary_form=True) or b"")
    return None


def _verify_error(address: str, port: int, host: str) -> str | None:
    try:
        with (
            socket.create_connection((address, port), timeout=_SECONDS) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=host),
        ):
            return None
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError:
        return None  # the next look says why


def _answered(site: Site, at: str) -> Site:
    """Return the site with the answer of `/hub/health`, asked at a URL with an IP address in place of its host."""
    try:
        # The certificate was looked at before. No cookie or secret is sent.
        with httpx.Client(verify=False, timeout=_SECONDS, trust_env=False) as client:  # noqa: S501 see above
            answer = client.get(
                f"{at.rstrip('/')}/hub/health", headers={"Host": site.host}, extensions={"sni_hostname": site.host}
            )
    except httpx.HTTPError as error:
        return replace(site, error=str(error) or type(error).__name__)
    told = answer.headers.get("content-type", "").startswith("text/plain")
    return replace(
        site,
        status=answer.status_code,
        version=answer.headers.get(_VERSION),
        text=answer.text if told else "",
    )
