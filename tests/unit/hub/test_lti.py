"""The real JupyterHub and LTIAuthenticator with a double of a course platform: launches, refusals, names, admins."""

import sqlite3
import time
from collections.abc import Generator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hub.contract_lti import Lti
from tests.doubles.lti import CLAIM, LtiPlatform, new_key
from tests.hub_configs import HUB_CONFIG
from tests.unit.hub.running_hub import RunningHub, Visitor, running, text_of

ADMIN = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


@pytest.fixture(scope="module")
def platform() -> Generator[LtiPlatform]:
    with LtiPlatform() as platform:
        yield platform


def _settings(platform: LtiPlatform, **changes: object) -> Lti:
    lti = Lti(
        title="Courses <of> Example",
        issuer=platform.url,
        client_ids=("client-1", "client-2"),
        authorization_url=platform.authorization_url,
        keys_url=platform.keys_url,
        username_claim="custom_login",
        deployment_ids=("deployment-1",),
        admin_roles=(ADMIN,),
    )
    return lti.model_copy(update=changes)


@pytest.fixture(scope="module")
def hub(platform: LtiPlatform, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningHub]:
    sign_in = HUB_CONFIG.sign_in.model_copy(
        update={
            "type": "lti",
            "callback_url": None,
            "blocked_users": ("mallory",),
            "admin_users": ("grace",),
            "lti": _settings(platform),
        }
    )
    with running(tmp_path_factory.mktemp("hub"), HUB_CONFIG.model_copy(update={"sign_in": sign_in})) as hub:
        yield hub


class Student(Visitor):
    """A browser of somebody who opens the hub from a course."""

    def __init__(self, hub: RunningHub, platform: LtiPlatform, name: str = "ada") -> None:
        super().__init__(hub.url, name)
        self.platform = platform

    def begin(self, client_id: str = "client-1", target: str = "/hub/home", **headers: str) -> str:
        """Open the hub's link in the course, and return the address to which the hub sends the browser."""
        asked = {
            "iss": self.platform.url,
            "login_hint": self.name,
            "target_link_uri": f"https://hub.example.org{target}",
            "client_id": client_id,
        }
        answer = self.get("/hub/lti13/oauth_login", params=asked, headers=headers)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def launch(self, **claims: Any) -> tuple[int, str]:  # noqa: ANN401 claims and the key
        """Open the hub from the course; return the status of the answer, and where it leads or what it says."""
        return self.finish(self.platform.form(self.begin(), self.name, **claims))

    def finish(self, form: dict[str, str]) -> tuple[int, str]:
        """Send the platform's form to the hub."""
        answer = self.post("/hub/lti13/oauth_callback", data=form)
        return answer.status_code, answer.headers.get("Location") or text_of(answer)

    def model(self) -> dict[str, object]:
        """Return the user as the hub's API tells it."""
        self.get("/hub/token")
        return self.call("GET", "/user").json()


def test_a_launch_signs_in_and_leads_to_the_page_that_the_course_links_to(
    hub: RunningHub, platform: LtiPlatform
) -> None:
    ada = Student(hub, platform)
    address = ada.begin(client_id="client-2", target="/hub/spawn?choice=small")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{platform.authorization_url}?")
    assert asked["redirect_uri"] == f"{hub.url}/hub/lti13/oauth_callback"
    assert (asked["response_type"], asked["response_mode"], asked["client_id"]) == (
        "id_token",
        "form_post",
        "client-2",
    )
    assert ada.finish(platform.form(address, "ada")) == (302, "/hub/spawn?choice=small")
    model = ada.model()
    assert (model["name"], model["admin"], model["groups"]) == ("ada", False, [])


def test_the_claims_of_the_platform_are_not_stored_but_issuer_and_subject(
    hub: RunningHub, platform: LtiPlatform
) -> None:
    ada = Student(hub, platform)
    ada.launch()
    account = {"provider": platform.url, "id": "id-ada", "login": "ada", "user": "ada"}
    assert ada.model()["user_info"] == {"account": account}
    with sqlite3.connect(hub.database) as database:
        assert database.execute("SELECT encrypted_auth_state FROM users WHERE name = 'ada'").fetchone() == (None,)


