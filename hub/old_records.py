"""Records of older versions that this version would not store: they are corrected when the hub starts.

Version 0.1.0 stored options and scopes of any size, with which the admin page's request could end the hub for memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub import orm
from jupyterhub.app import JupyterHub
from sqlalchemy import String, delete, func, type_coerce, update

from hub.limits import LONGEST_OPTIONS, MAX_BODY_BYTES

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute


def install() -> None:
    """Correct the records whenever the hub has opened its database. May be called again."""
    if JupyterHub.init_db.__module__ == __name__:
        return
    init_db = JupyterHub.init_db

    def init_and_correct(self: JupyterHub) -> None:
        init_db(self)
        correct(self)

    JupyterHub.init_db = init_and_correct


def correct(app: JupyterHub) -> None:
    """Correct the records in the database, without reading them into memory."""
    changes = {
        "options of servers, which were too long": update(orm.Spawner)
        .where(_length(orm.Spawner.user_options) > LONGEST_OPTIONS)
        .values(user_options={}),
        "tokens, whose scopes were too long": delete(orm.APIToken).where(_length(orm.APIToken.scopes) > MAX_BODY_BYTES),
        # JupyterHub's page Edit User removed the name if only its checkbox was changed. Nobody can be such a user.
        "users without a name": delete(orm.User).where(orm.User.name.is_(None)),
    }
    for records, change in changes.items():
        # Not cached: SQLAlchemy warns that it could not cache statements on JupyterHub's JSON columns.
        count = app.db.connection().execute(change, execution_options={"compiled_cache": None}).rowcount
        if count:
            app.log.warning("Deleted %d %s", count, records)
    app.db.commit()


def _length(column: InstrumentedAttribute[dict[str, object]] | InstrumentedAttribute[list[str]]) -> ColumnElement[int]:
    # JupyterHub's JSON columns are texts.
    return func.length(type_coerce(column, String))
