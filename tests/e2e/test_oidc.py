"""Sign-in by OpenID Connect: a real, certified OpenID provider, the real OAuthenticator, a real hub and browser."""

import time
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.doubles.openid import OpenIdProvider
from tests.e2e.browser import open_browser, picture, screenshot, start, wait_for_lab
from tests.e2e.hub_settings import OIDC_ADDRESS, OIDC_NAMESPACE, OIDC_NOTEBOOKS, OIDC_SETTINGS
from tests.e2e.hubs import ChangingHub, destroyed_in_the_end, marker, pods, readable_texts, require_success
from tests.waiting import wait_until
from tools.engine import Engine, Stack
from tools.local import layout

pytestmark = pytest.mark.scenario

RECHECK_SECONDS = 60
"""As in the hub's settings."""
REPORT_SECONDS = 60
"""Interval at which a running server reports its activity; the hub authorizes this request."""


@dataclass(kw_only=True)
class OidcHub(ChangingHub):
    """A hub with sign-in at the provider."""

    provider: OpenIdProvider
    chromium: Browser
    url: str = f"http://{OIDC_ADDRESS}"

    def visit(self) -> AbstractContextManager[Page]:
        """Open the hub's first page in a new browser context."""
        return open_browser(self.chromium, self.url)

    @contextmanager
    def signed_in(self, login: str) -> Generator[Page]:
        """Open a new browser context in which an authorized user is signed in."""
        with self.visit() as page:
            sign_in(page, login)
            page.wait_for_url(lambda url: url.startswith((f"{self.url}/hub/spawn", f"{self.url}/user/")))
            yield page


@pytest.fixture(scope="module")
def hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[OidcHub]:
    """The deployed hub, destroyed after the tests."""
    provider = OpenIdProvider(
        client_secret=marker(),
        callback_url=f"http://{OIDC_ADDRESS}/hub/oauth_callback",
        logout_url=f"http://{OIDC_ADDRESS}/hub/logout",
        address=str(layout.NODE_ADDRESS),
    )
    with provider:
        for login, groups in {
            "ada": ("staff", "physics"),
            "bob": ("staff",),
            "eve": ("guests",),
            "grace": ("admins",),
            "mallory": ("staff",),
        }.items():
            provider.add(login, *groups)
        hub = OidcHub(
            stack=Stack(
                name="oidc", engine=built_engine, folder=tmp_path_factory.mktemp("oidc"), kubeconfig=live_cluster
            ),
            provider=provider,
            chromium=chromium,
            settings={
                **OIDC_SETTINGS,
                **image_settings,
                "oidc.issuer": provider.url,
                "oidc.clientId": provider.client_id,
            },
            secrets={"oidc.clientSecret": provider.client_secret},
        )
        with destroyed_in_the_end(hub, OIDC_NAMESPACE, OIDC_NOTEBOOKS):
            require_success(hub.up(), OIDC_NAMESPACE)
            yield hub


def sign_in(page: Page, login: str, *, answer: str = "authorize") -> None:
    """Sign in from the hub's first page; `answer` is the button of the provider: `authorize` or `cancel`."""
    page.get_by_role("button", name="Sign in with Example University").click()
    page.fill("#login", login)
    page.click(f"#{answer}")


def _status_after(page: Page, login: str, *, answer: str = "authorize") -> int:
    """Sign in, and return the status of the callback."""
    with page.expect_response(lambda response: "/hub/oauth_callback" in response.url) as found:
        sign_in(page, login, answer=answer)
    return found.value.status


def test_the_exports_are_the_addresses_to_register_at_the_provider(hub: OidcHub) -> None:
    assert hub.stack.output("oauth_callback_url") == hub.provider.callback_url
    assert hub.stack.output("oauth_logout_url") == hub.provider.logout_url
    with hub.visit() as page:
        picture(page, "oidc-sign-in")
        page.get_by_role("button", name="Sign in with Example University").click()
        expect(page.locator("#authorize")).to_be_visible()
        assert page.url.startswith(hub.provider.url)


def test_the_client_secret_is_in_no_readable_object_or_output(hub: OidcHub) -> None:
    secret = hub.provider.client_secret
    readable = readable_texts(OIDC_NAMESPACE, OIDC_NOTEBOOKS)
    assert [kind for kind, text in readable.items() if secret in text] == []
    assert not any(secret in printed for printed in hub.printed)


def test_a_member_of_an_allowed_group_gets_the_choices_of_the_own_groups(hub: OidcHub) -> None:
    with hub.signed_in("ada") as page:
        expect(page.get_by_text("Large", exact=True)).to_be_visible()
    with hub.signed_in("bob") as page:
        expect(page.get_by_text("Small", exact=True)).to_be_visible()
        expect(page.get_by_text("Large", exact=True)).to_have_count(0)


@pytest.mark.parametrize("login", ["eve", "mallory"])
def test_people_of_other_groups_and_blocked_ones_see_why_they_are_refused(hub: OidcHub, login: str) -> None:
    with hub.visit() as page:
        assert _status_after(page, login) == 403
        expect(page.locator("body")).to_contain_text("Your account at Example University may not use this hub")
        expect(page.locator("body")).to_contain_text("staff")
        if login == "eve":
            picture(page, "oidc-refused")
        page.goto(f"{hub.url}/hub/spawn")
        expect(page.get_by_role("button", name="Sign in with Example University")).to_be_visible()


