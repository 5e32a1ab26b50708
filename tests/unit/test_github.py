"""The look-alike of GitHub in tests/e2e answers as GitHub does wherever a hub would notice."""

import asyncio
import base64
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Generator
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from oauthenticator.github import GitHubOAuthenticator  # pyright: ignore[reportMissingTypeStubs] -- it ships no types
from tornado import web
from tornado.httpclient import HTTPClientError

from tests.e2e.github import GitHub, Request

HTTP = httpx.Client()
CALLBACK = "http://127.100.0.12/hub/oauth_callback"
# The pair of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}


@pytest.fixture
def github() -> Generator[GitHub]:
    with GitHub(client_id="hub", client_secret=secrets.token_hex(20), callback_url=CALLBACK) as github:
        github.add_person("Ada", name="Ada Lovelace", email="ada@example.org")
        github.add_person("bob")
        yield github


def authorize(github: GitHub, *, form: dict[str, str] | None = None, **changed: str) -> httpx.Response:
    """Open the page to which a hub sends people; with a form, send it."""
    query = {"client_id": "hub", "redirect_uri": CALLBACK, "state": "s", "scope": "read:org"} | changed
    address = f"{github.url}/login/oauth/authorize"
    return HTTP.post(address, params=query, data=form) if form else HTTP.get(address, params=query)


def sent_back(answer: httpx.Response) -> dict[str, str]:
    """What a redirect to the registered callback URL tells the hub."""
    assert answer.status_code == 302
    address, _, query = answer.headers["Location"].partition("?")
    assert address == CALLBACK
    return dict(parse_qsl(query))


def new_code(github: GitHub, login: str = "ada", **changed: str) -> str:
    return sent_back(authorize(github, form={"login": login}, **changed))["code"]


def exchange(github: GitHub, code: str, **changed: str) -> dict[str, str]:
    """Ask for a token as OAuthenticator does."""
    form = {"client_id": "hub", "client_secret": github.client_secret, "code": code, "redirect_uri": CALLBACK}
    address = f"{github.url}/login/oauth/access_token"
    answer = HTTP.post(address, data=form | changed, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return answer.json()


def new_token(github: GitHub, login: str = "ada", scope: str = "read:org") -> str:
    return exchange(github, new_code(github, login, scope=scope))["access_token"]


def ask(github: GitHub, path: str, token: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return HTTP.get(f"{github.url}/api/v3{path}", headers=headers)


def test_a_person_who_authorizes_is_sent_back_with_a_code_and_the_state(github: GitHub) -> None:
    page = authorize(github, scope="read:org")
    assert page.status_code == 200
    for part in ('id="login"', '<button id="authorize">Authorize</button>', 'id="cancel"', "read:org"):
        assert part in page.text
    told = sent_back(authorize(github, form={"login": "ADA"}, state="x&y z"))
    assert told.keys() == {"code", "state"}
    assert told["state"] == "x&y z"


def test_what_was_typed_or_asked_is_shown_as_text(github: GitHub) -> None:
    page = authorize(github, form={"login": '"><script>'}, scope="<b>")
    assert "<script>" not in page.text
    assert "<b>" not in page.text.replace("<b id", "")


def test_an_unknown_login_gets_the_page_again(github: GitHub) -> None:
    page = authorize(github, form={"login": "mallory"})
    assert page.status_code == 200
    assert "Incorrect username or password." in page.text
    assert 'id="authorize"' in page.text


def test_a_person_who_cancels_is_sent_back_with_the_reason(github: GitHub) -> None:
    told = sent_back(authorize(github, form={"cancel": "1", "login": "ada"}))
    assert told["error"] == "access_denied"
    assert told["error_description"] == "The user has denied your application access."
    assert told["state"] == "s"


def test_an_unknown_client_is_not_found(github: GitHub) -> None:
    assert authorize(github, client_id="other").status_code == 404
    assert authorize(github, client_id="other", form={"login": "ada"}).status_code == 404


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.100.0.12/hub",
        "http://127.100.0.12/hub/oauth_callback2",
        "http://127.100.0.12/hub/oauth_callback/../evil",
        "http://127.100.0.12:8000/hub/oauth_callback",
        "http://evil.example/hub/oauth_callback",
        "https://127.100.0.12/hub/oauth_callback",
    ],
)
def test_nobody_is_sent_outside_the_registered_callback_url(github: GitHub, redirect_uri: str) -> None:
    for form in (None, {"login": "ada"}):
        told = sent_back(authorize(github, redirect_uri=redirect_uri, form=form))
        assert told["error"] == "redirect_uri_mismatch"
        assert "code" not in told


