"""Native sign-up and shared passwords, on the hub with GitHub sign-in, whose `auth.type` changes."""

from playwright.sync_api import Page, expect

from tests.e2e.hub_settings import GITHUB_NAMESPACE
from tests.e2e.hubs import GitHubHub, require_success

PASSWORD = "correct horse battery"  # noqa: S105 of a made-up user


def _sign_up(page: Page, hub: GitHubHub, name: str, password: str) -> None:
    page.goto(f"{hub.url}/hub/signup")
    page.fill("#username_input", name)
    page.fill("#password_input", password)
    page.fill("#password_confirmation_input", password)
    page.click("#signup_submit")


def _sign_in(page: Page, hub: GitHubHub, name: str, password: str) -> None:
    page.goto(f"{hub.url}/hub/login")
    page.fill("#username_input", name)
    page.fill("#password_input", password)
    page.click("#login_submit")


def test_users_sign_up_and_an_admin_authorizes_them(github_hub: GitHubHub) -> None:
    require_success(github_hub.up(auth_type="native", auth_adminUsers=["grace"]), GITHUB_NAMESPACE)
    admin_password = github_hub.secrets["auth.adminPassword"]
    with github_hub.visit() as page:
        _sign_up(page, github_hub, "eve", PASSWORD)
        _sign_in(page, github_hub, "eve", PASSWORD)
        expect(page.locator("#login_submit")).to_be_visible()
    with github_hub.visit() as page:
        _sign_up(page, github_hub, "grace", PASSWORD)
        _sign_in(page, github_hub, "grace", PASSWORD)
        # The name of an admin needs the admins' password.
        expect(page.locator("#login_submit")).to_be_visible()
        _sign_up(page, github_hub, "grace", admin_password)
        _sign_in(page, github_hub, "grace", admin_password)
        page.wait_for_url(f"{github_hub.url}/hub/spawn**")
        page.goto(f"{github_hub.url}/hub/authorize")
        page.locator("tr#eve").get_by_role("button", name="Authorize", exact=True).click()
    with github_hub.visit() as page:
        _sign_in(page, github_hub, "eve", PASSWORD)
        expect(page.locator("#spawn_form")).to_be_visible()


def test_users_share_one_password_and_admins_another(github_hub: GitHubHub) -> None:
    require_success(github_hub.up(auth_type="shared-password"), GITHUB_NAMESPACE)
    with github_hub.visit() as page:
        _sign_in(page, github_hub, "user", PASSWORD)
        expect(page.locator("#login_submit")).to_be_visible()
        _sign_in(page, github_hub, "user", github_hub.secrets["auth.userPassword"])
        expect(page.locator("#spawn_form")).to_be_visible()
    with github_hub.visit() as page:
        _sign_in(page, github_hub, "grace", github_hub.secrets["auth.userPassword"])
        expect(page.locator("#login_submit")).to_be_visible()
        _sign_in(page, github_hub, "grace", github_hub.secrets["auth.adminPassword"])
        expect(page.locator("#spawn_form")).to_be_visible()
