"""The real authenticator with the test double of GitHub: authorization, rechecks and outages."""

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
    """The parts of JupyterHub's User, and of the handler that stops servers, that the authenticator uses."""

    name: str
    state: dict[str, Any] | None
    spawners: dict[str, Any] = field(default_factory=lambda: {"": SimpleNamespace(ready=True)})
    stopped: list[str] = field(default_factory=list[str])

    async def get_auth_state(self) -> dict[str, Any] | None:
        """Return the stored state of the last sign-in."""
        return self.state

    async def stop_single_user(self, user: "User", name: str) -> None:
        """Stop a server."""
        user.stopped.append(name)


class Session:
    """A configured authenticator, and sign-ins with it."""

    def __init__(self, github: GitHub, config: Config) -> None:
        self.github = github
        self.authenticator: Any = config.JupyterHub.authenticator_class(config=config)

    def run(self, act: Callable[[], Awaitable[T]]) -> T:
        """Run a coroutine and the tasks that it started."""

        async def whole() -> T:
            result = await act()
            await asyncio.sleep(0)
            return result

        return asyncio.run(whole())

    def code(self, login: str) -> str:
        """Return the code of the redirect after a sign-in at GitHub."""
        query = {"client_id": "hub", "redirect_uri": CALLBACK, "state": "s", "scope": "read:org"}
        answer = httpx.post(f"{self.github.url}/login/oauth/authorize", params=query, data={"login": login})
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def sign_in(self, login: str) -> dict[str, Any] | None:
        """Sign in; return the auth model, or None if the user is not authorized."""
        return self.finish(self.code(login))

    def finish(self, code: str) -> dict[str, Any] | None:
        """Complete a sign-in with a code; return the auth model, or None if the user is not authorized."""
        handler = SimpleNamespace(get_argument={"code": code}.get)
        try:
            return self.run(lambda: self.authenticator.get_authenticated_user(handler, None))
        except HubError as refusal:
            if refusal.status_code != 403 or "may not use this hub" not in refusal.jupyterhub_message:
                raise
            return None

    def refresh(self, user: User) -> Any:  # noqa: ANN401 a model or a boolean
        """Refresh a user, as JupyterHub does at an interval."""
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
    config.GitHubOAuthenticator.enable_pkce = False  # its verifier is in a cookie of the browser
    return Session(github, config)


