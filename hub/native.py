"""Sign-in with names and passwords that the hub keeps itself: people sign up, and an admin lets them in."""

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
    """Takes the place of JupyterHub's statsd, which is gone since 6.0; NativeAuthenticator 1.3.0 still calls it."""

    def timer(self, _name: str) -> _NoTimer:
        return self

    def start(self) -> _NoTimer:
        return self

    def stop(self, *, send: bool) -> None:
        """Send nothing."""


class SignInHandler(LoginHandler):
    """NativeAuthenticator's page to sign in, which works with this JupyterHub."""

    statsd = _NoTimer()


class NativeSignIn(RefreshMixin, NativeAuthenticator):
    """NativeAuthenticator's, in which nobody becomes an admin by being the first to sign up with an admin's name."""

    admin_password = ""
    """What an admin's name can be signed up with. It may be changed after that."""

    def create_user(self, username: str, password: str, **kwargs: object) -> Any:  # noqa: ANN401 NativeAuthenticator's own
        """Take a new user in, who waits for an admin; None if name or password will not do."""
        is_admin = username.lower() in self.admin_users
        if is_admin and not compare_digest(password.encode(), self.admin_password.encode()):
            return None
        return cast("Any", super()).create_user(username, password, **kwargs)

    def get_handlers(self, app: object) -> Any:  # noqa: ANN401 as above
        """Return the pages, by their addresses."""
        handlers = cast("Any", super()).get_handlers(app)
        return [(path, SignInHandler if handler is LoginHandler else handler) for path, handler in handlers]

    def get_authed_users(self) -> set[str]:
        """Return who needs no admin to be let in: of the people in the stack's lists only the admins."""
        names: set[str] = cast("Any", super()).get_authed_users()
        listed: set[str] = self.allowed_users - self.admin_users
        find = cast("Any", self).get_user
        return {name for name in names if name not in listed or getattr(find(name), "is_authorized", False)}