def test_people_may_be_sent_below_the_callback_url_which_may_be_registered_while_it_runs(github: GitHub) -> None:
    github.callback_url = "http://hub.example.org"
    target = "http://hub.example.org/hub/oauth_callback"
    answer = authorize(github, redirect_uri=target, form={"login": "ada"})
    assert answer.headers["Location"].startswith(f"{target}?code=")


def test_a_code_becomes_a_token_that_looks_like_that_of_github(github: GitHub) -> None:
    told = exchange(github, new_code(github, scope="read:org user:email"))
    # GitHub puts commas between scopes, whatever was between them in the question.
    assert told == {"access_token": told["access_token"], "token_type": "bearer", "scope": "read:org,user:email"}
    assert re.fullmatch(r"gho_[A-Za-z0-9]{36}", told["access_token"])
    assert told["access_token"] != new_token(github)


def test_a_token_may_be_asked_for_with_json_and_basic_authentication_and_told_as_a_form(github: GitHub) -> None:
    address = f"{github.url}/login/oauth/access_token"
    answer = HTTP.post(address, json={"code": new_code(github)}, auth=("hub", github.client_secret))
    assert answer.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert dict(parse_qsl(answer.text)).keys() == {"access_token", "token_type", "scope"}


def test_wrong_client_credentials_are_told_and_the_code_stays_good(github: GitHub) -> None:
    code = new_code(github)
    for wrong in ({"client_secret": "x"}, {"client_id": "x"}, {"client_secret": ""}):
        told = exchange(github, code, **wrong)
        assert told.keys() == {"error", "error_description", "error_uri"}
        assert told["error"] == "incorrect_client_credentials"
    assert "access_token" in exchange(github, code)


def test_the_secret_may_change_while_it_runs(github: GitHub) -> None:
    old = github.client_secret
    github.client_secret = secrets.token_hex(20)
    assert exchange(github, new_code(github), client_secret=old)["error"] == "incorrect_client_credentials"
    assert "access_token" in exchange(github, new_code(github))


def test_a_code_is_good_once(github: GitHub) -> None:
    code = new_code(github)
    assert "access_token" in exchange(github, code)
    assert exchange(github, code)["error"] == "bad_verification_code"
    assert exchange(github, "unknown")["error"] == "bad_verification_code"


def test_a_code_expires(github: GitHub) -> None:
    code = new_code(github)
    github.code_seconds = 0
    assert exchange(github, code)["error"] == "bad_verification_code"


def test_a_code_is_good_only_for_the_redirect_uri_that_it_was_sent_to(github: GitHub) -> None:
    assert exchange(github, new_code(github), redirect_uri=f"{CALLBACK}/x")["error"] == "redirect_uri_mismatch"


def test_a_challenge_has_to_be_answered_by_its_verifier(github: GitHub) -> None:
    assert exchange(github, new_code(github, **CHALLENGE))["error"] == "bad_verification_code"
    assert exchange(github, new_code(github, **CHALLENGE), code_verifier="x" * 43)["error"] == "bad_verification_code"
    assert "access_token" in exchange(github, new_code(github, **CHALLENGE), code_verifier=VERIFIER)


def test_a_token_shows_whose_it_is(github: GitHub) -> None:
    ada = ask(github, "/user", new_token(github, "ADA")).json()
    assert (ada["login"], ada["name"], ada["email"]) == ("Ada", "Ada Lovelace", "ada@example.org")
    bob = ask(github, "/user", new_token(github, "bob")).json()
    assert (bob["login"], bob["name"], bob["email"]) == ("bob", None, None)
    assert ada["id"] != bob["id"]
    github.people["ada"].email = None
    assert ask(github, "/user", new_token(github)).json()["email"] is None


def test_a_login_is_taken_once(github: GitHub) -> None:
    with pytest.raises(ValueError, match="ADA is taken"):
        github.add_person("ADA")


def test_a_token_that_is_missing_or_revoked_or_in_the_query_is_no_credential(github: GitHub) -> None:
    token, of_bob = new_token(github), new_token(github, "bob")
    assert ask(github, "/user", token).status_code == 200
    github.revoke_tokens("ADA")
    for answer in (ask(github, "/user", token), ask(github, "/user/teams", "gho_" + "x" * 36)):
        assert answer.status_code == 401
        assert answer.json()["message"] == "Bad credentials"
    assert ask(github, "/user").status_code == 401
    assert ask(github, f"/user?access_token={of_bob}").status_code == 401
    assert ask(github, "/user", of_bob).status_code == 200