@pytest.mark.parametrize(
    ("claims", "status", "reason"),
    [
        ({"iss": "https://other.example.org"}, 400, "issuer"),
        ({"aud": "client-3"}, 401, "Audience"),
        ({"aud": ["client-1", "client-3"]}, 400, "azp claim is missing"),
        ({"exp": int(time.time()) - 1}, 400, "expired"),
        ({"iat": int(time.time()) - 3600}, 400, "issued too long ago"),
        ({"nonce": "another"}, 400, "nonce mismatch"),
        ({"nonce": None}, 400, "nonce not in request"),
        ({"key": new_key()}, 400, "Signature verification failed"),
        ({f"{CLAIM}/version": "1.1"}, 400, "version"),
        ({f"{CLAIM}/deployment_id": "deployment-2"}, 403, "This hub is not for this course."),
        ({"sub": None}, 403, "Courses <of> Example does not tell the hub who you are: the claim sub"),
        ({f"{CLAIM}/custom": None}, 403, "the claim custom_login is not in its token"),
    ],
)
def test_a_token_that_is_not_for_this_launch_of_this_hub_is_refused(
    hub: RunningHub, platform: LtiPlatform, claims: dict[str, object], status: int, reason: str
) -> None:
    eve = Student(hub, platform, "eve")
    found, text = eve.launch(**claims)
    assert found == status, text
    assert reason in text
    assert eve.get("/hub/home").status_code == 302, "nobody is signed in"


def test_a_token_counts_once_and_in_one_browser(hub: RunningHub, platform: LtiPlatform) -> None:
    ada, eve = Student(hub, platform), Student(hub, platform, "eve")
    form = platform.form(ada.begin(), "ada")
    assert "OAuth state missing from cookies" in eve.finish(form)[1]
    address = eve.begin()
    own = platform.form(address, "eve")
    assert "OAuth nonce mismatch" in eve.finish({**own, "id_token": form["id_token"]})[1]
    assert ada.finish(form)[0] == 302
    assert "OAuth state missing from cookies" in ada.finish(form)[1]


def test_a_token_without_signature_or_with_the_public_key_as_secret_is_refused(
    hub: RunningHub, platform: LtiPlatform
) -> None:
    ada = Student(hub, platform)
    form = platform.form(ada.begin(), "ada")
    head, body, _ = form["id_token"].split(".")
    assert ada.finish({**form, "id_token": f"{head}.{body}."})[0] == 400


def test_only_roles_that_the_stack_names_and_its_lists_make_admins(hub: RunningHub, platform: LtiPlatform) -> None:
    bob = Student(hub, platform, "bob")
    bob.launch(**{f"{CLAIM}/roles": [ADMIN, "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]})
    assert (bob.model()["admin"], bob.model()["groups"]) == (True, [ADMIN])
    bob.launch()
    assert (bob.model()["admin"], bob.model()["groups"]) == (False, [])
    grace = Student(hub, platform, "grace")
    grace.launch()
    assert grace.model()["admin"] is True


def test_a_blocked_user_and_another_account_with_the_name_are_refused(hub: RunningHub, platform: LtiPlatform) -> None:
    status, text = Student(hub, platform, "mallory").launch()
    assert (status, "may not use this hub" in text) == (403, True)
    assert Student(hub, platform).launch()[0] == 302
    status, text = Student(hub, platform).launch(sub="id-other")
    assert (status, "belongs to another account" in text) == (403, True)


def test_an_outage_of_the_platform_ends_no_session(hub: RunningHub, platform: LtiPlatform) -> None:
    ada, bob = Student(hub, platform), Student(hub, platform, "bob")
    assert ada.launch()[0] == 302
    platform.down = True
    try:
        status, text = bob.launch()
        assert (status, "Fail to fetch data from the url" in text) == (400, True)
        assert ada.get("/hub/home").status_code == 200
    finally:
        platform.down = False


def test_the_first_page_says_where_to_begin_and_has_no_button(hub: RunningHub, platform: LtiPlatform) -> None:
    page = Student(hub, platform).get("/hub/login")
    assert "Open this hub from your course in Courses <of> Example." in text_of(page)
    assert "oauth_login" not in page.text


def test_cookies_of_a_launch_come_back_with_the_form_of_another_site(hub: RunningHub, platform: LtiPlatform) -> None:
    asked = {"iss": platform.url, "login_hint": "ada", "target_link_uri": "https://hub.example.org"}
    answer = Student(hub, platform).get("/hub/lti13/oauth_login", params=asked, headers={"X-Forwarded-Proto": "https"})
    assert "redirect_uri=https%3A%2F%2F" in answer.headers["Location"]
    cookies = [text for text in answer.headers.get_list("Set-Cookie") if text.startswith("lti13authenticator-")]
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"SameSite=None", "Secure", "HttpOnly"} <= set(cookie.split("; "))
