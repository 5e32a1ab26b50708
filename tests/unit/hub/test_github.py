"""The real authenticator against the look-alike of GitHub: who gets in, who stays, and what an outage does."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from traitlets.config import Config

from hub.contract import HubConfig
from hub.errors import HubError, UpstreamError
from tests.doubles.github import GitHub

CALLBACK = "http://127.100.0.10/hub/oauth_callback"
LoadConfig = Callable[[HubConfig], Config]
T = TypeVar("T")


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Generator[GitHub]:
    secret = secrets.token_hex(20)
    monkeypatch.setenv("GITHUB_CLIENT_ID", "hub")
    monkeypatch.setenv("GITHUB_CLIENT_SECRET", secret)
    with GitHub(client_id="hub", client_secret=secret, callback_url=CALLBACK) as github:
        for login in ("Ada", "bob", "eve"):
            github.add_person(login)
        github.join("physics", "ada")
        github.join("maths:staff", "bob")
        github.join("maths", "eve")
        yield github


@dataclass
class User:
    """What the authenticator sees of JupyterHub's User, and of the handler that stops servers."""

    name: str
    state: dict[str, Any] | None
    spawners: dict[str, Any] = field(default_factory=lambda: {"": SimpleNamespace(ready=True)})
    stopped: list[str] = field(default_factory=list[str])

    async def get_auth_state(self) -> dict[str, Any] | None:
        """What was kept of the last sign-in."""
        return self.state

    async def stop_single_user(self, user: "User", name: str) -> None:
        """Stop a server."""
        user.stopped.append(name)


class Session:
    """An authenticator as the hub has it, and the people who sign in by it."""

    def __init__(self, github: GitHub, config: Config) -> None:
        self.github = github
        self.authenticator: Any = config.JupyterHub.authenticator_class(config=config)

    def run(self, act: Callable[[], Awaitable[T]]) -> T:
        """Run to the end, with all that was started on the way."""

        async def whole() -> T:
            result = await act()
            await asyncio.sleep(0)
            return result

        return asyncio.run(whole())

    def code(self, login: str) -> str:
        """What GitHub sends a person back with, who signs in there."""
        query = {"client_id": "hub", "redirect_uri": CALLBACK, "state": "s", "scope": "read:org"}
        answer = httpx.post(f"{self.github.url}/login/oauth/authorize", params=query, data={"login": login})
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def sign_in(self, login: str) -> dict[str, Any] | None:
        """Sign in from GitHub's answer on; what is known of the person, None if they may not."""
        return self.finish(self.code(login))

    def finish(self, code: str) -> dict[str, Any] | None:
        """Go on with what GitHub sent a person back with."""
        handler = SimpleNamespace(get_argument={"code": code}.get)
        try:
            return self.run(lambda: self.authenticator.get_authenticated_user(handler, None))
        except HubError as refusal:
            if refusal.status_code != 403 or "may not use this hub" not in refusal.jupyterhub_message:
                raise
            return None

    def refresh(self, user: User) -> Any:  # noqa: ANN401 what JupyterHub makes of it
        """Do what JupyterHub does from time to time."""
        return self.run(lambda: self.authenticator.refresh_user(user, user))


def session(
    github: GitHub,
    load_config: LoadConfig,
    hub_config: HubConfig,
    *,
    of_github: Mapping[str, object] | None = None,
    **changes: object,
) -> Session:
    sign_in = hub_config.sign_in.model_copy(
        update={
            "type": "github",
            "github": hub_config.sign_in.github.model_copy(update={"url": github.url, **(of_github or {})}),
            "callback_url": CALLBACK,
            **changes,
        }
    )
    config = load_config(hub_config.model_copy(update={"sign_in": sign_in}))
    config.GitHubOAuthenticator.enable_pkce = False  # its half is in a cookie of the browser
    return Session(github, config)


