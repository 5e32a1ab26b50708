"""Sign-in with GitHub. Memberships are checked at sign-in and again while the session lasts.

OAuthenticator reads GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET (settings `github.clientId`, `github.clientSecret`) from
the environment by itself.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from oauthenticator.github import GitHubOAuthenticator
from oauthenticator.oauth2 import OAuthenticator
from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError
from traitlets import default

from hub.accounts import is_admin
from hub.errors import HubError, UpstreamError
from hub.github_errors import error_of, unknown_organization
from hub.oauth_sign_in import OAuthSignIn, many_requests
from hub.renewals import Renewals
from hub.responses import json_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyterhub.handlers.base import BaseHandler
    from jupyterhub.user import User
    from tornado.httpclient import AsyncHTTPClient, HTTPRequest

_UNANSWERED: Final = "unanswered_groups"
"""Key of `auth_state` while it is not stored yet."""


class GitHubSignIn(OAuthSignIn, GitHubOAuthenticator):
    """GitHubOAuthenticator that keeps apart what GitHub answers, and errors of asking.

    OAuthenticator treats most errors as "not a member" or as an expired token.
    """

    service = "GitHub"
    kept_groups: tuple[str, ...] = ()
    """Organizations and teams kept as JupyterHub groups. They do not decide who may sign in."""

    def provider_of(self, person: Mapping[str, Any]) -> str:  # noqa: ARG002 as in AccountMixin
        """Return the URL of GitHub, whose IDs are the same for all OAuth apps."""
        return self.github_url

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._renewals = Renewals()

    @default("http_client")
    def _http_client(self) -> AsyncHTTPClient:
        return many_requests()

    async def get_authenticated_user(self, handler: BaseHandler, data: Mapping[str, str] | None) -> dict[str, Any]:
        """Return the auth model of the user who signs in, with groups without an answer as they were.

        Raises:
            UpstreamError: GitHub does not answer.
            HubError: The user is not authorized.
        """
        model = await super().get_authenticated_user(handler, data)
        model = _with_unanswered_groups(model, handler.find_user(model["name"]))
        return {**model, "admin": is_admin(self, model["name"], model)}

    async def current_model(self, user: User, handler: BaseHandler | None) -> dict[str, Any] | bool:
        """Return the auth model as GitHub reports it now; True if no token is kept; False if a sign-in is needed.

        OAuthenticator's `refresh_user` returns False for most errors of GitHub, too.

        Raises:
            UpstreamError: GitHub does not answer.
        """
        if not self.enable_auth_state:
            return True
        state = await user.get_auth_state()
        if not state:
            return False
        try:
            return _with_unanswered_groups(await self._token_to_auth_model(state["token_response"]), user)
        except HTTPClientError:  # 401: GitHub does not know the token any more
            if not (token := state.get("refresh_token")):
                return False
            try:
                return await self._renewals.of(
                    user.name, token, lambda latest, keep: self._renewed(user, handler, latest, keep)
                )
            except HubError:
                raise
            except HTTPError:
                return False

    async def _renewed(
        self, user: User, handler: BaseHandler | None, token: str, keep: Callable[[str], None]
    ) -> dict[str, Any]:
        info = {
            "refresh_token": token,
            **await self.get_token_info(handler, self.build_refresh_token_request_params(token)),
        }
        keep(info["refresh_token"])
        return _with_unanswered_groups(await self._token_to_auth_model(info), user)

    async def get_token_info(self, handler: BaseHandler | None, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return GitHub's response with a token.

        Raises:
            UpstreamError: GitHub does not answer, or its response has no token and no error.
            HubError: GitHub refuses the client ID or the client secret.
            HTTPError: The code or the refresh token is not valid.
        """
        try:
            info = await super().get_token_info(handler, params)
        except HubError:
            raise
        except HTTPError as error:
            if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            raise UpstreamError("GitHub", "a response without a token") from None
        return {"token_type": "bearer", **info}

    async def token_to_user(self, token_info: dict[str, Any]) -> dict[str, Any]:
        """Return GitHub's description of the user of a token.

        Raises:
            UpstreamError: GitHub does not answer, or its response describes no user.
        """
        person = await super().token_to_user(token_info)
        if not isinstance(person.get("login"), str) or not isinstance(person.get("id"), int):
            raise UpstreamError("GitHub", "a response without a user")
        return {"email": None, **person}

    async def check_allowed(self, username: str, authentication: Mapping[str, Any] | None = None) -> bool:
        """Return whether a list or a membership authorizes the user.

        Raises:
            UpstreamError: GitHub does not say whether the user is a member, and nothing else authorizes the user.
        """
        # Of OAuthenticator, as GitHubOAuthenticator asks one organization after the other.
        if authentication is None or self.is_listed(username, authentication):
            return True
        if await OAuthenticator.check_allowed(self, username, authentication):
            return True
        groups = self.allowed_organizations | self.admin_groups
        if not groups:
            return False
        auth_state = authentication["auth_state"]
        answers = await self._memberships(groups, auth_state)
        if True in answers.values():
            return True
        for answer in (await self._confirmed(answers, auth_state)).values():
            if isinstance(answer, UpstreamError):
                raise answer
        return False

    async def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]:
        """Return the groups that a user is a member of, as GitHub reports them now.

        Groups without an answer are added to `auth_state`; `_with_unanswered_groups` takes them out again.
        """
        answers = await self._confirmed(await self._memberships(self.kept_groups, auth_state), auth_state)
        unanswered = {group: answer for group, answer in answers.items() if isinstance(answer, UpstreamError)}
        for group, error in unanswered.items():
            self.log.warning("The membership of %s stays as it was: %s", group, error.jupyterhub_message)
        auth_state[_UNANSWERED] = list(unanswered)
        return {group for group, answer in answers.items() if answer is True}

    async def _memberships(
        self, groups: Iterable[str], auth_state: Mapping[str, Any]
    ) -> dict[str, bool | UpstreamError]:
        """Ask GitHub for all memberships of a user at once, and return its answers, or the errors of asking."""
        login = auth_state[self.user_auth_state_key]["login"]

        async def is_member(group: str) -> bool | UpstreamError:
            organization, _, team = group.partition(":")
            path = f"{organization}{f'/teams/{team}' if team else ''}/members/{login}"
            status = await self._status(path, auth_state, expected=HTTPStatus.NO_CONTENT)
            return status if isinstance(status, UpstreamError) else status == HTTPStatus.NO_CONTENT

        names = sorted(groups)
        return dict(zip(names, await asyncio.gather(*map(is_member, names)), strict=True))

    async def _confirmed(
        self, answers: Mapping[str, bool | UpstreamError], auth_state: Mapping[str, Any]
    ) -> dict[str, bool | UpstreamError]:
        """Return the answers of `_memberships`, without a "no" of an organization that GitHub does not know.

        That has 404 for everybody, as after it was renamed.
        """

        async def error(organization: str) -> UpstreamError | None:
            status = await self._status(organization, auth_state, expected=HTTPStatus.OK)
            if isinstance(status, UpstreamError):
                return status
            return None if status == HTTPStatus.OK else unknown_organization(organization)

        names = sorted({group.partition(":")[0] for group, answer in answers.items() if answer is False})
        errors = dict(zip(names, await asyncio.gather(*map(error, names)), strict=True))
        return {
            group: (answer is False and errors[group.partition(":")[0]]) or answer for group, answer in answers.items()
        }

    async def _status(
        self, path: str, auth_state: Mapping[str, Any], *, expected: HTTPStatus
    ) -> HTTPStatus | UpstreamError:
        """Ask GitHub about a path below /orgs; return `expected` or 404, or the error of asking."""
        token = auth_state["token_response"]
        headers = self.build_userdata_request_headers(token["access_token"], token["token_type"])
        url = f"{self.github_api}/orgs/{path}"
        try:
            response = await self.httpfetch(url, parse_json=False, raise_error=False, headers=headers, method="GET")
        except UpstreamError as error:
            return error
        if response.code == expected and (expected != HTTPStatus.OK or json_of(response).get("login")):
            return expected
        # The 404 of a proxy is an HTML page. GitHub's for an organization with single sign-on has a header.
        is_githubs = not response.body or json_of(response)
        if response.code == HTTPStatus.NOT_FOUND and is_githubs and "X-GitHub-SSO" not in response.headers:
            return HTTPStatus.NOT_FOUND
        return error_of(url, response.code, response, client_id=self.client_id)

    async def fetch(
        self,
        req: HTTPRequest,
        label: str = "fetching",
        parse_json: bool = True,  # noqa: FBT001, FBT002 OAuthenticator's own
        **kwargs: object,
    ) -> Any:  # noqa: ANN401 JSON, or the response itself
        """Send a request to GitHub.

        Raises:
            UpstreamError: No answer, any error but 401, or a response that is no JSON object.
            HubError: GitHub refuses the client secret.
            HTTPClientError: 401: GitHub does not know the token.
        """
        answer = await super().fetch(req, label, parse_json, **kwargs)
        if parse_json and answer.get("error") == "incorrect_client_credentials":
            raise HubError(
                [
                    "GitHub refuses the client ID or the client secret of this hub.",
                    "Its operator can fix it: pulumi config set --secret github.clientSecret, then pulumi up.",
                ],
                status=HTTPStatus.INTERNAL_SERVER_ERROR,
            )
        return answer

    def error_of_answer(self, req: HTTPRequest, error: HTTPClientError) -> Exception | None:
        """Return the error for a status; None for 401: GitHub does not know the token."""
        if error.code == HTTPStatus.UNAUTHORIZED and json_of(error.response):
            return None
        return error_of(req.url, error.code, error.response, client_id=self.client_id)


def _with_unanswered_groups(model: dict[str, Any], user: User | None) -> dict[str, Any]:
    """Add the groups that a user was in before, and for which GitHub has no answer now."""
    state: dict[str, Any] = model["auth_state"]
    unanswered: set[str] = {*state.pop(_UNANSWERED, ())}
    if unanswered and user is not None:
        model["groups"] = sorted({*model["groups"], *(unanswered & {group.name for group in user.groups})})
    return model
