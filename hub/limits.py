"""Bounds on what one user can send to the hub, and store in its database.

JupyterHub keeps options, notes and scopes as they come, and answers the admin page with all of them.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jupyterhub import orm
from jupyterhub.apihandlers.users import UserTokenListAPIHandler
from sqlalchemy import event, inspect
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


REPLACEMENTS: dict[type[RequestHandler], type[RequestHandler]] = {UserTokenListAPIHandler: TokenList}
"""Handlers in place of JupyterHub's."""