def test_members_of_the_group_of_admins_see_the_admin_page_and_others_do_not(hub: OidcHub) -> None:
    with hub.signed_in("grace") as page:
        page.goto(f"{hub.url}/hub/admin")
        expect(page.get_by_test_id("user-name-div-ada")).to_be_visible()
    with hub.signed_in("ada") as page:
        answer = page.goto(f"{hub.url}/hub/admin")
        assert answer
        assert answer.status == 403


def test_a_cancelled_sign_in_shows_a_page_with_the_reason(hub: OidcHub) -> None:
    with hub.visit() as page:
        assert _status_after(page, "ada", answer="cancel") == 400
        expect(page.locator("body")).to_contain_text("The user has cancelled the sign-in")


def test_a_forged_state_is_refused(hub: OidcHub) -> None:
    with hub.visit() as page:
        page.get_by_role("button", name="Sign in with Example University").click()
        expect(page.locator("#authorize")).to_be_visible()
        query = urlencode({"code": "stolen", "state": "eyJzdGF0ZV9pZCI6ICJldmlsIn0="})
        answer = page.goto(f"{hub.provider.callback_url}?{query}")
        assert answer
        assert answer.status == 400
        expect(page.locator("body")).to_contain_text("OAuth state mismatch")


def test_a_link_of_the_hub_is_opened_after_the_sign_in(hub: OidcHub) -> None:
    with open_browser(hub.chromium, f"{hub.url}/hub/token?from=mail") as page:
        sign_in(page, "ada")
        page.wait_for_url(lambda url: urlsplit(url).path == "/hub/token")
        assert dict(parse_qsl(urlsplit(page.url).query)) == {"from": "mail"}


def test_signing_out_also_signs_out_at_the_provider(hub: OidcHub) -> None:
    with hub.signed_in("bob") as page:
        page.goto(f"{hub.url}/hub/home")
        page.click("#logout")
        page.wait_for_url(lambda url: url.startswith(f"{hub.provider.url}/session/end"))
        page.click("#sign-out")
        page.wait_for_url(lambda url: url.startswith(hub.url))
        screenshot(page, "oidc-signed-out")
        page.goto(f"{hub.url}/hub/home")
        page.get_by_role("button", name="Sign in with Example University").click()
        expect(page.locator("#login")).to_be_visible()  # and not signed in at once
        page.fill("#login", "ada")
        page.click("#authorize")
        page.goto(f"{hub.url}/hub/home")
        expect(page.locator("body")).to_contain_text("ada")


def test_an_outage_of_the_provider_keeps_users_and_servers(hub: OidcHub) -> None:
    with hub.signed_in("ada") as page:
        hub.provider.set_down(True)
        try:
            with hub.visit() as other:
                other.get_by_role("button", name="Sign in with Example University").click()
                # The addresses are known already, so the browser itself meets the outage.
                other.wait_for_url(lambda url: url.startswith(hub.provider.url))
            start(page)
            wait_for_lab(page)
            time.sleep(RECHECK_SECONDS + 5)
            answer = page.goto(f"{hub.url}/hub/home")
            assert answer
            assert answer.status == 200
            assert "jupyter-ada" in pods(OIDC_NOTEBOOKS)
        finally:
            hub.provider.set_down(False)


def test_a_user_who_leaves_the_group_loses_session_and_server(hub: OidcHub) -> None:
    with hub.signed_in("ada") as page:
        assert "jupyter-ada" in pods(OIDC_NOTEBOOKS)
        hub.provider.add("ada", "guests")
        longest = RECHECK_SECONDS + REPORT_SECONDS + 30
        wait_until(lambda: "jupyter-ada" not in pods(OIDC_NOTEBOOKS), seconds=longest)
        page.goto(f"{hub.url}/hub/home")
        expect(page.get_by_role("button", name="Sign in with Example University")).to_be_visible()
    with hub.visit() as page:
        assert _status_after(page, "ada") == 403


def test_a_second_update_changes_nothing(hub: OidcHub) -> None:
    require_success(hub.pulumi("up", "--yes", "--expect-no-changes"), OIDC_NAMESPACE)


def test_with_auto_login_the_first_page_leads_to_the_provider(hub: OidcHub) -> None:
    require_success(hub.up(auth_autoLogin=True), OIDC_NAMESPACE)
    with open_browser(hub.chromium, hub.url) as page:
        expect(page.locator("#authorize")).to_be_visible()
        page.fill("#login", "bob")
        page.click("#authorize")
        page.wait_for_url(lambda url: url.startswith(f"{hub.url}/hub/spawn"))
        page.goto(f"{hub.url}/hub/home")
        page.click("#logout")
        page.click("#sign-out")
        page.wait_for_url(lambda url: url.startswith(f"{hub.url}/hub/logout"))
        expect(page.locator("body")).to_contain_text("You are signed out")
