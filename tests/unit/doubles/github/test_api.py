"""The API of the test double of GitHub."""

import secrets

import httpx
import pytest

from tests.doubles.github import GitHub, Request
from tests.unit.doubles.github.asking import HTTP, ask, authorize, exchange, new_code, new_token


def test_a_token_authenticates_its_user(github: GitHub) -> None:
    ada = ask(github, "/user", new_token(github, "ADA")).json()
    assert (ada["login"], ada["name"], ada["email"]) == ("Ada", "Ada Lovelace", "ada@example.org")
    bob = ask(github, "/user", new_token(github, "bob")).json()
    assert (bob["login"], bob["name"], bob["email"]) == ("bob", None, None)
    assert ada["id"] != bob["id"]
    github.people["ada"].email = None
    assert ask(github, "/user", new_token(github)).json()["email"] is None


def test_a_login_is_unique(github: GitHub) -> None:
    with pytest.raises(ValueError, match="ADA is taken"):
        github.add_person("ADA")


def test_a_missing_revoked_or_query_token_is_refused(github: GitHub) -> None:
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


def test_members_with_the_scope_see_members_of_teams(github: GitHub) -> None:
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


def test_a_user_who_leaves_is_no_member(github: GitHub) -> None:
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


def test_users_list_their_organizations_and_teams(github: GitHub) -> None:
    github.join("Acme:Teachers", "ada")
    github.join("other", "bob")
    token = new_token(github)
    (organization,) = ask(github, "/user/orgs", token).json()
    (team,) = ask(github, "/user/teams", token).json()
    assert organization["login"] == "Acme"
    assert (team["name"], team["slug"], team["organization"]) == ("Teachers", "teachers", organization)
    assert ask(github, "/user/orgs", new_token(github, scope="")).status_code == 403
    assert ask(github, "/user/teams", new_token(github, scope="")).status_code == 403


def test_long_lists_are_paginated(github: GitHub) -> None:
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


def test_an_outage_returns_503_for_every_request(github: GitHub) -> None:
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


def test_refused_connections_close_without_a_response(github: GitHub) -> None:
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


def test_rate_limited_requests_get_403(github: GitHub) -> None:
    token = new_token(github)
    github.rate_limited = True
    answer = ask(github, "/user", token)
    assert answer.status_code == 403
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.json()["message"].startswith("API rate limit exceeded for user ID")
    assert "access_token" in exchange(github, new_code(github))


def test_requests_are_recorded_without_secrets(github: GitHub) -> None:
    ask(github, "/user?x=y", new_token(github))
    assert github.requests == [
        Request("POST", "/login/oauth/authorize", 302),
        Request("POST", "/login/oauth/access_token", 200),
        Request("GET", "/api/v3/user", 200),
    ]


def test_an_unsupported_endpoint_is_not_found(github: GitHub) -> None:
    token = new_token(github)
    assert ask(github, "/user/emails", token).status_code == 404
    assert ask(github, "/orgs/acme/teams//members/ada", token).status_code == 404
    # As with a slash at the end of `github.url`.
    assert HTTP.get(f"{github.url}//api/v3/user", headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_a_restart_keeps_the_address() -> None:
    github = GitHub(client_id="hub", client_secret=secrets.token_hex(20))
    with github:
        url = github.url
        assert url == f"http://127.0.0.1:{github.port}"
    with pytest.raises(httpx.ConnectError):
        HTTP.get(url)
    with github:
        assert github.url == url
        assert HTTP.get(url).status_code == 404