def test_members_with_the_scope_see_all_members(github: GitHub) -> None:
    github.join("Acme", "ada")
    github.join("acme", "BOB", public=True)
    github.add_person("carol")
    token = new_token(github, "ada")
    assert ask(github, "/orgs/acme/members/ada", token).status_code == 204
    assert ask(github, "/orgs/ACME/members/Bob", token).status_code == 204
    assert ask(github, "/orgs/acme/members/carol", token).status_code == 404
    assert ask(github, "/orgs/acme/members/nobody", token).status_code == 404
    assert ask(github, "/orgs/other/members/ada", token).status_code == 404


@pytest.mark.parametrize(("login", "scope"), [("carol", "read:org"), ("ada", ""), ("ada", "user:email")])
def test_others_see_public_members_only(github: GitHub, login: str, scope: str) -> None:
    github.join("acme", "ada")
    github.join("acme", "bob", public=True)
    github.add_person("carol")
    token = new_token(github, login, scope)
    answer = ask(github, "/orgs/Acme/members/Ada", token)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{github.url}/api/v3/orgs/acme/public_members/ada"
    assert ask(github, "/orgs/acme/public_members/ada", token).status_code == 404
    assert ask(github, "/orgs/acme/public_members/bob", token).status_code == 204


def test_members_of_a_team_are_seen_by_members_of_its_organisation_with_the_scope(github: GitHub) -> None:
    github.join("acme:Teachers", "ada")
    github.join("acme", "bob")
    github.add_person("carol")
    path = "/orgs/ACME/teams/teachers/members/"
    of_bob = new_token(github, "bob")
    assert ask(github, f"{path}ada", of_bob).status_code == 204
    assert ask(github, f"{path}bob", of_bob).status_code == 404
    assert ask(github, "/orgs/acme/teams/others/members/ada", of_bob).status_code == 404
    assert ask(github, f"{path}ada", new_token(github, "carol")).status_code == 404
    assert ask(github, f"{path}ada", new_token(github, "ada", scope="")).status_code == 404


def test_who_leaves_is_no_member_from_then_on(github: GitHub) -> None:
    github.join("acme:teachers", "ada")
    github.join("acme", "bob")
    token = new_token(github, "bob")
    github.leave("ACME:teachers", "Ada")
    assert ask(github, "/orgs/acme/teams/teachers/members/ada", token).status_code == 404
    assert ask(github, "/orgs/acme/members/ada", token).status_code == 204
    github.join("acme:teachers", "ada")
    github.leave("acme", "ada")
    assert ask(github, "/orgs/acme/teams/teachers/members/ada", token).status_code == 404
    assert ask(github, "/orgs/acme/members/ada", token).status_code == 404
    with pytest.raises(KeyError):
        github.leave("acme", "ada")


def test_joining_a_team_does_not_hide_a_public_membership(github: GitHub) -> None:
    github.join("acme", "ada", public=True)
    github.join("acme:teachers", "ada")
    assert ask(github, "/orgs/acme/public_members/ada", new_token(github, "bob")).status_code == 204


def test_people_list_their_organisations_and_teams_as_these_are_written(github: GitHub) -> None:
    github.join("Acme:Teachers", "ada")
    github.join("other", "bob")
    token = new_token(github)
    (organisation,) = ask(github, "/user/orgs", token).json()
    (team,) = ask(github, "/user/teams", token).json()
    assert organisation["login"] == "Acme"
    assert (team["name"], team["slug"], team["organization"]) == ("Teachers", "teachers", organisation)
    assert ask(github, "/user/orgs", new_token(github, scope="")).status_code == 403
    assert ask(github, "/user/teams", new_token(github, scope="")).status_code == 403


def test_long_lists_come_in_pages(github: GitHub) -> None:
    for number in range(35):
        github.join(f"acme:team-{number}", "ada")
    token = new_token(github)
    first = ask(github, "/user/teams", token)
    assert len(first.json()) == 30
    following = first.links["next"]["url"].removeprefix(f"{github.url}/api/v3")
    second = ask(github, following, token)
    assert len(second.json()) == 5
    assert "next" not in second.links
    assert len(ask(github, "/user/teams?per_page=100", token).json()) == 35


