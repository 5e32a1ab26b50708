"""The real authenticator with a real OpenID provider: sign-in, groups, rechecks, outages, and signing out."""

import asyncio
import secrets
from collections.abc import Callable, Generator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hub.contract import HubConfig
from hub.errors import HubError, UpstreamError
from tests.doubles.openid import OpenIdProvider
from tests.hub_configs import LoadConfig
from tests.unit.hub.github_sign_ins import CALLBACK
from tests.unit.hub.openid_sign_ins import LOGOUT, SignIns

Make = Callable[..., SignIns]


@pytest.fixture(scope="module")
def running() -> Generator[OpenIdProvider]:
    with OpenIdProvider(callback_url=CALLBACK, logout_url=LOGOUT, pkce=False) as provider:
        yield provider


@pytest.fixture
def provider(running: OpenIdProvider, monkeypatch: pytest.MonkeyPatch) -> OpenIdProvider:
    """A provider with some people."""
    monkeypatch.setenv("OIDC_CLIENT_ID", running.client_id)
    monkeypatch.setenv("OIDC_CLIENT_SECRET", running.client_secret)
    running.set_down(False)
    running.accounts.clear()
    for login, groups in {"ada": ("staff",), "grace": ("admins",), "eve": ("guests",), "mallory": ("staff",)}.items():
        running.add(login, *groups)
    return running


@pytest.fixture
def make_hub(provider: OpenIdProvider, load_config: LoadConfig, hub_config: HubConfig) -> Make:
    def make(**changes: object) -> SignIns:
        return SignIns(provider, load_config, hub_config, **{"blocked_users": ("mallory",), **changes})

    return make


@pytest.fixture
def hub(make_hub: Make) -> SignIns:
    return make_hub()


@pytest.mark.parametrize(
    ("login", "admin"), [("ada", False), ("grace", True), ("eve", None), ("mallory", None)], ids=str
)
def test_groups_of_the_provider_decide_who_may_sign_in_and_who_is_admin(
    hub: SignIns,
    login: str,
    admin: bool | None,  # noqa: FBT001 a column
) -> None:
    model = hub.sign_in(login)
    assert (model and model["admin"]) == admin


def test_the_page_says_who_may_sign_in(hub: SignIns) -> None:
    with pytest.raises(
        HubError, match=r"Your account at Example University may not use this hub\. Authorized: staff\."
    ):
        hub.finish(hub.authorize("eve"))


def test_lists_of_the_stack_allow_people_without_groups(make_hub: Make) -> None:
    hub = make_hub(allowed_users=("eve",), admin_users=("eve",))
    model = hub.sign_in("eve")
    assert model
    assert model["admin"] is True
    assert model["groups"] == ["guests"]


def test_all_accounts_of_an_issuer_may_be_allowed(make_hub: Make) -> None:
    assert make_hub(allow_all=True).sign_in("eve")


def test_the_account_is_remembered_by_issuer_client_and_subject(hub: SignIns, provider: OpenIdProvider) -> None:
    model = hub.sign_in("ada")
    assert model
    assert model["user_info"]["account"] == {
        "provider": f"{provider.url} hub",
        "id": "id-ada",
        "login": "ada",
        "user": "ada",
    }


def test_a_renamed_account_keeps_its_user_and_who_takes_the_name_is_refused(
    hub: SignIns, provider: OpenIdProvider
) -> None:
    ada = hub.signed_in("ada")
    provider.add("ada", "staff", preferred_username="countess")
    assert hub.refresh(ada)["name"] == "ada"
    provider.add("other", "staff", preferred_username="ada")
    with pytest.raises(HubError, match="The user ada of this hub belongs to another account"):
        hub.finish(hub.authorize("ada"))
    again = hub.sign_in("countess")
    assert again
    assert again["name"] == "ada"


def test_an_unverified_email_address_is_no_user_name(make_hub: Make, provider: OpenIdProvider) -> None:
    hub = make_hub(username_claim="email", strip_domain="example.org")
    provider.add("eve", "staff", email="ada@example.org", email_verified=False)
    with pytest.raises(HubError, match="Your email address is not verified at Example University"):
        hub.finish(hub.authorize("eve"))
    ada = hub.signed_in("ada")
    assert ada.name == "ada"
    provider.add("ada", "staff", email_verified=False)
    assert hub.refresh(ada) is False, "it is an answer about ada"
    assert hub.stopped == ["ada/"]


