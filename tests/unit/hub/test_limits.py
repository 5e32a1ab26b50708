"""Bounds of the database's classes."""

from jupyterhub import orm
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from hub import limits


def test_a_user_has_a_bounded_number_of_sessions_with_a_server() -> None:
    limits.install()
    engine = create_engine("sqlite://")
    orm.Base.metadata.create_all(engine)
    db = Session(engine)
    user, client = orm.User(name="ada"), orm.OAuthClient(identifier="jupyterhub-user-ada")
    db.add_all([user, client])
    db.commit()
    for number in range(105):
        token = orm.APIToken(client_id=client.identifier, session_id=str(number), scopes=[])
        db.add(token)
        token.user = user
        db.commit()
    assert [token.session_id for token in user.api_tokens] == [str(number) for number in range(5, 105)]
