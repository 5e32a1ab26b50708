"""Terms of use, which everybody accepts before a server of theirs starts, and again when the text changes.

An acceptance is kept with the user, in JupyterHub's column `user_info`, beside the account (`hub/accounts.py`): with
the hash of the text, the time, and the name that the user had, as a renamed user may be another person.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

import jupyterhub.handlers
from jupyterhub import orm
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.utils import url_path_join
from sqlalchemy import event
from tornado import web

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from jupyterhub.user import User

KEY: Final = "terms"
"""Key of `user_info`."""
PATH: Final = "/terms"
"""Path of the page below the hub's base URL."""


class Terms:
    """The terms of use of this hub."""

    digest: str | None = None
    """Hash of the text; None: there are no terms."""
    are_asked = False
    """Whether JupyterHub's start of a server looks at them."""


def configure(text: str | None) -> None:
    """Demand that these terms are accepted; None: nothing. May be called again."""
    Terms.digest = None if text is None else hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:32]
    rule = (PATH, TermsPage)
    if rule not in jupyterhub.handlers.default_handlers:
        jupyterhub.handlers.default_handlers.append(rule)
    if not event.contains(orm.User.user_info, "set", _kept):
        event.listen(orm.User.user_info, "set", _kept, retval=True, active_history=True)
    if not Terms.are_asked:
        BaseHandler.spawn_single_user = _after_acceptance(BaseHandler.spawn_single_user)
        Terms.are_asked = True


def accepted(user: User | None) -> bool:
    """Return whether a user has accepted the terms in their present text, or there are none."""
    if Terms.digest is None:
        return True
    found: Any = None if user is None else (user.user_info or {}).get(KEY)
    if user is None or not isinstance(found, dict):
        return False
    record = cast("Mapping[str, object]", found)
    return (record.get("text"), record.get("user")) == (Terms.digest, user.name)


def address(base_url: str, following: str = "") -> str:
    """Return the path of the page, which leads on to another one."""
    return url_path_join(base_url, PATH) + (f"?{urlencode({'next': following})}" if following else "")


class TermsPage(BaseHandler):
    """The page with the terms, for everybody; signed-in users accept them there."""

    async def get(self) -> None:
        """Show the terms."""
        if Terms.digest is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        user = self.current_user
        page = await self.render_template(
            "terms.html",
            accepts=user is not None and not accepted(user),
            text=Terms.digest,
            following=self.get_argument("next", ""),
        )
        self.write(page)  # pyright: ignore[reportUnknownMemberType] -- tornado's own type is not complete

    @web.authenticated
    async def post(self) -> None:
        """Record that the user accepts the terms that the page showed, and go on.

        Raises:
            HubError: They have changed meanwhile.
        """
        user = self.current_user
        assert user is not None, "the decorator sends others to the sign-in page"  # noqa: S101 for the type checker
        if self.get_argument("text", "") != Terms.digest:
            raise HubError(["The terms of use have changed meanwhile.", "Read them again."], status=HTTPStatus.CONFLICT)
        record = {"text": Terms.digest, "user": user.name, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        user.user_info = {**(user.user_info or {}), KEY: record}
        self.db.commit()
        self.log.info("%s accepts the terms of use %s", user.name, Terms.digest)
        self.redirect(self.get_next_url(user, default=url_path_join(self.hub.base_url, "home")))


def _kept(_: orm.User, new: object, old: object, _event: object) -> object:
    """Keep the acceptance when a sign-in writes what it knows of the user."""
    before, after = (cast("dict[str, object]", one) if isinstance(one, dict) else {} for one in (old, new))
    return new if KEY in after or KEY not in before else {**after, KEY: before[KEY]}


def _after_acceptance(start: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return JupyterHub's start of a server, by whatever way, with a look at the terms before it."""

    async def spawn_single_user(self: BaseHandler, user: User, *args: object, **options: object) -> None:
        if not accepted(user):
            own = self.current_user is not None and self.current_user.name == user.name
            who = "You have" if own else f"{user.name} has"
            page = address(self.hub.base_url)
            raise HubError(
                [f"{who} not accepted the terms of use of this hub.", f"They are accepted at {page}."],
                status=HTTPStatus.FORBIDDEN,
            )
        await start(self, user, *args, **options)

    return spawn_single_user
