"""GitHub's errors in words: what happened, and what a user or an owner of the organization can do.

None of them is an answer. Only 204 and 404 say whether a user is a member, and only of an organization that exists.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from hub.errors import UpstreamError
from hub.responses import json_of

if TYPE_CHECKING:
    from tornado.httpclient import HTTPResponse

_TIMEOUT: Final = 599
"""Tornado's status of a request without a response."""


def error_of(url: str, code: int, response: HTTPResponse | None, *, client_id: str) -> UpstreamError:
    """Return the error for a response that is no answer.

    Args:
        url: URL of the request.
        code: Status of the response.
        response: The response; None: there is none.
        client_id: Client ID of the hub's OAuth app.
    """
    message = str(json_of(response).get("message", ""))[:300]
    error = f"{'time-out' if code == _TIMEOUT else f'status {code}'}{f': {message}' if message else ''}"
    site, organization = _site_and_organization(url)
    if advice := _advice(response, message, site, organization or "the organization", client_id):
        return UpstreamError("GitHub", error, advice=[advice], status=HTTPStatus.FORBIDDEN)
    if response is not None and _is_rate_limit(code, response, message):
        minutes = _minutes(response)
        wait = (
            f"Try again in {minutes} minute{'s' if minutes > 1 else ''}." if minutes else "Try again in some minutes."
        )
        reason = "Too many requests came from this hub or your account, so GitHub's rate limit applies."
        return UpstreamError("GitHub", error, advice=[reason, wait])
    return UpstreamError("GitHub", error)


def unknown_organization(name: str) -> UpstreamError:
    """Return the error for an organization that GitHub does not know."""
    advice = f"{name} may have been renamed or deleted. The operator of this hub has to change github.organizations."
    return UpstreamError("GitHub", f"status 404 for {name}", advice=[advice], status=HTTPStatus.FORBIDDEN)


def _advice(response: HTTPResponse | None, message: str, site: str, organization: str, client_id: str) -> str | None:
    """Return what to do about an error that waiting does not fix."""
    text = message.casefold()
    if "saml" in text or (response is not None and "X-GitHub-SSO" in response.headers):
        return (
            f"{organization} requires SAML single sign-on: open {site}/orgs/{organization}/sso, sign in there, then "
            "sign in to the hub again."
        )
    if "app access restrictions" in text:
        return (
            f"{organization} restricts OAuth apps. Request access for the hub at "
            f"{site}/settings/connections/applications/{client_id}; an owner of {organization} approves it at "
            f"{site}/organizations/{organization}/settings/oauth_application_policy."
        )
    if "ip allow list" in text:
        return (
            f"{organization} has an IP allow list. An owner has to add the hub's address to it: "
            f"{site}/organizations/{organization}/settings/security."
        )
    if "not accessible by integration" in text:
        return f"An owner of {organization} has to install the hub's GitHub App there, with permission to read members."
    return None


def _is_rate_limit(code: int, response: HTTPResponse, message: str) -> bool:
    headers = response.headers
    return code in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS} and (
        code == HTTPStatus.TOO_MANY_REQUESTS
        or "Retry-After" in headers
        or headers.get("X-RateLimit-Remaining") == "0"
        or "rate limit" in message.casefold()
    )


def _minutes(response: HTTPResponse) -> int | None:
    """Return the minutes until the end of a rate limit, if the response says so."""
    try:
        if "Retry-After" in response.headers:
            seconds = int(response.headers["Retry-After"])
        else:
            seconds = int(response.headers["X-RateLimit-Reset"]) - int(time.time())
    except (KeyError, ValueError):  # Retry-After may be a date
        return None
    return max(1, -(-seconds // 60))


def _site_and_organization(url: str) -> tuple[str, str | None]:
    """Return the URL of GitHub's pages, and the organization that an API request is about."""
    parts = urlsplit(url)
    host = parts.netloc.removeprefix("api.")
    _, _, path = parts.path.partition("/orgs/")
    return f"{parts.scheme}://{host}", path.split("/")[0] or None
