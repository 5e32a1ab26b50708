"""Errors of OpenID providers, and which of them are answers (OAuth 2.0: RFC 6749, section 5.2; RFC 6750, section 3)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from hub.errors import HubError, UpstreamError
from hub.responses import json_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from tornado.httpclient import HTTPClientError

    from hub.contract_oidc import Oidc

OFFLINE: Final = "offline_access"
"""Scope of refresh tokens that outlive the session at the provider (OpenID Connect Core 1.0, section 11)."""

_ENTRA_REFUSALS: Final = frozenset(
    {
        50020,  # the account of a guest is not in the tenant any more
        50034,  # there is no such account
        50057,  # the account is disabled
        50105,  # the account is not assigned to the application
    }
)
"""Errors of Microsoft Entra that say that the account may not use the hub. Source: "Microsoft Entra authentication and
authorization error codes", https://learn.microsoft.com/entra/identity-platform/reference-error-codes (2026-11)."""


class InvalidGrantError(HubError):
    """The provider does not accept a code or a refresh token: it is unknown, used, expired or revoked."""

    def __init__(self, service: str, description: str, codes: Collection[int]) -> None:
        """Set the provider's name, its description of the error, and its own codes."""
        super().__init__(
            [f"{service} does not accept this sign-in any more ({description}).", "Sign in again."],
            status=HTTPStatus.FORBIDDEN,
        )
        self.description = description
        self.codes = frozenset(codes)


class RefusedClientError(HubError):
    """The provider does not accept the hub's client ID or client secret."""

    def __init__(self, service: str) -> None:
        """Set the provider's name."""
        super().__init__(
            [
                f"{service} refuses the client ID or the client secret of this hub.",
                "Its operator can fix it: pulumi config set --secret oidc.clientSecret, then pulumi up.",
            ],
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
        )


def is_answer(error: HTTPClientError) -> bool:
    """Return whether an HTTP error is the provider's own "no", and not that of a proxy or an outage."""
    response = error.response
    if response is None or error.code not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
        return False
    return "error" in json_of(response) or "bearer" in response.headers.get("WWW-Authenticate", "").casefold()


def token_error(service: str, error: HTTPClientError) -> HubError:
    """Return the error for an answer of the token endpoint that is a "no"."""
    answer = json_of(error.response)
    kind = str(answer.get("error", error.code))[:100]
    description = str(answer.get("error_description") or kind)[:300]
    if kind in {"invalid_client", "unauthorized_client"}:
        return RefusedClientError(service)
    if kind == "invalid_grant":
        codes: Any = answer.get("error_codes")
        numbers = cast("list[object]", codes) if isinstance(codes, list) else []
        return InvalidGrantError(service, description, [code for code in numbers if isinstance(code, int)])
    return UpstreamError(service, description)


def is_refusal(error: InvalidGrantError, oidc: Oidc, scopes: Collection[str]) -> bool:
    """Return whether a refused refresh token says that the account may not use the hub any more.

    Most refresh tokens end with the session at the provider, as at night, which says nothing about the account. Those
    of `offline_access` end when somebody ends them. Microsoft's always have that scope, and end for many reasons.
    """
    if oidc.provider == "entra":
        return not _ENTRA_REFUSALS.isdisjoint(error.codes)
    granted = [scope for scope in scopes if scope]
    return OFFLINE in (granted or oidc.scopes)  # an answer without scopes grants what was asked for
