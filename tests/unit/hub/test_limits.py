"""Bounds of the database's classes."""

import pytest
from jupyterhub import orm
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from hub import limits


def database() -> Session:
    limits.install()
    engine = create_engine("sqlite://")
    orm.Base.metadata.create_all(engine)
    return Session(engine)


def test_a_long_name_has_a_server() -> None:
    db = database()
    url = f"/user/{'%F0%9F%98%80' * 100}/"
    client = f"jupyterhub-user-{'%F0%9F%98%80' * 100}"
    db.add(orm.Server(base_url=url))
    db.add(orm.OAuthClient(identifier=client, redirect_uri=f"{url}oauth_callback"))
    db.commit()
    db.add(orm.APIToken(client_id=client, scopes=[]))
    db.commit()
    db.add(orm.User(name="n" * 256))
    with pytest.raises(limits.LongTextError, match="The maximum is 255"):
        db.commit()
