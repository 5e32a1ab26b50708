"""Responses of GitHub, and of what is on the way to it, that are no answer.

Texts and headers as in docs.github.com ("Rate limits for the REST API", "Troubleshooting the REST API", "About
authentication with SAML single sign-on", "About OAuth app access restrictions"), and as users report them.
"""

import json
import time
from dataclasses import dataclass, field

from aiohttp import web

_RESTRICTED = (
    "Although you appear to have the correct authorization credentials, the `physics` organization has {reason}"
)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A response in place of the right one."""

    status: int
    message: str = ""
    """Of GitHub's JSON."""
    body: str | None = None
    """Body, if it is not GitHub's JSON."""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def response(self) -> web.Response:
        """Return the response."""
        github = {
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": str(self.status),
        }
        text = json.dumps(github) if self.body is None else self.body
        return web.Response(status=self.status, text=text, content_type=self.content_type, headers=self.headers)


_HTML = "<!DOCTYPE html><html><body><h1>Please sign in to this network</h1></body></html>"
_LIMIT = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."

FAILURES: dict[str, Failure] = {
    "primary-rate-limit": Failure(
        status=403,
        message="API rate limit exceeded for user ID 1001.",
        headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 3600)},
    ),
    "primary-rate-limit-429": Failure(
        status=429, message="API rate limit exceeded for user ID 1001.", headers={"X-RateLimit-Remaining": "0"}
    ),
    "secondary-rate-limit": Failure(
        status=403, message=_LIMIT, headers={"Retry-After": "60", "X-RateLimit-Remaining": "4990"}
    ),
    "secondary-rate-limit-429": Failure(status=429, message=_LIMIT, headers={"Retry-After": "60"}),
    "secondary-rate-limit-without-header": Failure(
        status=403, message=_LIMIT, headers={"X-RateLimit-Remaining": "4990"}
    ),
    "rate-limit-of-a-proxy": Failure(status=429, body=_HTML, content_type="text/html"),
    "saml": Failure(
        status=403,
        message="Resource protected by organization SAML enforcement. You must grant your OAuth token access to this "
        "organization.",
        headers={"X-GitHub-SSO": "required; url=https://github.com/orgs/physics/sso?authorization_request=AZSCKL"},
    ),
    "saml-404": Failure(status=404, message="Not Found", headers={"X-GitHub-SSO": "required"}),
    "ip-allow-list": Failure(
        status=403,
        message=_RESTRICTED.format(
            reason="an IP allow list enabled, and your IP address is not permitted to access this resource."
        ),
    ),
    "app-restrictions": Failure(
        status=403,
        message=_RESTRICTED.format(
            reason="enabled OAuth App access restrictions, meaning that data access to third-parties is limited."
        ),
    ),
    "app-not-installed": Failure(status=403, message="Resource not accessible by integration"),
    "forbidden": Failure(status=403, message="Forbidden"),
    "suspended-account": Failure(status=403, message="Sorry. Your account was suspended."),
    "legal": Failure(status=451, message="Repository access blocked"),
    "bad-request": Failure(status=400, message="Problems parsing JSON"),
    "unprocessable": Failure(status=422, message="Validation Failed"),
    "proxy-authentication": Failure(status=407, body=_HTML, content_type="text/html"),
    "server-error": Failure(status=500, message="Server Error"),
    "bad-gateway": Failure(status=502, body="<html>502 Bad Gateway</html>", content_type="text/html"),
    "unavailable": Failure(status=503, message="No server is currently available to service your request."),
    "gateway-timeout": Failure(status=504, body="", content_type="text/plain"),
    "html": Failure(status=200, body=_HTML, content_type="text/html"),
    "html-401": Failure(status=401, body=_HTML, content_type="text/html"),
    "html-403": Failure(status=403, body=_HTML, content_type="text/html"),
    "html-404": Failure(status=404, body=_HTML, content_type="text/html"),
    "no-json": Failure(status=200, body="{"),
    "brackets": Failure(status=200, body="[" * 100_000),
    "no-gzip": Failure(status=200, body="{}", headers={"Content-Encoding": "gzip"}),
    "empty": Failure(status=200, body=""),
    "a-list": Failure(status=200, body="[]"),
    "null": Failure(status=200, body="null"),
    "another-object": Failure(status=200, body='{"login": null, "id": "1001"}'),
    "a-redirect-without-end": Failure(status=302, body="", headers={"Location": "?again"}),
}
"""By name."""