@pytest.mark.parametrize("change", ["the group is left", "the account is another group's"])
def test_a_user_who_leaves_the_group_loses_session_and_server(
    hub: SignIns, provider: OpenIdProvider, change: str
) -> None:
    ada = hub.signed_in("ada")
    assert hub.refresh(ada)["groups"] == ["staff"]
    provider.add("ada", *(["guests"] if "another" in change else []))
    assert hub.refresh(ada) is False
    assert hub.stopped == ["ada/"]


def test_an_admin_who_leaves_the_group_of_admins_is_no_admin_at_the_next_check(
    hub: SignIns, provider: OpenIdProvider
) -> None:
    provider.add("grace", "admins", "staff")
    grace = hub.signed_in("grace")
    assert hub.refresh(grace)["admin"] is True
    provider.add("grace", "staff")
    model = hub.refresh(grace)
    assert (model["admin"], model["groups"]) == (False, ["staff"])
    assert hub.stopped == []


def test_many_checks_one_after_the_other_use_rotated_refresh_tokens(hub: SignIns) -> None:
    ada = hub.signed_in("ada")
    seen: set[str] = set()
    for _ in range(4):
        assert ada.state
        seen.add(ada.state["refresh_token"])
        assert hub.refresh(ada)["name"] == "ada"
    assert len(seen) == 4


def test_checks_at_the_same_time_use_a_refresh_token_once(hub: SignIns, provider: OpenIdProvider) -> None:
    ada = hub.signed_in("ada")
    before = provider.requests().count("POST /token")

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(hub.authenticator.current_model(ada, None) for _ in range(5)))

    models = hub.run(all_at_once)
    assert provider.requests().count("POST /token") == before + 1
    assert len({model["auth_state"]["refresh_token"] for model in models}) == 1
    hub.users.store({**models[0], "name": "ada"})
    assert hub.refresh(ada)["name"] == "ada"


