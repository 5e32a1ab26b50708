"""Sign-in with GitHub: the real OAuthenticator in a real hub and a real browser; only GitHub is a test double."""

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import picture, screenshot, sign_in_with_github, start, stop_server, wait_for_lab
from tests.e2e.hub_settings import GITHUB_NOTEBOOKS
from tests.e2e.hubs import GitHubHub, pods, signed_in
from tests.waiting import wait_until

pytestmark = pytest.mark.scenario

RECHECK_SECONDS = 60
"""As in the hub's settings."""
REPORT_SECONDS = 60
"""Interval at which a running server reports its activity; the hub authorizes this request."""


def _status_after(page: Page, login: str, *, answer: str = "authorize") -> int:
    """Sign in, and return the status of the callback."""
    with page.expect_response(lambda response: "/hub/oauth_callback" in response.url) as found:
        sign_in_with_github(page, login, answer=answer)
    return found.value.status


def test_the_exported_callback_url_is_the_one_that_the_hub_uses(github_hub: GitHubHub) -> None:
    assert github_hub.stack.output("oauth_callback_url") == github_hub.github.callback_url
    with github_hub.visit() as page:
        picture(page, "sign-in")
        page.get_by_role("button", name="Sign in with GitHub").click()
        expect(page.locator("#authorize")).to_be_visible()
        assert page.url.startswith(github_hub.github.url)


@pytest.mark.parametrize("login", ["ada", "bob"])
def test_members_of_the_organization_or_team_get_the_spawn_form(github_hub: GitHubHub, login: str) -> None:
    with signed_in(github_hub, login) as page:
        expect(page.locator("#spawn_form")).to_be_visible()


@pytest.mark.parametrize("login", ["eve", "mallory"])
def test_outsiders_and_blocked_users_see_why_they_are_refused(github_hub: GitHubHub, login: str) -> None:
    with github_hub.visit() as page:
        assert _status_after(page, login) == 403
        expect(page.locator("body")).to_contain_text("Your GitHub account may not use this hub")
        expect(page.locator("body")).to_contain_text("physics, maths:staff")
        if login == "eve":
            picture(page, "refused")
        page.goto(f"{github_hub.url}/hub/spawn")
        expect(page.get_by_role("button", name="Sign in with GitHub")).to_be_visible()


def test_admins_see_the_admin_page_and_others_do_not(github_hub: GitHubHub) -> None:
    with signed_in(github_hub, "grace") as page:
        page.goto(f"{github_hub.url}/hub/admin")
        expect(page.get_by_test_id("user-name-div-ada")).to_be_visible()
        screenshot(page, "admin")
    with signed_in(github_hub, "ada") as page:
        answer = page.goto(f"{github_hub.url}/hub/admin")
        assert answer
        assert answer.status == 403


def test_a_cancelled_authorization_shows_a_page_with_the_reason(github_hub: GitHubHub) -> None:
    with github_hub.visit() as page:
        assert _status_after(page, "ada", answer="cancel") == 400
        expect(page.locator("body")).to_contain_text("denied")


def _redirect_of_github(page: Page, login: str) -> str:
    """Authorize at GitHub, and return the URL of the redirect without following it."""
    page.get_by_role("button", name="Sign in with GitHub").click()
    expect(page.locator("#authorize")).to_be_visible()
    return httpx.post(page.url, data={"login": login}).headers["Location"]


def _status_of(page: Page, url: str) -> int:
    answer = page.goto(url)
    assert answer
    return answer.status


def test_a_forged_state_is_refused(github_hub: GitHubHub) -> None:
    with github_hub.visit() as page:
        address, _, query = _redirect_of_github(page, "ada").partition("?")
        forged = {**dict(parse_qsl(query)), "state": "eyJzdGF0ZV9pZCI6ICJldmlsIn0="}
        assert _status_of(page, f"{address}?{urlencode(forged)}") == 400
        expect(page.locator("body")).to_contain_text("OAuth state mismatch")


def test_a_stolen_authorization_code_is_refused(github_hub: GitHubHub) -> None:
    """PKCE: a code is only valid with the verifier of the browser that requested it."""
    with github_hub.visit() as page:
        stolen = dict(parse_qsl(urlsplit(_redirect_of_github(page, "ada")).query))["code"]
    with github_hub.visit() as page:
        address, _, query = _redirect_of_github(page, "eve").partition("?")
        forged = {**dict(parse_qsl(query)), "code": stolen}
        assert _status_of(page, f"{address}?{urlencode(forged)}") == 403
        expect(page.locator("body")).to_contain_text("incorrect or expired")


def test_an_outage_of_github_at_sign_in_is_reported_as_an_outage(github_hub: GitHubHub) -> None:
    with github_hub.visit() as page:
        back = _redirect_of_github(page, "ada")
        github_hub.github.down = True
        try:
            assert _status_of(page, back) == 503
        finally:
            github_hub.github.down = False
        expect(page.locator("body")).to_contain_text("GitHub does not answer")
        screenshot(page, "github-down")


def test_a_wrong_client_secret_is_reported_with_the_command_that_fixes_it(github_hub: GitHubHub) -> None:
    right = github_hub.github.client_secret
    github_hub.github.client_secret = secrets.token_hex(20)
    try:
        with github_hub.visit() as page:
            assert _status_after(page, "ada") == 500
            expect(page.locator("body")).to_contain_text("pulumi config set --secret github.clientSecret")
    finally:
        github_hub.github.client_secret = right


def test_signed_in_users_start_servers_while_github_is_down(github_hub: GitHubHub) -> None:
    with signed_in(github_hub, "ada") as page:
        github_hub.github.down = True
        try:
            start(page)
            wait_for_lab(page)
        finally:
            github_hub.github.down = False
        assert "jupyter-ada" in pods(GITHUB_NOTEBOOKS)


def test_a_user_who_leaves_the_organization_loses_session_and_server(github_hub: GitHubHub) -> None:
    with signed_in(github_hub, "ada") as page:
        github_hub.github.leave("physics", "ada")
        longest = RECHECK_SECONDS + REPORT_SECONDS + 30
        wait_until(lambda: "jupyter-ada" not in pods(GITHUB_NOTEBOOKS), seconds=longest)
        page.goto(f"{github_hub.url}/hub/home")
        expect(page.get_by_role("button", name="Sign in with GitHub")).to_be_visible()
        answer = page.goto(f"{github_hub.url}/user/ada/lab")
        assert answer
        expect(page.get_by_role("button", name="Sign in with GitHub")).to_be_visible()
    with github_hub.visit() as page:
        assert _status_after(page, "ada") == 403


def test_a_user_who_rejoins_can_start_a_server_again(github_hub: GitHubHub) -> None:
    github_hub.github.join("physics", "ada")
    with signed_in(github_hub, "ada") as page:
        for _ in range(60):  # the previous server may still be stopping
            if page.locator("#spawn_form").count():
                break
            page.wait_for_timeout(1000)
            page.goto(f"{github_hub.url}/hub/spawn")
        start(page)
        wait_for_lab(page)
        stop_server(page, github_hub.url)
