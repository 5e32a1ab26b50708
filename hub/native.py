"""Sign-in with names and passwords in the hub's database: users sign up, and an admin authorizes them."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.handlers import LoginHandler

from hub.refresh import RefreshMixin

if TYPE_CHECKING:
    from jupyterhub.app import JupyterHub
    from nativeauthenticator.orm import UserInfo
    from tornado.web import RequestHandler


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

    def create_user(self, username: str, password: str, **kwargs: object) -> UserInfo | None:
        """Create a user who waits for authorization; return None if name or password is refused."""
        is_admin = username.lower() in self.admin_users
        if is_admin and not compare_digest(password.encode(), self.admin_password.encode()):
            return None
        return super().create_user(username, password, **kwargs)

    def get_handlers(self, app: JupyterHub) -> list[tuple[str, type[RequestHandler]]]:
        """Return the handlers by URL path."""
        handlers = super().get_handlers(app)
        return [(path, SignInHandler if handler is LoginHandler else handler) for path, handler in handlers]

    def get_authed_users(self) -> set[str]:
        """Return users who need no authorization by an admin: of the stack's lists only `auth.adminUsers`."""
        listed = self.allowed_users - self.admin_users
        return {
            name
            for name in super().get_authed_users()
            if name not in listed or ((user := self.get_user(name)) and user.is_authorized)
        }
