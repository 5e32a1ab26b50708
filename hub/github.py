"""Sign-in with GitHub. Memberships are checked at sign-in and again while the session lasts.

OAuthenticator reads GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET (settings `github.clientId`, `github.clientSecret`) from
the environment by itself.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from oauthenticator.github import GitHubOAuthenticator
from tornado.httpclient import HTTPClientError, HTTPResponse

from hub.errors import HubError, UpstreamError
from hub.refresh import RefreshMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.handlers.base import BaseHandler
    from tornado.httpclient import HTTPRequest


class GitHubSignIn(RefreshMixin, GitHubOAuthenticator):
    """GitHubOAuthenticator with distinct errors for outages, a wrong client secret and unauthorized users."""

    kept_groups: tuple[str, ...] = ()
    """Organizations and teams kept as JupyterHub groups. They do not decide who may sign in."""

    async def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]:
        """Return the groups that a user is a member of, as GitHub reports them now.

        Raises:
            UpstreamError: GitHub does not answer. Users who are signed in keep their groups.
        """
        token = auth_state["token_response"]
        person = auth_state[self.user_auth_state_key]["login"], token["access_token"], token["token_type"]
        return {
            group for group in self.kept_groups if await self._check_membership_allowed_organizations(group, *person)
        }

    async def get_authenticated_user(self, handler: BaseHandler, data: Mapping[str, str] | None) -> dict[str, Any]:
        """Return the auth model of the user who signs in.

        Raises:
            HubError: The user is not authorized.
        """
        model = await super().get_authenticated_user(handler, data)
        if model is None:
            raise HubError([self.custom_403_message], status=HTTPStatus.FORBIDDEN)
        return model

    async def fetch(
        self,
        req: HTTPRequest,
        label: str = "fetching",
        parse_json: bool = True,  # noqa: FBT001, FBT002 OAuthenticator's own
        **kwargs: object,
    ) -> HTTPResponse | dict[str, Any] | list[Any] | None:
        """Send a request to GitHub.

        Raises:
            UpstreamError: No answer, a server error or a rate limit, which OAuthenticator treats as "not a member".
            HubError: GitHub refuses the client secret.
            HTTPClientError: Any other error.
        """
        try:
            answer = await super().fetch(req, label, parse_json, **kwargs)
        except HTTPClientError as error:
            _require_answer(error.code, error.response)
            raise
        except OSError as error:
            raise UpstreamError("GitHub", str(error)) from error
        if isinstance(answer, HTTPResponse):
            _require_answer(answer.code, answer)
        elif isinstance(answer, dict) and answer.get("error") == "incorrect_client_credentials":
            raise HubError(
                [
                    "GitHub refuses the client ID or the client secret of this hub.",
                    "Its operator can fix it: pulumi config set --secret github.clientSecret, then pulumi up.",
                ],
                status=HTTPStatus.INTERNAL_SERVER_ERROR,
            )
        return answer


def _require_answer(code: int, response: HTTPResponse | None) -> None:
    """Raise an UpstreamError for server errors and rate limits."""
    left = response.headers.get("X-RateLimit-Remaining") if response else None
    limited = code == HTTPStatus.TOO_MANY_REQUESTS or (code == HTTPStatus.FORBIDDEN and left == "0")
    # 599 is Tornado's status for a timeout.
    if limited or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UpstreamError("GitHub", f"status {code}")