def test_a_check_that_takes_longer_than_a_page_waits_loses_no_token(
    hub: SignIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = hub.signed_in("ada")
    assert ada.state
    old = ada.state["refresh_token"]
    monkeypatch.setattr("hub.refresh._PATIENCE", 0)
    assert hub.refresh(ada) is True, "nobody is turned out"
    monkeypatch.setattr("hub.refresh._PATIENCE", 5)
    hub.run(lambda: asyncio.sleep(0.3))
    assert hub.refresh(ada)["auth_state"]["refresh_token"] != old
    assert hub.refresh(ada)["name"] == "ada", "the provider has not taken it for a theft"


def test_an_outage_of_a_part_of_the_provider_loses_no_token(make_hub: Make, provider: OpenIdProvider) -> None:
    """The provider has taken the old refresh token already."""
    hub = make_hub(scopes=("openid", "profile", "email", "offline_access"), authorize_parameters={"prompt": "consent"})
    ada = hub.signed_in("ada")
    provider.set_down("/me")
    for _ in range(3):
        assert hub.refresh(ada) is True
    provider.set_down(False)
    for _ in range(2):
        assert hub.refresh(ada)["name"] == "ada"
    assert hub.stopped == []


def test_another_issuer_or_client_gets_no_token_and_leads_to_the_sign_in(
    make_hub: Make, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_hub().signed_in("ada")
    before = provider.requests().count("POST /token")
    monkeypatch.setenv("OIDC_CLIENT_ID", "another")
    other = make_hub()
    assert other.refresh(ada) is False
    monkeypatch.setenv("OIDC_CLIENT_ID", provider.client_id)
    assert ada.state
    ada.state["oidc"]["iss"] = "https://former.example"
    assert make_hub().refresh(ada) is False
    assert provider.requests().count("POST /token") == before
    assert other.stopped == []


def test_users_stay_signed_in_during_an_outage_of_the_provider(hub: SignIns, provider: OpenIdProvider) -> None:
    ada = hub.signed_in("ada")
    provider.set_down(True)
    assert hub.refresh(ada) is True
    assert hub.refresh(ada, by_token=True) is True
    assert hub.stopped == []
    provider.set_down(False)
    assert hub.refresh(ada)["name"] == "ada"


def test_an_outage_at_sign_in_is_reported_as_an_outage(hub: SignIns, provider: OpenIdProvider) -> None:
    code = hub.authorize("ada")
    provider.set_down(True)
    with pytest.raises(UpstreamError, match="Example University does not answer") as caught:
        hub.finish(code)
    assert caught.value.status_code == 503


def test_a_hub_that_starts_during_an_outage_works_after_it(make_hub: Make, provider: OpenIdProvider) -> None:
    provider.set_down(True)
    hub = make_hub()
    with pytest.raises(UpstreamError):
        hub.run(hub.authenticator.discover)
    provider.set_down(False)
    hub.authenticator._provider._asked = float("-inf")
    assert hub.sign_in("ada")


def test_a_wrong_client_secret_is_reported_with_the_command_that_fixes_it(
    make_hub: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_CLIENT_SECRET", secrets.token_hex(20))
    hub = make_hub()
    with pytest.raises(HubError, match=r"pulumi config set --secret oidc\.clientSecret") as caught:
        hub.finish(hub.authorize("ada"))
    assert caught.value.status_code == 500


def test_a_code_is_valid_once(hub: SignIns) -> None:
    code = hub.authorize("ada")
    assert hub.finish(code)
    with pytest.raises(HubError, match="Example University does not accept this sign-in any more") as caught:
        hub.finish(code)
    assert caught.value.status_code == 403


def test_a_deleted_account_stops_the_server_only_with_offline_access(make_hub: Make, provider: OpenIdProvider) -> None:
    """Without that scope, a refused refresh token may only say that the session at the provider has ended."""
    by_session = make_hub()
    ada = by_session.signed_in("ada")
    provider.remove("ada")
    assert by_session.refresh(ada) is False, "pages lead to the sign-in"
    assert by_session.refresh(ada, by_token=True) is False
    assert by_session.stopped == []
    offline = make_hub(
        scopes=("openid", "profile", "email", "offline_access"), authorize_parameters={"prompt": "consent"}
    )
    grace = offline.signed_in("grace")
    assert offline.refresh(grace)["name"] == "grace"
    provider.remove("grace")
    assert offline.refresh(grace) is False
    assert offline.stopped == ["grace/"]


def test_without_recheck_and_logout_no_token_is_stored(make_hub: Make) -> None:
    assert not make_hub(recheck_minutes=0).authenticator.enable_auth_state
    assert make_hub(recheck_minutes=0, logout_at_provider=True).authenticator.enable_auth_state


def test_signing_out_leads_to_the_provider_and_back(make_hub: Make, provider: OpenIdProvider) -> None:
    assert make_hub().logout_address(make_hub().signed_in("ada")) is None
    hub = make_hub(logout_at_provider=True)
    ada = hub.signed_in("ada")
    assert ada.state
    address = urlsplit(str(hub.logout_address(ada)))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.url}/session/end"
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert query == {
        "client_id": "hub",
        "post_logout_redirect_uri": LOGOUT,
        "id_token_hint": ada.state["id_token"],
    }
    ada.state["id_token"] = "a" * 5000
    assert "id_token_hint" not in str(hub.logout_address(ada)), "servers refuse long addresses"


def test_no_message_or_log_has_a_secret(
    hub: SignIns, provider: OpenIdProvider, caplog: pytest.LogCaptureFixture
) -> None:
    ada = hub.signed_in("ada")
    assert ada.state
    with hub.told(caplog):
        provider.set_down(True)
        hub.refresh(ada)
        provider.set_down(False)
        provider.remove("ada")
        hub.refresh(ada)
    assert "Keeping the session of ada unchecked: Example University does not answer" in caplog.text
    hidden = [provider.client_secret, *(ada.state[name] for name in ("access_token", "refresh_token", "id_token"))]
    assert [secret for secret in hidden if secret in caplog.text] == []
