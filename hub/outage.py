"""Outages of the hub's database in words: for people on a page, for programs in an answer, for operators in the log."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from jupyterhub.handlers.base import BaseHandler
from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError, InterfaceError, InternalError, OperationalError
from tornado.log import app_log

from hub.errors import HubError

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext

RELOAD_SECONDS: Final = 10
"""Time after which a browser loads the page with the error again."""

_REASONS: Final = {
    "is full": ("is full", "no space left"),
    "is locked by another program": ("is locked",),
    "is damaged": ("malformed", "not a database", "invalid page"),
    "is read-only": ("readonly", "read-only"),
    "cannot be read or written": ("i/o error", "unable to open"),
}
"""Reasons with the messages of sqlite and PostgreSQL, in lower case, that tell them."""

_outage: ContextVar[DatabaseOutageError | None] = ContextVar("outage", default=None)
"""The outage that the current request has met."""


class DatabaseOutageError(HubError, OperationalError):
    """An error of the database that is nobody's mistake: status 503 in place of 500.

    JupyterHub handles it like the error of SQLAlchemy that it stands for, with the attributes of that one.
    """

    def __init__(self, error: DatabaseError | InterfaceError) -> None:
        self.cause = reason(error)
        super().__init__(
            [
                f"The database of this hub {self.cause}, so the hub can do little now. Running notebooks continue.",
                "The hub's log tells it to the operator. This page tries again by itself.",
            ],
            status=503,
        )
        vars(self).update(vars(error))
        self.headers = {"Refresh": str(RELOAD_SECONDS), "Retry-After": str(RELOAD_SECONDS)}

    def __str__(self) -> str:
        """Return the reason and the database's own message."""
        return f"The database {self.cause}: {self.orig}."


def reason(error: BaseException) -> str:
    """Return what an error says about the database: "is full", or "does not answer" by default."""
    text = str(error).lower()
    found = (words for words, messages in _REASONS.items() if any(message in text for message in messages))
    return next(found, "does not answer")


@event.listens_for(Engine, "handle_error")
def explain(context: ExceptionContext) -> None:
    """Raise a `DatabaseOutageError` in place of an error of the database itself."""
    error = context.sqlalchemy_exception
    # An error of sqlite's file is a plain DatabaseError.
    if isinstance(error, OperationalError | InternalError | InterfaceError) or type(error) is DatabaseError:
        outage = DatabaseOutageError(error)
        _outage.set(outage)
        app_log.error("%s", outage)
        raise outage


def install() -> None:
    """Let JupyterHub show outages on its pages. May be called again.

    It takes an error in the look for the user for nobody being signed in, and would answer with the sign-in page, or
    with 403 to a running notebook: the error of this request, or one that another has left. Its page of errors asks the
    database again.
    """
    if BaseHandler.prepare.__module__ == __name__:
        return
    prepare, write_error = BaseHandler.prepare, BaseHandler.write_error

    async def prepare_or_tell(self: BaseHandler) -> None:
        _outage.set(None)
        if not self.db.is_active:
            # An error outside of requests, such as in the check of a server, which JupyterHub has left in the session.
            self.db.rollback()
        try:
            await prepare(self)
        finally:
            if outage := _outage.get():
                raise outage

    def write_error_without_database(self: BaseHandler, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 as tornado
        if isinstance(kwargs.get("exc_info", (None, None))[1], DatabaseOutageError):
            self.db.rollback()
            # As JupyterHub itself does for requests that it cannot read.
            self._jupyterhub_user = None
            self._resolve_roles_and_scopes()
        write_error(self, status_code, **kwargs)

    BaseHandler.prepare = prepare_or_tell
    BaseHandler.write_error = write_error_without_database
