"""Sign-ins with the real authenticator and an OpenID provider."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from hub.contract import HubConfig
from hub.contract_oidc import Oidc
from hub.errors import HubError
from tests.hub_configs import LoadConfig
from tests.unit.hub.github_sign_ins import CALLBACK, Handler
from tests.unit.hub.users import User, Users

LOGOUT = CALLBACK.replace("oauth_callback", "logout")
T = TypeVar("T")

OIDC = Oidc(
    provider="other",
    title="Example University",
    issuer="https://sso.example.org",
    scopes=("openid", "profile", "email"),
    authorize_parameters={},
    username_claim="preferred_username",
    strip_domain=None,
    needs_verified_email=True,
    groups_claim="groups",
    allowed_groups=("staff",),
    admin_groups=("admins",),
    allow_all=False,
    hosted_domains=(),
    identity_providers=(),
    recheck_minutes=5,
    logout_at_provider=False,
)
"""The settings of a hub whose provider tells groups."""


HubOfShapes = Callable[..., "SignIns"]
"""The fixture `hub_of_shapes`: from changes of the settings to a hub."""


class Provider(Protocol):
    """An OpenID provider, real or a double."""

    @property
    def url(self) -> str:
        """URL without a slash at the end."""
        ...

    def sign_in(self, address: str, login: str) -> str:
        """Return the redirect back to the hub, after a sign-in."""
        ...


class SignIns:
    """A configured authenticator, and sign-ins with it, in one event loop."""

    def __init__(self, at: Provider, load_config: LoadConfig, hub_config: HubConfig, **changes: object) -> None:
        of_oidc = {name: changes.pop(name) for name in list(changes) if name in Oidc.model_fields}
        sign_in = hub_config.sign_in.model_copy(
            update={
                "type": "oidc",
                "callback_url": CALLBACK,
                "oidc": OIDC.model_copy(update={"issuer": at.url, **of_oidc}),
                **changes,
            }
        )
        config = load_config(hub_config.model_copy(update={"sign_in": sign_in}))
        config.GenericOAuthenticator.enable_pkce = False  # its verifier is in a cookie of the browser
        self.provider = at
        self.authenticator: Any = config.JupyterHub.authenticator_class(config=config)
        self.users = Users()
        self.stopped: list[str] = []
        self._loop = asyncio.new_event_loop()

    @contextmanager
    def told(self, caplog: pytest.LogCaptureFixture) -> Generator[None]:
        """Capture the hub's log. The migration of the users' database has switched it off."""
        log: Any = self.authenticator.log
        before = log.disabled
        log.disabled = False
        log.addHandler(caplog.handler)
        try:
            yield
        finally:
            log.removeHandler(caplog.handler)
            log.disabled = before

    def run(self, act: Callable[[], Awaitable[T]]) -> T:
        """Run a coroutine and the tasks that it started."""

        async def whole() -> T:
            try:
                return await act()
            finally:
                await asyncio.sleep(0)

        return self._loop.run_until_complete(whole())

    def authorize(self, login: str) -> str:
        """Sign in at the provider, and return the code of the redirect."""
        endpoints = self.run(self.authenticator.discover)
        query = {
            "client_id": self.authenticator.client_id,
            "response_type": "code",
            "scope": " ".join(self.authenticator.scope),
            "redirect_uri": CALLBACK,
            "state": "s",
            **self.authenticator.extra_authorize_params,
        }
        back = self.provider.sign_in(f"{endpoints.authorization}?{urlencode(query)}", login)
        return parse_qs(urlsplit(back).query)["code"][0]

    def finish(self, code: str) -> dict[str, Any]:
        """Complete a sign-in with a code, and return the auth model.

        Raises:
            HubError: The user is not authorized.
        """
        handler = Handler(query={"code": code}, users=self.users)
        return self.run(lambda: self.authenticator.get_authenticated_user(handler, None))

    def sign_in(self, login: str) -> dict[str, Any] | None:
        """Sign in; return the auth model, or None if the user is not authorized."""
        try:
            return self.finish(self.authorize(login))
        except HubError as refusal:
            if refusal.status_code != 403 or "may not use this hub" not in refusal.jupyterhub_message:
                raise
            return None

    def signed_in(self, login: str) -> User:
        """Return the user of a sign-in, with a running server."""
        model = self.sign_in(login)
        assert model
        return self.users.store(model)

    def refresh(self, user: User, *, by: object = None, by_token: bool = False) -> Any:  # noqa: ANN401 a model or a boolean
        """Refresh a user, as JupyterHub does at an interval, and store the result."""
        handler = Handler(current_user=by or user, by_token=by_token, users=self.users, stopped=self.stopped)
        model: Any = self.run(lambda: self.authenticator.refresh_user(user, handler))
        if isinstance(model, dict):
            self.users.store(cast("dict[str, Any]", model))
        return cast("Any", model)

    def logout_address(self, user: User) -> str | None:
        """Return where signing out leads."""
        handler = SimpleNamespace()
        return self.run(lambda: self.authenticator.logout_address(user, handler))
