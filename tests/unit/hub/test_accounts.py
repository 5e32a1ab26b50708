"""Names and accounts: no account gets another one's home or rights, with a real database and the double of GitHub."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from traitlets.config import Config

from hub.contract import HubConfig
from hub.errors import HubError
from tests.doubles.github import GitHub
from tests.hub_configs import LoadConfig
from tests.unit.hub.github_sign_ins import SignIns, sign_ins, signed_in
from tests.unit.hub.users import Users

MakeHub = Callable[..., SignIns]


@pytest.fixture
def make_hub(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> MakeHub:
    def make(**changes: Any) -> SignIns:  # noqa: ANN401 settings
        return sign_ins(github, load_config, hub_config, **changes)

    return make


@pytest.fixture(params=["organizations", "users"])
def hub(request: pytest.FixtureRequest, make_hub: MakeHub) -> SignIns:
    """A hub with tokens in its database, and one without."""
    if request.param == "organizations":
        return make_hub()
    return make_hub(of_github={"organizations": ()}, allowed_users=("ada", "bob"))


def rename(hub: SignIns, login: str, new: str) -> None:
    """Rename an account at GitHub, which frees its name."""
    account = hub.github.people.pop(login)
    account.login = new
    hub.github.people[new.lower()] = account


def take(hub: SignIns, login: str) -> None:
    """Create an account with a free name, in the organization."""
    hub.github.add_person(login)
    hub.github.join("physics", login)


def refusal(hub: SignIns, login: str) -> str:
    with pytest.raises(HubError) as caught:
        hub.finish(hub.code(login))
    assert caught.value.status_code == 403
    return caught.value.jupyterhub_message


def test_a_renamed_account_stays_the_same_user(hub: SignIns) -> None:
    ada = signed_in(hub, "ada")
    rename(hub, "ada", "Countess")
    model = hub.refresh(ada)
    assert model["name"] == "ada"
    hub.users.store(model)
    assert signed_in(hub, "countess").name == "ada"
    assert hub.stopped == []


def test_who_takes_over_a_name_is_refused_with_the_reason(hub: SignIns) -> None:
    ada = signed_in(hub, "ada")
    rename(hub, "ada", "countess")
    take(hub, "ada")
    assert "The user ada of this hub belongs to another account" in refusal(hub, "ada")
    assert "Ask the operator of this hub" in refusal(hub, "ada")
    assert hub.refresh(ada)["name"] == "ada", "the session of the first account goes on"
    assert hub.users.find_user("ada") is ada


def test_two_accounts_that_swap_their_names_keep_their_users(hub: SignIns) -> None:
    for login in ("ada", "bob"):
        signed_in(hub, login)
    rename(hub, "ada", "temporary")
    rename(hub, "bob", "ada")
    rename(hub, "temporary", "bob")
    assert signed_in(hub, "bob").name == "ada"
    assert signed_in(hub, "ada").name == "bob"


def test_a_membership_of_the_new_owner_of_a_name_counts_for_nobody_else(make_hub: MakeHub) -> None:
    hub = make_hub()
    ada = signed_in(hub, "ada")
    rename(hub, "ada", "countess")
    hub.github.leave("physics", "countess")
    take(hub, "ada")
    assert hub.refresh(ada) is False
    assert hub.stopped == ["ada/"]


def test_a_renamed_account_gets_no_rights_of_a_user_of_the_hub(make_hub: MakeHub) -> None:
    hub = make_hub(of_github={"organizations": ()}, allowed_users=("ada", "grace"), admin_users=("grace",))
    hub.github.add_person("grace")
    signed_in(hub, "grace")
    ada = signed_in(hub, "ada")
    rename(hub, "grace", "hopper")
    rename(hub, "ada", "grace")
    model = hub.sign_in("grace")
    assert model
    assert (model["name"], model["admin"]) == ("ada", False)
    hub.users.store(model)
    assert hub.refresh(ada)["admin"] is False
    hub.authenticator.allowed_users = {"grace"}
    assert hub.sign_in("grace") is None
    admin = hub.sign_in("hopper")
    assert admin
    assert (admin["name"], admin["admin"]) == ("grace", True)


def test_the_lists_may_have_the_new_name_of_a_renamed_account(make_hub: MakeHub) -> None:
    hub = make_hub(of_github={"organizations": ()}, allowed_users=("ada",))
    ada = signed_in(hub, "ada")
    rename(hub, "ada", "countess")
    hub.users.store(hub.sign_in("countess") or {})
    for listed in ("allowed_users", "admin_users"):
        hub.authenticator.allowed_users = hub.authenticator.admin_users = set()
        setattr(hub.authenticator, listed, {"countess"})
        model = hub.sign_in("countess")
        assert model
        assert (model["name"], model["admin"]) == ("ada", listed == "admin_users")
        assert hub.refresh(ada)["admin"] is (listed == "admin_users")


@pytest.mark.parametrize("blocked", ["mallory", "angel"])
def test_a_blocked_user_cannot_escape_by_a_new_name(make_hub: MakeHub, blocked: str) -> None:
    hub = make_hub()
    take(hub, "mallory")
    mallory = signed_in(hub, "mallory")
    rename(hub, "mallory", "angel")
    hub.users.store(hub.sign_in("angel") or {})
    hub.authenticator.blocked_users = {blocked}
    assert hub.sign_in("angel") is None
    assert hub.refresh(mallory) is False
    assert hub.stopped == ["mallory/"]


def test_a_user_of_version_0_1_is_tied_at_the_next_check_or_sign_in(make_hub: MakeHub) -> None:
    hub = make_hub()
    ada = signed_in(hub, "ada")
    ada.row.user_info = None
    hub.users.db.commit()
    rename(hub, "ada", "countess")
    take(hub, "ada")
    assert "belongs to another account" in refusal(hub, "ada")
    hub.users.store(hub.refresh(ada))
    assert ada.row.user_info
    assert signed_in(hub, "countess") is ada


def test_a_deleted_user_frees_the_name(hub: SignIns) -> None:
    hub.users.delete(signed_in(hub, "ada"))
    rename(hub, "ada", "countess")
    take(hub, "ada")
    assert signed_in(hub, "ada").name == "ada"


def test_a_user_renamed_by_an_admin_belongs_to_the_account_of_that_name(hub: SignIns) -> None:
    user = signed_in(hub, "ada")
    hub.users.rename(user, "bob")
    assert signed_in(hub, "bob") is user
    assert signed_in(hub, "ada") is not user


def test_another_provider_has_other_ids(hub: SignIns) -> None:
    signed_in(hub, "ada")
    rename(hub, "ada", "countess")
    take(hub, "ada")
    hub.authenticator.github_url = "https://elsewhere.example.org"
    assert signed_in(hub, "ada").name == "ada"


class Custom:
    """A class of an operator's, with what an OpenID provider says."""

    def __init__(self, configured: Config, users: Users) -> None:
        self.authenticator: Any = configured.JupyterHub.authenticator_class(config=configured)
        self.users = users

    def sign_in(self, person: dict[str, Any]) -> str:
        """Return the name of the user."""

        async def user_info(*_: object) -> dict[str, Any]:
            return person

        async def token(*_: object) -> dict[str, str]:
            return {"access_token": "t", "token_type": "bearer"}

        self.authenticator.token_to_user, self.authenticator.get_token_info = user_info, token
        handler: Any = SimpleNamespace(
            get_argument={"code": "code"}.get, find_user=self.users.find_user, db=self.users.db
        )
        model = asyncio.run(self.authenticator.get_authenticated_user(handler, None))
        return self.users.store(model).name


