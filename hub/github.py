"""Sign-in with GitHub: who is a member of what, asked at sign-in and again later."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from oauthenticator.github import (  # pyright: ignore[reportMissingTypeStubs] -- it ships no types
    GitHubOAuthenticator,
)
from tornado.httpclient import HTTPClientError, HTTPResponse

from hub.errors import HubError, UpstreamError
from hub.refresh import RefreshMixin

if TYPE_CHECKING:
    from tornado.httpclient import HTTPRequest


class GitHubSignIn(RefreshMixin, GitHubOAuthenticator):
    """OAuthenticator's, which tells an outage of GitHub from an answer, and a wrong secret from a wrong person."""

    kept_groups: tuple[str, ...] = ()
    """Organizations and teams whose members the hub keeps as groups; they say nothing of who may sign in."""

    async def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]:
        """Return of which groups somebody is a member, as GitHub says now.

        Raises:
            UpstreamError: It says nothing. Who is signed in already then stays what they are.
        """
        this, token = cast("Any", self), auth_state["token_response"]
        person = auth_state[this.user_auth_state_key]["login"], token["access_token"], token["token_type"]
        return {
            group
            for group in self.kept_groups
            if await this._check_membership_allowed_organizations(group, *person)  # noqa: SLF001 its only way to ask
        }

    async def get_authenticated_user(self, handler: Any, data: Any) -> Any:  # noqa: ANN401 JupyterHub's own, without types
        """Return what is known of the person who signs in.

        Raises:
            HubError: They may not.
        """
        model = await cast("Any", super()).get_authenticated_user(handler, data)
        if model is None:
            raise HubError([self.custom_403_message], status=HTTPStatus.FORBIDDEN)
        return model

    async def fetch(self, req: HTTPRequest, label: str = "fetching", parse_json: bool = True, **kwargs: object) -> Any:  # noqa: ANN401, FBT001, FBT002 OAuthenticator's own
        """Ask GitHub.

        Raises:
            UpstreamError: It did not answer, or not now. OAuthenticator would take that for "is no member".
            HubError: It does not know this hub's secret.
            HTTPClientError: It answered with another error.
        """
        try:
            answer = await cast("Any", super()).fetch(req, label, parse_json, **kwargs)
        except HTTPClientError as error:
            _require_answer(error.code, error.response)
            raise
        except OSError as error:
            raise UpstreamError("GitHub", str(error)) from error
        if isinstance(answer, HTTPResponse):
            _require_answer(answer.code, answer)
        if (
            isinstance(answer, dict)
            and cast("dict[str, object]", answer).get("error") == "incorrect_client_credentials"
        ):
            raise HubError(
                [
                    "GitHub does not accept the client ID or the client secret of this hub.",
                    "Whoever runs the hub can mend it: pulumi config set --secret github.clientSecret, and pulumi up.",
                ],
                status=HTTPStatus.INTERNAL_SERVER_ERROR,
            )
        return cast("Any", answer)


def _require_answer(code: int, response: HTTPResponse | None) -> None:
    """Raise an UpstreamError for what is no answer to the question: errors of the server, and "too many questions"."""
    left = response.headers.get("X-RateLimit-Remaining") if response else None
    limited = code == HTTPStatus.TOO_MANY_REQUESTS or (code == HTTPStatus.FORBIDDEN and left == "0")
    # 599 is tornado's: no answer in time.
    if limited or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UpstreamError("GitHub", f"status {code}")