@pytest.fixture
def hub(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> Session:
    return session(github, load_config, hub_config, admin_users=("grace",), blocked_users=("mallory",))


@pytest.mark.parametrize(("login", "welcome"), [("ada", True), ("bob", True), ("eve", False)])
def test_only_members_of_an_organization_or_team_are_authorized(hub: Session, login: str, welcome: bool) -> None:  # noqa: FBT001 a column
    model = hub.sign_in(login)
    assert (model is not None) == welcome
    if model:
        assert (model["name"], model["admin"]) == (login, False)


def test_an_admin_needs_no_organization(hub: Session) -> None:
    hub.github.add_person("Grace")
    model = hub.sign_in("grace")
    assert model
    assert model["admin"] is True


def test_a_blocked_user_is_refused_also_as_a_member(hub: Session) -> None:
    hub.github.add_person("mallory")
    hub.github.join("physics", "mallory")
    assert hub.sign_in("mallory") is None


def test_a_wrong_client_secret_is_reported_with_a_fix(hub: Session) -> None:
    hub.github.client_secret = secrets.token_hex(20)
    with pytest.raises(HubError, match=r"pulumi config set --secret github\.clientSecret") as caught:
        hub.sign_in("ada")
    assert caught.value.status_code == 500


@pytest.mark.parametrize("outage", ["down", "refusing"])
def test_an_outage_of_github_is_reported_as_an_outage(hub: Session, outage: str) -> None:
    code = hub.code("ada")
    setattr(hub.github, outage, True)
    with pytest.raises(UpstreamError) as caught:
        hub.finish(code)
    assert caught.value.status_code == 503
    assert "GitHub does not answer" in caught.value.jupyterhub_message


def signed_in(hub: Session, login: str) -> User:
    model = hub.sign_in(login)
    assert model
    return User(model["name"], model["auth_state"])


def test_a_member_stays_signed_in(hub: Session) -> None:
    ada = signed_in(hub, "ada")
    model = hub.refresh(ada)
    assert (model["name"], model["admin"]) == ("ada", False)
    assert ada.stopped == []


@pytest.mark.parametrize(("login", "left"), [("ada", "physics"), ("bob", "maths:staff")])
def test_a_user_who_left_is_signed_out_and_the_server_stops(hub: Session, login: str, left: str) -> None:
    person = signed_in(hub, login)
    hub.github.leave(left, login)
    assert hub.refresh(person) is False
    assert person.stopped == [""]


def test_a_newly_blocked_user_is_signed_out(hub: Session) -> None:
    ada = signed_in(hub, "ada")
    hub.authenticator.blocked_users = {"ada"}
    assert hub.refresh(ada) is False
    assert ada.stopped == [""]


@pytest.mark.parametrize("outage", ["down", "refusing", "rate_limited"])
def test_users_stay_signed_in_during_an_outage_of_github(hub: Session, outage: str) -> None:
    ada = signed_in(hub, "ada")
    setattr(hub.github, outage, True)
    assert hub.refresh(ada) is True
    assert ada.stopped == []


def test_a_revoked_token_needs_a_new_sign_in_and_stops_no_server(hub: Session) -> None:
    ada = signed_in(hub, "ada")
    hub.github.revoke_tokens("ada")
    assert hub.refresh(ada) is False
    assert ada.stopped == []


def test_a_renamed_account_needs_a_new_sign_in(hub: Session) -> None:
    ada = signed_in(hub, "ada")
    hub.github.people["ada"].login = "countess"
    assert hub.refresh(ada) is False


def test_no_token_is_stored_without_rechecks(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> None:
    never = session(github, load_config, hub_config, of_github={"recheck_minutes": 0})
    by_name = session(github, load_config, hub_config, of_github={"organizations": ()}, allowed_users=("eve",))
    assert not never.authenticator.enable_auth_state
    assert not by_name.authenticator.enable_auth_state
    eve = signed_in(by_name, "eve")
    assert by_name.refresh(eve)["name"] == "eve"
    by_name.authenticator.allowed_users = set()
    assert by_name.refresh(eve) is False


def test_the_scope_read_org_is_requested_only_with_organizations(
    github: GitHub, load_config: LoadConfig, hub_config: HubConfig
) -> None:
    by_name = session(github, load_config, hub_config, of_github={"organizations": ()}, allow_all=True)
    assert session(github, load_config, hub_config).authenticator.scope == ["read:org"]
    assert by_name.authenticator.scope == []
    assert by_name.sign_in("eve"), "any account, by the setting allow_all"


@pytest.fixture
def grouping(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> Session:
    """A hub with some organizations and teams as groups."""
    of_github = {"organizations": ("physics", "maths"), "groups": ("maths:staff", "physics", "chemistry")}
    return session(github, load_config, hub_config, of_github=of_github)


@pytest.mark.parametrize(("login", "groups"), [("ada", ["physics"]), ("bob", ["maths:staff"]), ("eve", [])])
def test_memberships_are_stored_as_jupyterhub_groups(grouping: Session, login: str, groups: list[str]) -> None:
    model = grouping.sign_in(login)
    assert model
    assert model["groups"] == groups
    assert grouping.refresh(User(model["name"], model["auth_state"]))["groups"] == groups


def test_a_user_who_leaves_a_team_leaves_the_group(grouping: Session) -> None:
    bob = signed_in(grouping, "bob")
    grouping.github.leave("maths:staff", "bob")
    assert grouping.refresh(bob)["groups"] == []
    assert bob.stopped == [], "bob is still authorized by the organization"


def test_groups_stay_during_an_outage_of_github(grouping: Session) -> None:
    bob = signed_in(grouping, "bob")
    grouping.github.down = True
    assert grouping.refresh(bob) is True


def test_a_group_authorizes_nobody(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> None:
    of_github = {"organizations": (), "groups": ("maths",)}
    by_name = session(github, load_config, hub_config, of_github=of_github, allowed_users=("ada",))
    assert by_name.authenticator.scope == ["read:org"]
    assert by_name.sign_in("eve") is None
    ada = by_name.sign_in("ada")
    assert ada
    assert ada["groups"] == []
