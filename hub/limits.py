"""Bounds on what one user can send to the hub, and store in its database.

JupyterHub keeps options, notes and scopes as they come, and answers the admin page with all of them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from jupyterhub import orm
from jupyterhub.apihandlers.auth import OAuthAuthorizeHandler
from jupyterhub.apihandlers.users import SpawnProgressAPIHandler, UserTokenListAPIHandler
from jupyterhub.user import User
from sqlalchemy import delete, event, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from tornado.httpserver import HTTPServer

from hub.errors import HubError

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Mapper
    from tornado.web import RequestHandler

T = TypeVar("T")

MAX_BODY_BYTES = 1024 * 1024
"""Maximum size of a request, as in docker/proxy/pages.mjs: the hub reads it into memory before it checks anything. The
largest ordinary request adds users, with 40 kB for each thousand."""

MAX_HEADER_BYTES = 128 * 1024
"""Maximum size of a request's headers: the 80 KiB that the proxy takes, and what it adds."""

LONGEST_OPTIONS = 16_384
"""Maximum length of a server's options as JSON; those of the spawn form have at most four fields of 1000 characters."""

LONGEST_NOTE = 255
"""Maximum length of a token's note, in characters."""

LONGEST_SCOPES = 4096
"""Maximum length of a token's scopes as JSON."""

MOST_TOKENS = 100
"""Maximum number of API tokens of a user. Those of running servers count; those of browser sessions do not."""

MOST_SESSIONS = 100
"""Maximum number of a user's browser sessions with servers. Each visit without the server's cookie opens one."""

MOST_STREAMS = 100
"""Maximum number of one user's progress streams, each of which keeps a connection open while a server starts."""

_DERIVED = {"base_url", "client_id", "identifier", "oauth_client_id", "redirect_uri"}
"""Columns that JupyterHub fills in from names, which are bounded. In URLs a character of a name takes up to 12."""


def install() -> None:
    """Bound requests, and what the database's classes store, whatever request brings it. May be called again."""
    HTTPServer.configure(HTTPServer, max_body_size=MAX_BODY_BYTES, max_header_size=MAX_HEADER_BYTES)
    for moment in ("before_insert", "before_update"):
        if not event.contains(orm.Base, moment, _refuse_long_text):
            event.listen(orm.Base, moment, _refuse_long_text, propagate=True)
    for attribute, listener in ((orm.Spawner.user_options, _short_options), (orm.APIToken.note, _short_note)):
        if not event.contains(attribute, "set", listener):
            event.listen(attribute, "set", listener, retval=True, active_history=True)


class LongTextError(HubError, SQLAlchemyError):
    """A text that is longer than its column; JupyterHub rolls back its session, as after each `SQLAlchemyError`."""


def _refuse_long_text(mapper: Mapper[Any], _connection: Connection, row: orm.Base) -> None:
    """Refuse a text, such as a name, that is longer than its column. Of the databases, only PostgreSQL does."""
    for column in mapper.column_attrs:
        value: object = vars(row).get(column.key)
        longest: int | None = getattr(column.columns[0].type, "length", None)
        if column.key in _DERIVED or not isinstance(value, str) or not longest or len(value) <= longest:
            continue
        if _is_new(row, column.key):  # longer texts of an older version stay
            raise LongTextError([f"The {column.key} has {len(value)} characters. The maximum is {longest}."])


def _is_new(row: orm.Base, key: str) -> bool:
    return inspect(row).attrs[key].history.has_changes()


def _short_options(_spawner: orm.Spawner, options: T, _old: object, _initiator: object) -> T | dict[str, object]:
    # An error here would leave a half-started server behind. The check of the options refuses them a moment later.
    return options if _length(options) <= LONGEST_OPTIONS else {}


def _short_note(_token: orm.APIToken, note: str, _old: object, _initiator: object) -> str:
    return note[:LONGEST_NOTE]


def _length(value: object) -> int:
    # As JupyterHub, which stores None in place of what JSON does not know.
    try:
        return len(json.dumps(value, default=lambda _: None))
    except RecursionError:
        return sys.maxsize


class TokenList(UserTokenListAPIHandler):
    """JupyterHub's list of a user's tokens, with a limit."""

    async def post(self, user_name: str) -> None:
        """Create a token.

        Raises:
            HubError: The user has too many, or the scopes are too long; status 400.
        """
        body = self.get_json_body()
        if isinstance(body, dict) and _length(cast("dict[str, object]", body).get("scopes")) > LONGEST_SCOPES:
            raise HubError([f"The scopes of a token may have at most {LONGEST_SCOPES} characters as JSON."])
        user = self.find_user(user_name)
        if user is not None and _tokens(user.orm_user) >= MOST_TOKENS:
            raise HubError(
                [f"{user_name} has {MOST_TOKENS} tokens, the most that are allowed.", "Revoke some on the token page."]
            )
        await super().post(user_name)


def _tokens(user: orm.User) -> int:
    return sum(token.client_id == "jupyterhub" for token in user.api_tokens)


class Authorization(OAuthAuthorizeHandler):
    """JupyterHub's authorization of a browser session with a server, with a limit: the oldest sessions end.

    Their browsers get another one at the next page. JupyterHub reads all of them when the server stops.
    """

    async def prepare(self) -> None:
        """End the oldest sessions, and those that the server has not confirmed, and prepare the request."""
        await super().prepare()
        user = self.current_user
        if not isinstance(user, User):
            return
        token, code = orm.APIToken, orm.OAuthCode
        sessions = select(token.id).where(token.user_id == user.orm_user.id, token.client_id != "jupyterhub")
        unconfirmed = select(code.id).where(code.user_id == user.orm_user.id)
        for table, mine in ((token, sessions), (code, unconfirmed)):
            oldest = mine.order_by(table.id.desc()).offset(MOST_SESSIONS)
            self.db.execute(
                delete(table).where(table.id.in_(oldest)), execution_options={"synchronize_session": "fetch"}
            )
        self.db.commit()
        self.db.expire(user.orm_user, ["api_tokens"])


class Progress(SpawnProgressAPIHandler):
    """JupyterHub's stream of the events of a start, with a limit."""

    _open: ClassVar[Counter[str]] = Counter()
    """Number of streams by the name of the user. One whose browser has left goes on until the next event."""

    async def get(self, user_name: str, server_name: str = "") -> None:
        """Send the events.

        Raises:
            HubError: The user has too many streams; status 429.
        """
        who = self.current_user.name if self.current_user else ""
        if self._open[who] >= MOST_STREAMS:
            reason = f"{MOST_STREAMS} pages wait for servers of yours already. Close some."
            raise HubError([reason], status=HTTPStatus.TOO_MANY_REQUESTS)
        self._open[who] += 1
        try:
            await super().get(user_name, server_name)
        finally:
            self._open[who] -= 1


REPLACEMENTS: dict[type[RequestHandler], type[RequestHandler]] = {
    UserTokenListAPIHandler: TokenList,
    OAuthAuthorizeHandler: Authorization,
    SpawnProgressAPIHandler: Progress,
}
"""Handlers in place of JupyterHub's."""
