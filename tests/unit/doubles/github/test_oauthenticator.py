"""The real OAuthenticator works with the test double of GitHub."""

import asyncio
import base64
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from oauthenticator.github import GitHubOAuthenticator
from tornado import web
from tornado.httpclient import HTTPClientError

from tests.doubles.github import GitHub
from tests.unit.doubles.github.asking import (
    CALLBACK,
    CHALLENGE,
    VERIFIER,
    new_code,
)


class Callback:
    """The part of OAuthenticator's callback handler that `authenticate` uses."""

    def __init__(self, code: str) -> None:
        self._code = code

    def get_argument(self, _: str) -> str:
        """Return the code in the query."""
        return self._code

    def get_state_cookie(self) -> str:
        """Return the cookie of the authorization request."""
        return base64.urlsafe_b64encode(json.dumps({"code_verifier": VERIFIER}).encode()).decode()


class User:
    """The part of JupyterHub's `User` that `refresh_user` uses."""

    name = "ada"

    def __init__(self, auth_state: object) -> None:
        self._auth_state = auth_state

    async def get_auth_state(self) -> object:
        """Return the stored state of the sign-in."""
        return self._auth_state


def with_oauthenticator(
    github: GitHub,
    login: str,
    then: Callable[[Any, dict[str, Any]], Awaitable[object]],
    scope: str = "read:org",
    **changed: object,
) -> object:
    """Sign a user in with the real OAuthenticator, and return the result of `then` for it and the auth model."""
    traits: dict[str, object] = {
        "github_url": github.url,
        "client_id": "hub",
        "client_secret": github.client_secret,
        "oauth_callback_url": CALLBACK,
        "scope": scope.split(),
        "enable_auth_state": True,
    }
    code = new_code(github, login, scope=scope, **CHALLENGE)

    async def run() -> object:
        authenticator: Any = GitHubOAuthenticator(**traits | changed)
        return await then(authenticator, await authenticator.authenticate(Callback(code)))

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("login", "scope", "allowed", "is_allowed"),
    [
        ("Ada", "read:org", "acme", True),
        ("Ada", "read:org", "ACME:Teachers", True),
        ("Ada", "read:org", "acme:students", False),
        ("Ada", "read:org", "other", False),
        ("Ada", "", "acme", False),
        ("Ada", "", "acme:teachers", False),
        ("bob", "read:org", "acme", False),
        ("bob", "read:org", "acme:teachers", False),
        ("carol", "", "acme", True),
        ("carol", "read:org", "acme:teachers", False),
    ],
)
def test_oauthenticator_authorizes_by_organization_and_team(
    github: GitHub, login: str, scope: str, allowed: str, *, is_allowed: bool
) -> None:
    github.add_person("carol")
    github.join("acme:teachers", "ada")
    github.join("acme", "carol", public=True)

    async def check(authenticator: Any, model: dict[str, Any]) -> object:  # noqa: ANN401 -- the library has no types
        assert model["name"] == login.lower()
        return await authenticator.check_allowed(model["name"], model)

    assert with_oauthenticator(github, login, check, scope, allowed_organizations={allowed}) is is_allowed


def test_oauthenticator_reports_a_wrong_client_secret(github: GitHub) -> None:
    async def nothing(*_: object) -> None:
        pass

    with pytest.raises(web.HTTPError, match="client_id and/or client_secret passed are incorrect") as caught:
        with_oauthenticator(github, "ada", nothing, client_secret=secrets.token_hex(20))
    assert caught.value.status_code == 403


def test_a_revoked_token_ends_the_session_and_an_outage_does_not(github: GitHub) -> None:
    github.join("acme:teachers", "ada")

    async def refresh(authenticator: Any, model: dict[str, Any]) -> None:  # noqa: ANN401 -- the library has no types
        user = User(model["auth_state"])
        refreshed = await authenticator.refresh_user(user)
        assert [team["slug"] for team in refreshed["auth_state"]["teams"]] == ["teachers"]
        github.down = True
        with pytest.raises(HTTPClientError, match="503"):
            await authenticator.refresh_user(user)
        github.down = False
        github.revoke_tokens("ada")
        assert await authenticator.refresh_user(user) is False

    with_oauthenticator(github, "ada", refresh, populate_teams_in_auth_state=True)
