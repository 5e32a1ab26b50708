"""The real authenticator with the test double of GitHub: authorization, rechecks and outages."""

import re
import secrets
from types import SimpleNamespace

import pytest

from hub.contract import HubConfig
from hub.errors import HubError, UpstreamError
from tests.doubles.github import GitHub
from tests.doubles.github_failures import FAILURES
from tests.hub_configs import LoadConfig
from tests.unit.hub.github_sign_ins import SignIns, sign_ins, signed_in


@pytest.fixture
def hub(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> SignIns:
    return sign_ins(github, load_config, hub_config, admin_users=("grace",), blocked_users=("mallory",))


@pytest.mark.parametrize(("login", "welcome"), [("ada", True), ("bob", True), ("eve", False)])
def test_only_members_of_an_organization_or_team_are_authorized(hub: SignIns, login: str, welcome: bool) -> None:  # noqa: FBT001 a column
    model = hub.sign_in(login)
    assert (model is not None) == welcome
    if model:
        assert (model["name"], model["admin"]) == (login, False)


def test_an_admin_needs_no_organization(hub: SignIns) -> None:
    hub.github.add_person("Grace")
    model = hub.sign_in("grace")
    assert model
    assert model["admin"] is True


def test_a_blocked_user_is_refused_also_as_a_member(hub: SignIns) -> None:
    hub.github.add_person("mallory")
    hub.github.join("physics", "mallory")
    assert hub.sign_in("mallory") is None


def test_a_wrong_client_secret_is_reported_with_a_fix(hub: SignIns) -> None:
    hub.github.client_secret = secrets.token_hex(20)
    with pytest.raises(HubError, match=r"pulumi config set --secret github\.clientSecret") as caught:
        hub.sign_in("ada")
    assert caught.value.status_code == 500


@pytest.mark.parametrize("outage", ["down", "refusing"])
def test_an_outage_of_github_is_reported_as_an_outage(hub: SignIns, outage: str) -> None:
    code = hub.code("ada")
    setattr(hub.github, outage, True)
    with pytest.raises(UpstreamError) as caught:
        hub.finish(code)
    assert caught.value.status_code == 503
    assert "GitHub does not answer" in caught.value.jupyterhub_message


def test_a_member_stays_signed_in(hub: SignIns) -> None:
    ada = signed_in(hub, "ada")
    model = hub.refresh(ada)
    assert (model["name"], model["admin"]) == ("ada", False)
    assert hub.stopped == []


@pytest.mark.parametrize(("login", "left"), [("ada", "physics"), ("bob", "maths:staff")])
def test_a_user_who_left_is_signed_out_and_the_server_stops(hub: SignIns, login: str, left: str) -> None:
    person = signed_in(hub, login)
    hub.github.leave(left, login)
    assert hub.refresh(person) is False
    assert hub.stopped == [f"{login}/"]


def test_a_newly_blocked_user_is_signed_out(hub: SignIns) -> None:
    ada = signed_in(hub, "ada")
    hub.authenticator.blocked_users = {"ada"}
    assert hub.refresh(ada) is False
    assert hub.stopped == ["ada/"]


NO_ANSWER = {
    "token": r"/access_token",
    "user": r"/user$",
    "membership": r"/members/",
}
"""Regular expression of the paths of each question."""


@pytest.mark.parametrize("outage", ["down", "refusing", "rate_limited", "silent"])
def test_users_stay_signed_in_during_an_outage_of_github(
    hub: SignIns, outage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.refresh._PATIENCE", 0.3)
    ada = signed_in(hub, "ada")
    setattr(hub.github, outage, True)
    assert hub.refresh(ada) is True
    assert hub.stopped == []
    hub.github.silent = False


@pytest.mark.parametrize("question", ["user", "membership"])
def test_an_error_of_github_is_never_taken_for_a_no(hub: SignIns, question: str) -> None:
    ada = signed_in(hub, "ada")
    hub.github.failing = NO_ANSWER[question]
    for name, hub.github.failure in FAILURES.items():
        assert hub.refresh(ada) is True, name
        assert hub.refresh(ada, by_token=True) is True, name
    assert hub.stopped == []


@pytest.mark.parametrize("question", NO_ANSWER)
def test_an_error_of_github_at_sign_in_shows_its_reason(hub: SignIns, question: str) -> None:
    hub.github.failing = NO_ANSWER[question]
    for name, failure in FAILURES.items():
        hub.github.failure = None
        code = hub.code("ada")
        hub.github.failure = failure
        with pytest.raises(UpstreamError) as caught:
            hub.finish(code)
        assert "GitHub d" in caught.value.jupyterhub_message, name
        assert failure.message in caught.value.jupyterhub_message, name


@pytest.mark.parametrize(
    ("failure", "advice", "status"),
    [
        ("primary-rate-limit", r"Try again in \d+ minutes\.", 503),
        ("primary-rate-limit-429", "Try again in some minutes.", 503),
        ("secondary-rate-limit", "Try again in 1 minute.", 503),
        ("secondary-rate-limit-without-header", "GitHub's rate limit applies.", 503),
        ("rate-limit-of-a-proxy", "GitHub's rate limit applies.", 503),
        ("saml", "/orgs/physics/sso, sign in there, then sign in to the hub again.", 403),
        ("saml-404", "/orgs/physics/sso", 403),
        ("ip-allow-list", "An owner has to add the hub's address to it: ", 403),
        ("app-restrictions", "/organizations/physics/settings/oauth_application_policy", 403),
        ("app-restrictions", "/settings/connections/applications/hub", 403),
        ("app-not-installed", "An owner of physics has to install the hub's GitHub App there", 403),
        ("forbidden", "Try again in some minutes.", 503),
    ],
)
def test_the_page_says_what_a_user_or_an_owner_has_to_do(hub: SignIns, failure: str, advice: str, status: int) -> None:
    code = hub.code("ada")
    hub.github.failing, hub.github.failure = "/orgs/physics/members/", FAILURES[failure]
    with pytest.raises(UpstreamError) as caught:
        hub.finish(code)
    assert re.search(advice, caught.value.jupyterhub_message)
    assert caught.value.status_code == status


def test_the_log_says_why_a_user_could_not_be_checked(hub: SignIns, caplog: pytest.LogCaptureFixture) -> None:
    ada = signed_in(hub, "ada")
    hub.github.failing, hub.github.failure = "/orgs/physics/members/", FAILURES["app-restrictions"]
    hub.authenticator.log.propagate = True
    hub.refresh(ada)
    assert "Keeping the session of ada unchecked: " in caplog.text
    assert "an owner of physics approves it" in caplog.text


def test_an_organization_without_an_answer_hides_no_other(hub: SignIns) -> None:
    hub.github.failing, hub.github.failure = "/orgs/maths/", FAILURES["saml"]
    ada = signed_in(hub, "ada")
    assert hub.refresh(ada)["name"] == "ada"
    hub.github.leave("physics", "ada")
    assert hub.refresh(ada) is True, "maths may be her organization"
    hub.github.failure = None
    assert hub.refresh(ada) is False


def test_a_404_for_private_and_for_public_members_is_a_no(hub: SignIns) -> None:
    bob = signed_in(hub, "bob")
    hub.github.leave("maths", "bob")
    assert hub.refresh(bob) is False
    asked = {request.path for request in hub.github.requests if request.status == 404}
    assert asked == {"/api/v3/orgs/physics/public_members/bob", "/api/v3/orgs/maths/teams/staff/members/bob"}
    assert hub.stopped == ["bob/"]


@pytest.mark.parametrize(("login", "organization"), [("ada", "physics"), ("bob", "maths")])
def test_a_renamed_organization_turns_nobody_out(hub: SignIns, login: str, organization: str) -> None:
    person = signed_in(hub, login)
    hub.github.rename(organization, "science")
    assert hub.refresh(person) is True
    assert hub.stopped == []
    with pytest.raises(UpstreamError, match=f"{organization} may have been renamed") as caught:
        hub.sign_in(login)
    assert caught.value.status_code == 403


def test_a_no_counts_only_if_github_knows_the_organization(hub: SignIns) -> None:
    ada = signed_in(hub, "ada")
    hub.github.leave("physics", "ada")
    hub.github.failing = r"/orgs/(physics|maths)$"
    for name, hub.github.failure in FAILURES.items():
        assert hub.refresh(ada) is True, name
    hub.github.failure = None
    assert hub.refresh(ada) is False


def test_all_organizations_are_asked_at_once(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> None:
    many = tuple(f"org-{number}" for number in range(30))
    hub = sign_ins(github, load_config, hub_config, of_github={"organizations": (*many, "physics")})
    github.delay = 0.3
    assert hub.sign_in("ada")
    assert github.most_at_once == 31


@pytest.mark.parametrize("gone", ["revoked token", "no auth state"])
def test_a_user_who_cannot_be_checked_keeps_the_server_until_the_next_sign_in(hub: SignIns, gone: str) -> None:
    ada = signed_in(hub, "ada")
    if gone == "revoked token":
        hub.github.revoke_tokens("ada")
    else:
        ada.state = None
    assert not hub.authenticator.auth_refresh_strict, "JupyterHub lets requests by token go on"
    assert hub.refresh(ada) is False, "pages lead to the sign-in"
    assert hub.refresh(ada, by_token=True) is False
    assert hub.refresh(ada, by="an admin") is False
    ada.spawners = {"": SimpleNamespace(ready=False, active=False)}
    with pytest.raises(HubError, match="sign in to the hub again"):
        hub.refresh(ada, by_token=True)
    assert hub.stopped == []


def test_a_blocked_user_who_cannot_be_checked_loses_the_server(hub: SignIns) -> None:
    ada = signed_in(hub, "ada")
    ada.state = None
    hub.authenticator.blocked_users = {"ada"}
    assert hub.refresh(ada) is False
    assert hub.stopped == ["ada/"]


def test_requests_by_token_of_an_unauthorized_user_are_refused(hub: SignIns) -> None:
    ada = signed_in(hub, "ada")
    hub.github.leave("physics", "ada")
    for by in (None, "an admin"):
        with pytest.raises(HubError, match="ada is no longer authorized") as caught:
            hub.refresh(ada, by=by, by_token=True)
        assert caught.value.status_code == 403


def test_an_expired_token_is_renewed_with_the_refresh_token(hub: SignIns) -> None:
    """As with a GitHub App, whose tokens expire after 8 hours."""
    ada = signed_in(hub, "ada")
    assert ada.state
    ada.state["refresh_token"] = first = hub.github.refresh_token("ada")
    hub.github.revoke_tokens("ada")
    hub.github.failing = NO_ANSWER["token"]
    for name, hub.github.failure in FAILURES.items():
        assert hub.refresh(ada) is True, f"{name}: the sign-in lasts until GitHub says that it is over"
    hub.github.failure = None
    ada.state = hub.refresh(ada)["auth_state"]
    assert hub.refresh(ada)["name"] == "ada", "the new token is stored"
    hub.github.revoke_tokens("ada")
    hub.github.failing = NO_ANSWER["user"]
    hub.github.failure = FAILURES["html"]
    assert hub.refresh(ada) is True, "GitHub has taken the refresh token already"
    hub.github.failure = None
    ada.state = hub.refresh(ada)["auth_state"]
    hub.github.revoke_tokens("ada")
    assert ada.state
    ada.state["refresh_token"] = first
    assert hub.refresh(ada) is False, "a refresh token is valid once"


def test_an_error_in_the_hubs_own_code_signs_nobody_out(hub: SignIns, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = signed_in(hub, "ada")
    monkeypatch.setattr(hub.authenticator, "normalize_username", None)
    assert hub.refresh(ada) is True


def test_no_token_is_stored_without_rechecks(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> None:
    never = sign_ins(github, load_config, hub_config, of_github={"recheck_minutes": 0})
    by_name = sign_ins(github, load_config, hub_config, of_github={"organizations": ()}, allowed_users=("eve",))
    assert not never.authenticator.enable_auth_state
    assert not by_name.authenticator.enable_auth_state
    eve = signed_in(by_name, "eve")
    assert by_name.refresh(eve)["name"] == "eve"
    by_name.authenticator.allowed_users = set()
    assert by_name.refresh(eve) is False


def test_the_scope_read_org_is_requested_only_with_organizations(
    github: GitHub, load_config: LoadConfig, hub_config: HubConfig
) -> None:
    by_name = sign_ins(github, load_config, hub_config, of_github={"organizations": ()}, allow_all=True)
    assert sign_ins(github, load_config, hub_config).authenticator.scope == ["read:org"]
    assert by_name.authenticator.scope == []
    assert by_name.sign_in("eve"), "any account, by the setting allow_all"


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://github.example.org", "https://github.example.org/api/v3"),
        ("https://octocorp.ghe.com", "https://api.octocorp.ghe.com"),
    ],
)
def test_the_api_is_that_of_github_of_a_server_or_of_data_residency(
    url: str, api: str, github: GitHub, load_config: LoadConfig, hub_config: HubConfig
) -> None:
    authenticator = sign_ins(github, load_config, hub_config, of_github={"url": url}).authenticator
    assert authenticator.github_api == api
    assert authenticator.userdata_url == f"{api}/user"
    assert authenticator.token_url == f"{url}/login/oauth/access_token"
