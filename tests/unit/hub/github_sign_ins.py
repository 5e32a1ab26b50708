"""Sign-ins with the real authenticator and the test double of GitHub."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy.orm import Session
from traitlets.config import Config

from hub.contract import HubConfig
from hub.errors import HubError
from tests.doubles.github import GitHub
from tests.hub_configs import LoadConfig
from tests.unit.hub.users import User, Users

CALLBACK = "http://127.100.0.10/hub/oauth_callback"
T = TypeVar("T")


@dataclass
class Handler:
    """The parts of JupyterHub's handler of a request that the authenticator uses."""

    current_user: object = None
    by_token: bool = False
    """Whether the request has an API token, and no cookie."""
    query: dict[str, str] = field(default_factory=dict[str, str])
    users: Users = field(default_factory=Users)
    """The database."""
    stopped: list[str] = field(default_factory=list[str])

    def get_argument(self, name: str) -> str | None:
        """Return an argument of the query."""
        return self.query.get(name)

    def find_user(self, name: str) -> User | None:
        """Return a user in the database."""
        return self.users.find_user(name)

    @property
    def db(self) -> Session:
        """The session of the database."""
        return self.users.db

    def get_token(self) -> object:
        """Return the API token of the request."""
        return self.by_token or None

    async def stop_single_user(self, user: User, name: str) -> None:
        """Stop a server."""
        self.stopped.append(f"{user.name}/{name}")


class SignIns:
    """A configured authenticator, and sign-ins with it."""

    def __init__(self, github: GitHub, config: Config) -> None:
        self.github = github
        self.authenticator: Any = config.JupyterHub.authenticator_class(config=config)
        self.users = Users()
        self.stopped: list[str] = []

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
        handler = Handler(query={"code": code}, users=self.users)
        try:
            return self.run(lambda: self.authenticator.get_authenticated_user(handler, None))
        except HubError as refusal:
            if refusal.status_code != 403 or "may not use this hub" not in refusal.jupyterhub_message:
                raise
            return None

    def refresh(self, user: User, *, by: object = None, by_token: bool = False) -> Any:  # noqa: ANN401 a model or a boolean
        """Refresh a user, as JupyterHub does at an interval, in an own request or that of another user (`by`)."""
        handler = Handler(current_user=by or user, by_token=by_token, users=self.users, stopped=self.stopped)
        return self.run(lambda: self.authenticator.refresh_user(user, handler))


def sign_ins(
    github: GitHub,
    load_config: LoadConfig,
    hub_config: HubConfig,
    *,
    of_github: Mapping[str, object] | None = None,
    **changes: object,
) -> SignIns:
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
    return SignIns(github, config)


def signed_in(hub: SignIns, login: str) -> User:
    model = hub.sign_in(login)
    assert model
    return hub.users.store(model)