@pytest.fixture
def hub(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> Session:
    return session(github, load_config, hub_config, admin_users=("grace",), blocked_users=("mallory",))


@pytest.mark.parametrize(("login", "welcome"), [("ada", True), ("bob", True), ("eve", False)])
def test_members_of_an_organization_or_team_get_in_and_others_do_not(hub: Session, login: str, welcome: bool) -> None:  # noqa: FBT001 a column
    model = hub.sign_in(login)
    assert (model is not None) == welcome
    if model:
        assert (model["name"], model["admin"]) == (login, False)


def test_an_admin_needs_no_organization(hub: Session) -> None:
    hub.github.add_person("Grace")
    model = hub.sign_in("grace")
    assert model
    assert model["admin"] is True


def test_who_is_blocked_stays_out_member_or_not(hub: Session) -> None:
    hub.github.add_person("mallory")
    hub.github.join("physics", "mallory")
    assert hub.sign_in("mallory") is None


def test_a_wrong_client_secret_is_told_with_the_mend(hub: Session) -> None:
    hub.github.client_secret = secrets.token_hex(20)
    with pytest.raises(HubError, match=r"pulumi config set --secret github\.clientSecret") as caught:
        hub.sign_in("ada")
    assert caught.value.status_code == 500


@pytest.mark.parametrize("trouble", ["down", "refusing"])
def test_an_outage_of_github_is_told_as_one(hub: Session, trouble: str) -> None:
    code = hub.code("ada")
    setattr(hub.github, trouble, True)
    with pytest.raises(UpstreamError) as caught:
        hub.finish(code)
    assert caught.value.status_code == 503
    assert "GitHub does not answer" in caught.value.jupyterhub_message


def signed_in(hub: Session, login: str) -> User:
    model = hub.sign_in(login)
    assert model
    return User(model["name"], model["auth_state"])


def test_a_member_stays(hub: Session) -> None:
    ada = signed_in(hub, "ada")
    model = hub.refresh(ada)
    assert (model["name"], model["admin"]) == ("ada", False)
    assert ada.stopped == []


@pytest.mark.parametrize(("login", "left"), [("ada", "physics"), ("bob", "maths:staff")])
def test_who_left_is_turned_out_and_the_server_stops(hub: Session, login: str, left: str) -> None:
    person = signed_in(hub, login)
    hub.github.leave(left, login)
    assert hub.refresh(person) is False
    assert person.stopped == [""]


def test_who_is_blocked_now_is_turned_out(hub: Session) -> None:
    ada = signed_in(hub, "ada")
    hub.authenticator.blocked_users = {"ada"}
    assert hub.refresh(ada) is False
    assert ada.stopped == [""]


@pytest.mark.parametrize("trouble", ["down", "refusing", "rate_limited"])
def test_people_stay_while_github_cannot_be_asked(hub: Session, trouble: str) -> None:
    ada = signed_in(hub, "ada")
    setattr(hub.github, trouble, True)
    assert hub.refresh(ada) is True
    assert ada.stopped == []


def test_a_token_that_github_does_not_know_any_more_means_signing_in_again_and_no_more(hub: Session) -> None:
    ada = signed_in(hub, "ada")
    hub.github.revoke_tokens("ada")
    assert hub.refresh(ada) is False
    assert ada.stopped == []


def test_an_account_that_has_another_name_now_is_another_person(hub: Session) -> None:
    ada = signed_in(hub, "ada")
    hub.github.people["ada"].login = "countess"
    assert hub.refresh(ada) is False


def test_no_token_is_kept_where_nobody_asks_github_again(
    github: GitHub, load_config: LoadConfig, hub_config: HubConfig
) -> None:
    never = session(github, load_config, hub_config, of_github={"recheck_minutes": 0})
    by_name = session(github, load_config, hub_config, of_github={"organizations": ()}, allowed_users=("eve",))
    assert not never.authenticator.enable_auth_state
    assert not by_name.authenticator.enable_auth_state
    eve = signed_in(by_name, "eve")
    assert by_name.refresh(eve)["name"] == "eve"
    by_name.authenticator.allowed_users = set()
    assert by_name.refresh(eve) is False


def test_more_than_public_memberships_are_asked_for_only_where_organizations_count(
    github: GitHub, load_config: LoadConfig, hub_config: HubConfig
) -> None:
    by_name = session(github, load_config, hub_config, of_github={"organizations": ()}, allow_all=True)
    assert session(github, load_config, hub_config).authenticator.scope == ["read:org"]
    assert by_name.authenticator.scope == []
    assert by_name.sign_in("eve"), "anybody with an account, as the setting says"


@pytest.fixture
def grouping(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> Session:
    """A hub that keeps some organizations and teams as groups."""
    of_github = {"organizations": ("physics", "maths"), "groups": ("maths:staff", "physics", "chemistry")}
    return session(github, load_config, hub_config, of_github=of_github)


@pytest.mark.parametrize(("login", "groups"), [("ada", ["physics"]), ("bob", ["maths:staff"]), ("eve", [])])
def test_memberships_that_accounts_follow_from_are_kept_as_groups(
    grouping: Session, login: str, groups: list[str]
) -> None:
    model = grouping.sign_in(login)
    assert model
    assert model["groups"] == groups
    assert grouping.refresh(User(model["name"], model["auth_state"]))["groups"] == groups


def test_who_leaves_a_team_is_in_the_group_no_more(grouping: Session) -> None:
    bob = signed_in(grouping, "bob")
    grouping.github.leave("maths:staff", "bob")
    assert grouping.refresh(bob)["groups"] == []
    assert bob.stopped == [], "the organization still lets bob in"


def test_groups_stay_while_github_cannot_be_asked(grouping: Session) -> None:
    bob = signed_in(grouping, "bob")
    grouping.github.down = True
    assert grouping.refresh(bob) is True


def test_a_group_lets_nobody_in(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> None:
    of_github = {"organizations": (), "groups": ("maths",)}
    by_name = session(github, load_config, hub_config, of_github=of_github, allowed_users=("ada",))
    assert by_name.authenticator.scope == ["read:org"]
    assert by_name.sign_in("eve") is None
    ada = by_name.sign_in("ada")
    assert ada
    assert ada["groups"] == []
