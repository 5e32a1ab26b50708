"""Sign-in with names and passwords in the hub's database: users sign up, and an admin authorizes them."""

from __future__ import annotations

from hmac import compare_digest
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.handlers import DiscardHandler, LoginHandler, ToggleAuthorizationHandler
from nativeauthenticator.orm import UserInfo

from hub.accounts import require_clear
from hub.errors import HubError
from hub.refresh import RefreshMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.app import JupyterHub
    from tornado.web import RequestHandler

MOST_WAITING: Final = 100
"""Maximum number of people who wait for authorization: anybody can sign up."""

LONGEST_PASSWORD: Final = 72
"""Maximum length of a password in bytes. With a longer one, bcrypt raises an error."""


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


class AuthorizeButton(ToggleAuthorizationHandler):
    """Change of a user's authorization, by POST in place of GET: a link that an admin follows must change nothing."""

    async def get(self, slug: str) -> None:  # noqa: ARG002 of the path
        """Show the list of users."""
        self.redirect(f"{self.hub.base_url}authorize")

    async def post(self, slug: str) -> None:
        """Authorize the user, or end the authorization."""
        await super().get(slug)


class DiscardButton(DiscardHandler):
    """Deletion of a user who is not authorized, by POST in place of GET."""

    async def get(self, user_name: str) -> None:  # noqa: ARG002 of the path
        """Show the list of users."""
        self.redirect(f"{self.hub.base_url}authorize")

    async def post(self, user_name: str) -> None:
        """Delete the user."""
        await super().get(user_name)


_HANDLERS: Mapping[type[RequestHandler], type[RequestHandler]] = {
    LoginHandler: SignInHandler,
    ToggleAuthorizationHandler: AuthorizeButton,
    DiscardHandler: DiscardButton,
}
"""Handlers in place of NativeAuthenticator's."""


_is_valid_password = UserInfo.is_valid_password


def _is_right_password(self: UserInfo, password: str) -> bool:
    return len(password.encode()) <= LONGEST_PASSWORD and _is_valid_password(self, password)


UserInfo.is_valid_password = _is_right_password


class NativeSignIn(RefreshMixin, NativeAuthenticator):
    """NativeAuthenticator that asks for a password when an admin's name signs up."""

    admin_password = ""
    """Password for the sign-up of an admin's name. It may be changed afterwards."""

    def create_user(self, username: str, password: str, **kwargs: object) -> UserInfo | None:
        """Create a user who waits for authorization; return None if name or password is refused.

        Raises:
            HubError: The name or the password cannot be used, or too many people wait.
        """
        is_admin = username.lower() in self.admin_users
        if is_admin and not compare_digest(password.encode(), self.admin_password.encode()):
            return None
        require_clear(self.normalize_username(username))
        waits = not (is_admin or self.open_signup)
        page = f"{getattr(self.parent, 'hub_prefix', '/hub/')}authorize"
        if waits and self.db.query(UserInfo).filter(UserInfo.is_authorized.is_(False)).count() >= MOST_WAITING:
            raise HubError(
                [
                    f"{MOST_WAITING} people have signed up and wait for an admin, so nobody else can sign up now.",
                    f"Ask the operator of this hub: admins authorize or discard them on the page {page}.",
                ],
                status=HTTPStatus.SERVICE_UNAVAILABLE,
            )
        return super().create_user(username, password, **kwargs)

    def is_password_strong(self, password: str) -> bool:
        """Return whether a new password is strong enough.

        Raises:
            HubError: It is too long.
        """
        if len(password.encode()) > LONGEST_PASSWORD:
            raise HubError([f"A password can have at most {LONGEST_PASSWORD} bytes."])
        return super().is_password_strong(password)

    def get_handlers(self, app: JupyterHub) -> list[tuple[str, type[RequestHandler]]]:
        """Return the handlers by URL path."""
        return [(path, _HANDLERS.get(handler, handler)) for path, handler in super().get_handlers(app)]

    def get_authed_users(self) -> set[str]:
        """Return users who need no authorization by an admin: of the stack's lists only `auth.adminUsers`."""
        listed = self.allowed_users - self.admin_users
        return {
            name
            for name in super().get_authed_users()
            if name not in listed or ((user := self.get_user(name)) and user.is_authorized)
        }
