"""Users tied to accounts of the sign-in provider: no account gets another one's home or rights.

Providers let people rename their account, and give the old name to others. So the hub remembers, with each user, the
ID of the account, which never changes (in JupyterHub's column `user_info`). See `docs/decisions/28-accounts.md`.
"""

from __future__ import annotations

import json
import unicodedata
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from jupyterhub import orm
from jupyterhub.utils import maybe_future
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Text, literal_column

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.auth import Authenticator
    from jupyterhub.handlers.base import BaseHandler
    from jupyterhub.user import User
else:
    Authenticator = object

_KEY: Final = "account"
"""Key of `user_info`."""
_MAX_NAME: Final = 239
"""Maximum length of a name in URLs, where a letter other than a to z counts up to 12 characters. JupyterHub's database
stores 255 with `jupyterhub-user-` in front, for each server."""


class Account(BaseModel):
    """The account that a user of the hub signs in with."""

    model_config = ConfigDict(frozen=True)

    provider: str
    """Where the ID is unique, such as https://github.com."""
    id: str
    """ID that never changes and is never used again."""
    login: str
    """Name of the account at the last check; it may differ from `user` since the account was renamed."""
    user: str
    """Name of the user of the hub. If an admin has renamed the user since, the account is no longer the user's."""

    def is_same(self, other: Account | None) -> bool:
        """Return whether both are one account."""
        return other is not None and (self.provider, self.id) == (other.provider, other.id)


