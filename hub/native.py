"""Sign-in with names and passwords in the hub's database: users sign up, and an admin authorizes them."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any, cast

from nativeauthenticator import (  # pyright: ignore[reportMissingTypeStubs] -- it ships no types
    NativeAuthenticator,
)
from nativeauthenticator.handlers import (  # pyright: ignore[reportMissingTypeStubs] -- as above
    LoginHandler,
)

from hub.refresh import RefreshMixin


class _NoTimer:
    """Replacement for JupyterHub's statsd client, removed in 6.0, which NativeAuthenticator 1.3.0 still calls."""

    def timer(self, _name: str) -> _NoTimer:
        return self

    def start(self) -> _NoTimer:
        return self

    def stop(self, *, send: bool) -> None:
        """Send nothing."""


class SignInHandler(LoginHandler):
    """NativeAuthenticator's sign-in page, compatible with this JupyterHub."""

    statsd = _NoTimer()


class NativeSignIn(RefreshMixin, NativeAuthenticator):
    """NativeAuthenticator that asks for a password when an admin's name signs up."""

    admin_password = ""
    """Password for the sign-up of an admin's name. It may be changed afterwards."""

    def create_user(self, username: str, password: str, **kwargs: object) -> Any:  # noqa: ANN401 NativeAuthenticator's own
        """Create a user who waits for authorization; return None if name or password is refused."""
        is_admin = username.lower() in self.admin_users
        if is_admin and not compare_digest(password.encode(), self.admin_password.encode()):
            return None
        return cast("Any", super()).create_user(username, password, **kwargs)

    def get_handlers(self, app: object) -> Any:  # noqa: ANN401 as above
        """Return the handlers by URL path."""
        handlers = cast("Any", super()).get_handlers(app)
        return [(path, SignInHandler if handler is LoginHandler else handler) for path, handler in handlers]

    def get_authed_users(self) -> set[str]:
        """Return users who need no authorization by an admin: of the stack's lists only `auth.adminUsers`."""
        names: set[str] = cast("Any", super()).get_authed_users()
        listed: set[str] = self.allowed_users - self.admin_users
        find = cast("Any", self).get_user
        return {name for name in names if name not in listed or getattr(find(name), "is_authorized", False)}
