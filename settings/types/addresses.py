"""Named types for where the hub is reached."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from settings.types.text import Text

_LABEL = r"[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?"
_URL = re.compile(
    rf"https?://(?:(?P<name>{_LABEL}(?:\.{_LABEL})*)|\[(?P<ipv6>[0-9a-fA-F:.]+)\])(?::(?P<port>[0-9]{{1,5}}))?"
)
_LONGEST_URL = 300
_HOST_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"(?:{_HOST_LABEL}\.)+(?![0-9]){_HOST_LABEL}")
_LONGEST_HOST_NAME = 253


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches `host`: 127.0.0.0/8, ::1 or localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_ipv6(address: str) -> bool:
    """Tell whether a checked IP address is one of IPv6."""
    return ":" in address


def url_of(address: str) -> str:
    """Return the http URL of an IP address; IPv6 goes in brackets."""
    return f"http://[{address}]" if is_ipv6(address) else f"http://{address}"


def callback_of(url: str) -> str:
    """Return where an OAuth provider sends people back to, for a hub at `url`. The OAuth app is registered with it."""
    return f"{url}/hub/oauth_callback"


def host_of(url: str) -> str:
    """Return the host of a URL that was checked, without brackets and port."""
    return urlsplit(url).hostname or ""


def _ip_address(text: str) -> str:
    msg = "is not the address of one machine; right ones look like 203.0.113.7 or 2001:db8::7"
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(msg) from None
    if address.is_unspecified or address.is_multicast or "%" in text:
        raise ValueError(msg)
    return str(address)


def _public_url(text: str) -> str:
    text = text.removesuffix("/")
    match = _URL.fullmatch(text) if len(text) <= _LONGEST_URL else None
    if match is None or not _is_ipv6(match["ipv6"]) or not 0 < int(match["port"] or 80) < 65536:
        msg = (
            "is not where people go: http:// or https://, a host, if need be :port, and no path; "
            "such as https://hub.example.org"
        )
        raise ValueError(msg)
    return text


def _host_name(text: str) -> str:
    text = text.removesuffix(".")
    if len(text) > _LONGEST_HOST_NAME or _HOST_NAME.fullmatch(text) is None:
        msg = (
            "is not a full host name; right ones look like hub.example.org: lower case, with its domain, without "
            "https://, and no IP address"
        )
        raise ValueError(msg)
    return text


def _is_ipv6(text: str | None) -> bool:
    try:
        return text is None or bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False


IpAddress = Annotated[Text, AfterValidator(_ip_address)]
"""An IPv4 or IPv6 address of one machine, in its short form."""

HostName = Annotated[Text, AfterValidator(_host_name)]
"""A full host name or domain in lower case, two labels or more; a `.` at the end is dropped."""

PublicUrl = Annotated[Text, AfterValidator(_public_url)]
"""An http or https URL without path, user or query; `/` at the end is dropped."""