class AccountMixin(Authenticator):
    """Mixin, before an authenticator's class, that signs an account in as the user that it was at first."""

    def provider_of(self, person: Mapping[str, Any]) -> str:
        """Return where the ID of a person is unique. Some OpenID providers give each client other ones."""
        issuer = person.get("iss") or getattr(self, "token_url", "")
        return f"{issuer} {getattr(self, 'client_id', '')}".strip()

    def account_in(self, auth_state: Mapping[str, Any] | None, login: str) -> Account | None:
        """Return the account that the provider describes; None if it gives no ID."""
        person: Any = (auth_state or {}).get(getattr(self, "user_auth_state_key", ""))
        if not isinstance(person, dict):
            return None
        person = cast("dict[str, Any]", person)
        # Of Entra ID, whose `sub` changes with the client; of OpenID Connect; and of GitHub, GitLab and others.
        found: list[object] = [person[key] for key in ("oid", "sub", "id") if person.get(key)]
        return Account(provider=self.provider_of(person), id=str(found[0]), login=login, user=login) if found else None

    async def authenticate(self, handler: BaseHandler, data: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 JupyterHub's own
        """Return the auth model, with the name of the user of the hub.

        Raises:
            HubError: The name belongs to another account, or cannot be a user's.
        """
        given = await maybe_future(super().authenticate(handler, data))
        if not given:
            return given
        model: dict[str, Any] = given if isinstance(given, dict) else {"name": given}
        login = self.normalize_username(model["name"])
        account = self.account_in(model.get("auth_state"), login)
        user = _user_of(handler, account) if account and handler else None  # no handler: no database
        owner = handler.find_user(login) if handler else None
        if user is None and owner is None:
            require_clear(login)
        if account is None:
            return model
        if user is None and owner is not None:
            known = await self.account_of(owner)
            if known and known.provider == account.provider and not known.is_same(account):
                self.log.warning("Refusing account %s as %s, the user of account %s", account.id, login, known.id)
                raise HubError(
                    [
                        f"The user {login} of this hub belongs to another account, which had this name before.",
                        "Ask the operator of this hub, who can give the name to your account.",
                    ],
                    status=HTTPStatus.FORBIDDEN,
                )
        # The lists may have the new name of a renamed account, unless it is another user's.
        return self._tied(model, account, user or login, is_free=owner is None)

    def is_listed(self, username: str, model: Mapping[str, Any] | None) -> bool:
        """Return whether a list authorizes a user by the new name of a renamed account."""
        return not (names_of(username, model) - {username}).isdisjoint(self.allowed_users | self.admin_users)

    def check_blocked_users(self, username: str, authentication: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 JupyterHub's own
        """Return whether a user is not blocked, by none of the names."""
        if not self.blocked_users.isdisjoint(names_of(username, authentication)):
            return False
        return super().check_blocked_users(username, authentication)

    async def check_allowed(self, username: str, authentication: Mapping[str, Any] | None = None) -> bool:
        """Return whether a user is authorized."""
        if self.is_listed(username, authentication):
            return True
        return bool(await maybe_future(super().check_allowed(username, authentication)))

    async def account_of(self, user: User) -> Account | None:
        """Return the remembered account of a user."""
        if stored := _stored(user.name, user.user_info):
            return stored
        if _KEY in (user.user_info or {}):
            return None  # an admin has renamed the user, for another account
        # A user who has not signed in since the hub remembers accounts.
        return self.account_in(await user.get_auth_state(), user.name)

    async def refreshed(self, user: User, model: dict[str, Any], handler: BaseHandler | None) -> dict[str, Any] | None:
        """Return the auth model of a signed-in user as the user of the hub; None if it is another account's."""
        login = self.normalize_username(model["name"])
        account = self.account_in(model.get("auth_state"), login)
        known = await self.account_of(user)
        if account is None or known is None or known.provider != account.provider:
            is_same = login == user.name
        else:
            is_same = known.is_same(account)
        if not is_same:
            return None
        if account is None:
            return model
        return self._tied(model, account, user.name, is_free=handler is not None and handler.find_user(login) is None)

    def _tied(self, model: dict[str, Any], account: Account, user: str, *, is_free: bool) -> dict[str, Any]:
        """Return the auth model of a user with the account to remember.

        Args:
            model: The auth model, with the name of the account.
            account: The account.
            user: Name of the user of the hub.
            is_free: Whether the name of the account is no other user's.
        """
        tied = account.model_copy(update={"user": user, "login": account.login if is_free else user})
        info: dict[str, Any] = {**(model.get("user_info") or {}), _KEY: tied.model_dump()}
        # OAuthenticator has compared the account's name with the list, which may be another user's.
        admin = None if account.login in self.admin_users else model.get("admin")
        if not {user, tied.login}.isdisjoint(self.admin_users):
            admin = True
        return {**model, "name": user, "user_info": info, "admin": admin}


def is_admin(authenticator: Authenticator, name: str, model: Mapping[str, Any]) -> bool:
    """Return whether a list of the stack, or a group of admins, makes a user an admin."""
    groups: set[str] = getattr(authenticator, "admin_groups", set())
    return not (
        names_of(name, model).isdisjoint(authenticator.admin_users) and groups.isdisjoint(model.get("groups") or ())
    )


def names_of(name: str, model: Mapping[str, Any] | None) -> set[str]:
    """Return the names by which the lists of the stack may mean a user: the hub's, and a renamed account's new one."""
    stored = _stored(name, (model or {}).get("user_info"))
    return {name, stored.login} if stored else {name}


def _stored(name: str, user_info: Mapping[str, Any] | None) -> Account | None:
    try:
        account = Account.model_validate((user_info or {}).get(_KEY))
    except ValidationError:
        return None
    return account if account.user == name else None


def _user_of(handler: BaseHandler, account: Account) -> str | None:
    """Return the name of the user of an account, if it has signed in before."""
    stored = literal_column("users.user_info", Text)
    for user in handler.db.query(orm.User).filter(stored.contains(json.dumps(account.id), autoescape=True)):
        if account.is_same(_stored(user.name, user.user_info)):
            return user.name
    return None


def require_clear(name: str) -> None:
    """Refuse the name of a new user that a database cannot hold, or that looks like another one.

    Raises:
        HubError: The name cannot be used.
    """
    clear = unicodedata.normalize("NFKC", name)
    if len(quote(name)) > _MAX_NAME:
        reason = f"is too long: it may have {_MAX_NAME} characters, and each special one counts several times"
    elif not name.isprintable():
        reason = "has invisible characters"
    elif name != clear:
        reason = f"has characters that look like those of {clear!r}; use that name"
    else:
        return
    raise HubError([f"The user name {name[:60]!r} {reason}."], status=HTTPStatus.FORBIDDEN)
