"""Named types for IP addresses, host names and URLs."""

import ipaddress
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator

from settings.types.names import LABEL
from settings.types.text import Text, matching

_LABEL = r"[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?"
_URL = rf"(?=.{{1,301}}$)https?://(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:.]+\])(?::[0-9]{{1,5}})?/?"
_NO_URL = (
    "is not the URL of a site: http:// or https://, a host, if need be :port, and no path (hub.baseUrl); such as "
    "https://hub.example.org"
)
_HOST_NAME = rf"(?=.{{1,253}}\.?$)(?:{LABEL}\.)+(?![0-9]){LABEL}\.?"
_NO_ADDRESS = "is not the address of one machine, such as 203.0.113.7 or 2001:db8::7"


def is_loopback(host: str) -> bool:
    """Return whether a host is the local machine: 127.0.0.0/8, ::1 or localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_ipv6(address: str) -> bool:
    """Return whether a valid IP address is an IPv6 address."""
    return ":" in address


def url_of(address: str) -> str:
    """Return the http URL of an IP address, with an IPv6 address in brackets."""
    return f"http://[{address}]" if is_ipv6(address) else f"http://{address}"


def callback_of(url: str) -> str:
    """Return the OAuth callback URL of a hub, which is registered with the OAuth app."""
    return f"{url}/hub/oauth_callback"


def lti_urls_of(url: str) -> dict[str, str]:
    """Return the URLs of a hub to register at a course platform, by what LTI 1.3 calls them."""
    return {
        "initiate_login_url": f"{url}/hub/lti13/oauth_login",
        "redirect_url": f"{url}/hub/lti13/oauth_callback",
        "target_link_url": f"{url}/hub",
    }


def logout_of(url: str) -> str:
    """Return the URL to which an OpenID provider leads people back who have signed out there."""
    return f"{url}/hub/logout"


def host_of(url: str) -> str:
    """Return the host of a valid URL, without brackets and port."""
    return urlsplit(url).hostname or ""


def _ip_address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(_NO_ADDRESS) from None
    if address.is_unspecified or address.is_multicast:
        raise ValueError(_NO_ADDRESS)
    return str(address)


def secure(reason: str) -> AfterValidator:
    """Return a validator for URLs that nobody in between can change: https, or for tests a private address.

    Args:
        reason: Why a URL without a host or with a wrong port is refused.
    """

    def check(text: str) -> str:
        parts = _parts(text, reason)
        if parts.scheme != "https" and not _is_private(parts.hostname or ""):
            msg = (
                "must begin with https://, since everybody in between could sign in as anybody; "
                "http:// is for tests only"
            )
            raise ValueError(msg)
        return text

    return AfterValidator(check)


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost"


def _public_url(text: str) -> str:
    _parts(text, _NO_URL)
    return text.removesuffix("/")


def _parts(text: str, reason: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        if parts.hostname is not None and is_ipv6(parts.hostname):
            ipaddress.IPv6Address(parts.hostname)
        is_right = parts.port != 0  # raises if it is too large
    except ValueError:
        raise ValueError(reason) from None
    if not is_right:
        raise ValueError(reason)
    return parts


def _without_dot(text: str) -> str:
    return text.removesuffix(".")


IpAddress = Annotated[Text, matching(r"[0-9A-Fa-f:.]+", _NO_ADDRESS), AfterValidator(_ip_address)]
"""IPv4 or IPv6 address of one machine, converted to its short form."""

HostName = Annotated[
    Text,
    matching(
        _HOST_NAME,
        "is not a full host name, such as hub.example.org: lower case, with its domain, without https://, "
        "and no IP address",
    ),
    AfterValidator(_without_dot),
]
"""Fully qualified domain name in lower case, with at least two labels. A `.` at the end is removed."""

PublicUrl = Annotated[Text, matching(_URL, _NO_URL), AfterValidator(_public_url)]
"""An http or https URL without path, user or query. A `/` at the end is removed."""