def test_while_it_is_down_everything_is_answered_503(github: GitHub) -> None:
    token = new_token(github)
    github.down = True
    for answer in (authorize(github), authorize(github, form={"login": "ada"}), HTTP.get(f"{github.url}/any")):
        assert answer.status_code == 503
        assert answer.headers["Content-Type"].startswith("text/html")
    answer = ask(github, "/user", token)
    assert answer.status_code == 503
    assert answer.json()["message"].startswith("No server is currently available")
    github.down = False
    assert ask(github, "/user", token).status_code == 200


def test_while_it_refuses_connections_end_without_an_answer(github: GitHub) -> None:
    with httpx.Client() as client:
        client.get(github.url)
        github.refusing = True
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(github.url)
    with pytest.raises(httpx.RemoteProtocolError):
        authorize(github)
    github.refusing = False
    assert authorize(github).status_code == 200
    assert [request.status for request in github.requests] == [404, 0, 0, 200]


def test_callers_over_the_limit_are_told_so(github: GitHub) -> None:
    token = new_token(github)
    github.rate_limited = True
    answer = ask(github, "/user", token)
    assert answer.status_code == 403
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.json()["message"].startswith("API rate limit exceeded for user ID")
    assert "access_token" in exchange(github, new_code(github))


def test_the_requests_are_kept_without_what_is_secret_in_them(github: GitHub) -> None:
    ask(github, "/user?x=y", new_token(github))
    assert github.requests == [
        Request("POST", "/login/oauth/authorize", 302),
        Request("POST", "/login/oauth/access_token", 200),
        Request("GET", "/api/v3/user", 200),
    ]


def test_what_github_has_and_this_has_not_is_not_found(github: GitHub) -> None:
    token = new_token(github)
    assert ask(github, "/user/emails", token).status_code == 404
    assert ask(github, "/orgs/acme/teams//members/ada", token).status_code == 404
    # As after a slash at the end of the hub's github_url.
    assert HTTP.get(f"{github.url}//api/v3/user", headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_it_comes_back_at_the_same_address() -> None:
    github = GitHub(client_id="hub", client_secret=secrets.token_hex(20))
    with github:
        url = github.url
        assert url == f"http://127.0.0.1:{github.port}"
    with pytest.raises(httpx.ConnectError):
        HTTP.get(url)
    with github:
        assert github.url == url
        assert HTTP.get(url).status_code == 404


class Callback:
    """The parts of OAuthenticator's handler of the callback that `authenticate` looks at."""

    def __init__(self, code: str) -> None:
        self._code = code

    def get_argument(self, _: str) -> str:
        """Return the code in the query."""
        return self._code

    def get_state_cookie(self) -> str:
        """Return the cookie that was set when people were sent to GitHub."""
        return base64.urlsafe_b64encode(json.dumps({"code_verifier": VERIFIER}).encode()).decode()


class User:
    """The part of JupyterHub's user that `refresh_user` looks at."""

    name = "ada"

    def __init__(self, auth_state: object) -> None:
        self._auth_state = auth_state

    async def get_auth_state(self) -> object:
        """Return what a sign-in left."""
        return self._auth_state


def with_oauthenticator(
    github: GitHub,
    login: str,
    then: Callable[[Any, dict[str, Any]], Awaitable[object]],
    scope: str = "read:org",
    **changed: object,
) -> object:
    """Let the real OAuthenticator sign somebody in; what `then` makes of it and of the model that came of it."""
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
def test_oauthenticator_lets_in_whom_the_organisations_and_teams_say(
    github: GitHub, login: str, scope: str, allowed: str, *, is_allowed: bool
) -> None:
    github.add_person("carol")
    github.join("acme:teachers", "ada")
    github.join("acme", "carol", public=True)

    async def check(authenticator: Any, model: dict[str, Any]) -> object:  # noqa: ANN401 -- the library has no types
        assert model["name"] == login.lower()
        return await authenticator.check_allowed(model["name"], model)

    assert with_oauthenticator(github, login, check, scope, allowed_organizations={allowed}) is is_allowed


def test_oauthenticator_tells_of_a_wrong_secret(github: GitHub) -> None:
    async def nothing(*_: object) -> None:
        pass

    with pytest.raises(web.HTTPError, match="client_id and/or client_secret passed are incorrect") as caught:
        with_oauthenticator(github, "ada", nothing, client_secret=secrets.token_hex(20))
    assert caught.value.status_code == 403


def test_oauthenticator_asks_for_a_new_sign_in_once_tokens_are_revoked_but_not_during_an_outage(github: GitHub) -> None:
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
