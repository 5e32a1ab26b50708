"""Named types for services of the hub, roles and their scopes."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

from settings.types.text import Line, Text, matching

_SCOPE: Final = r"[a-z][-a-z:_]*(?:!(?:user|service|server|group)(?:=.+)?)?"
_NO_REDIRECT: Final = "is not a URL with a path and without '#', such as https://binder.example.org/oauth_callback"
_REDIRECT: Final = r"https?://[^\s/#?@]+/[^\s#]*"

ServiceName = Annotated[
    Text,
    matching(
        r"(?!idle-culler$)[a-z](?:[-a-z0-9]{0,30}[a-z0-9])?",
        "is not a name for URLs and Secrets: at most 32 lower-case letters, digits and '-', a letter first, such as "
        "dask-gateway; idle-culler is reserved",
    ),
]
"""Name of a service of the hub: at most 32 lower-case letters, digits and `-`. `idle-culler` is the hub's own."""

RoleName = Annotated[
    Text,
    matching(
        r"(?!(?:admin|token|idle-culler)$|service-|users-of-)[a-z][-a-z0-9_.~]{1,253}[a-z0-9]",
        "is not a name for a role: 3 to 255 lower-case letters, digits, '-', '_', '.' and '~', a letter first; admin, "
        "token, idle-culler, service-* and users-of-* are reserved",
    ),
]
"""Name of a role: 3 to 255 characters. Names of the hub's own roles are reserved, except `user` and `server`."""

Scope = Annotated[
    Line,
    matching(_SCOPE, "is not a scope of JupyterHub, such as read:users or admin:servers!group=course-1"),
]
"""Scope of JupyterHub's API: a name, and a filter after `!` if need be. The preview checks the name."""


def _redirect_url(text: str) -> str:
    try:
        is_right = urlsplit(text).port != 0  # raises if it is too large
    except ValueError:
        is_right = False
    if not is_right:
        raise ValueError(_NO_REDIRECT)
    return text


RedirectUrl = Annotated[Text, matching(_REDIRECT, _NO_REDIRECT), AfterValidator(_redirect_url)]
"""OAuth redirect URL: http or https, with a path, without a fragment."""