@pytest.mark.parametrize("claim", ["sub", "oid", "id"])
def test_a_custom_class_ties_users_to_the_id_that_it_offers(
    claim: str, load_config: LoadConfig, hub_config: HubConfig
) -> None:
    changes = {
        "type": "custom",
        "custom_class": "oauthenticator.generic.GenericOAuthenticator",
        "custom_traits": {
            "username_claim": "name",
            "enable_pkce": False,
            "token_url": "https://id.example.org/token",
            "oauth_callback_url": "https://hub.example.org/hub/oauth_callback",
        },
        "allow_all": True,
    }
    config = load_config(hub_config.model_copy(update={"sign_in": hub_config.sign_in.model_copy(update=changes)}))
    hub = Custom(config, Users())
    assert hub.sign_in({"name": "ada", claim: "1"}) == "ada"
    assert hub.sign_in({"name": "countess", claim: "1"}) == "ada"
    with pytest.raises(HubError, match="belongs to another account"):
        hub.sign_in({"name": "ada", claim: "2"})
    hub.authenticator.normalize_username = str  # of a class that keeps capitals
    assert hub.sign_in({"name": "Zoë", claim: "4"}) == "Zoë"
    assert hub.sign_in({"name": "eve"}) == "eve", "a provider without IDs ties nobody"
    hub.authenticator.client_id = "another client, with other IDs"
    assert hub.sign_in({"name": "ada", claim: "3"}) == "ada"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ada\u200b", "has invisible characters"),
        ("ada\nb", "has invisible characters"),
        ("\uff41da", "has characters that look like those of 'ada'; use that name"),
        ("zoe\u0308", "has characters that look like those of 'zoë'; use that name"),
    ],
)
def test_a_name_that_cannot_be_told_apart_is_refused(
    name: str, reason: str, load_config: LoadConfig, hub_config: HubConfig
) -> None:
    config = load_config(hub_config)
    authenticator: Any = config.JupyterHub.authenticator_class(config=config)
    users = Users()
    handler = SimpleNamespace(find_user=users.find_user, db=users.db)
    form = {"username": name, "password": ""}
    with pytest.raises(HubError) as caught:
        asyncio.run(authenticator.get_authenticated_user(handler, form))
    assert reason in caught.value.jupyterhub_message
    users.store({"name": name})
    assert asyncio.run(authenticator.get_authenticated_user(handler, form)), "a user from before keeps the name"


@pytest.mark.parametrize("name", ["x" * 240, "ж" * 40])
def test_a_name_whose_servers_cannot_be_stored_is_refused(
    name: str, load_config: LoadConfig, hub_config: HubConfig
) -> None:
    config = load_config(hub_config)
    authenticator: Any = config.JupyterHub.authenticator_class(config=config)
    users = Users()
    handler = SimpleNamespace(find_user=users.find_user, db=users.db)
    with pytest.raises(HubError, match="is too long"):
        asyncio.run(authenticator.get_authenticated_user(handler, {"username": name, "password": ""}))


@pytest.mark.parametrize(
    "name", ["zoë", "a#b", "a?b", "50%", "a+b@example.org", "a b", "007", "ada😀", "x" * 239, "ж" * 39, "москва"]
)
def test_any_other_name_can_sign_in(name: str, load_config: LoadConfig, hub_config: HubConfig) -> None:
    config = load_config(hub_config)
    authenticator: Any = config.JupyterHub.authenticator_class(config=config)
    users = Users()
    handler = SimpleNamespace(find_user=users.find_user, db=users.db)
    model = asyncio.run(authenticator.get_authenticated_user(handler, {"username": name, "password": ""}))
    assert model["name"] == name
