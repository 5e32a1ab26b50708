"""Named types for OpenID Connect."""

from typing import Annotated, Final

from pydantic import AfterValidator

from settings.types.addresses import secure
from settings.types.names import LABEL
from settings.types.text import Line, Text, at_most, matching

_NO_ISSUER: Final = (
    "is not the issuer of an OpenID provider: https://, a host, and the path that belongs to it, without "
    "/.well-known/openid-configuration; such as https://sso.example.org/realms/main"
)
_GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_DISCOVERY: Final = "/.well-known/"


def _without_discovery(text: str) -> str:
    if _DISCOVERY in text:
        raise ValueError(_NO_ISSUER)
    return text


IssuerUrl = Annotated[
    Text,
    matching(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", _NO_ISSUER),
    at_most(500, "no issuer is that long"),
    AfterValidator(_without_discovery),
    secure(_NO_ISSUER),
]
"""Issuer of an OpenID provider: an https URL without query. For tests, http with a private IP address or localhost."""

TenantId = Annotated[
    Text,
    matching(
        _GUID,
        "is not the ID of a directory, which is a GUID; common, organizations and consumers would let in people of "
        "any directory. To show it: az account show --query tenantId",
    ),
]
"""ID of a Microsoft Entra tenant (directory)."""

Domain = Annotated[
    Text,
    matching(rf"(?:{LABEL}\.)+{LABEL}", "is not a domain of email addresses, such as example.org, in lower case"),
]
"""Domain of email addresses."""

Scope = Annotated[
    Text, matching(r"[\x21\x23-\x5b\x5d-\x7e]+", "is not one scope; several are a list, such as [groups]")
]
"""Scope of OAuth 2.0 (RFC 6749)."""

ClaimName = Annotated[Line, at_most(255, "no claim has such a long name")]
"""Name of a claim, or a path in it: `realm_access.roles`."""

ParameterName = Annotated[
    Text,
    matching(
        r"(?!(?:client_id|redirect_uri|response_type|scope|state|nonce|code_challenge(?:_method)?)$)[A-Za-z0-9_.-]{1,64}",
        "is not the name of a further parameter, such as kc_idp_hint; the hub itself sets client_id, redirect_uri, "
        "response_type, scope, state and code_challenge",
    ),
]
"""Parameter of the request that leads people to the provider, which the hub does not set itself."""

EntityId = Annotated[
    Text,
    matching(
        r"(?:https?://|urn:)[^\s,]+",
        "is not the EntityID of an identity provider, such as https://idp.example.edu/idp/shibboleth; "
        "https://cilogon.org/idplist lists them",
    ),
]
"""EntityID of an identity provider of CILogon."""

NamePrefix = Annotated[
    Text, matching(r"[a-z0-9][-a-z0-9]{0,31}", "is not a prefix of user names: lower-case letters, digits and '-'")
]
"""Prefix of user names, before a colon."""
