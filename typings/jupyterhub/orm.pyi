from typing import Any

from sqlalchemy.orm import DeclarativeBase, Mapped, Session, sessionmaker

class Group(DeclarativeBase):
    name: Mapped[str]

class APIToken(DeclarativeBase): ...

class User(DeclarativeBase):
    name: Mapped[str]
    user_info: Mapped[dict[str, Any] | None]

def new_session_factory(
    url: str = "sqlite:///:memory:", reset: bool = False, expire_on_commit: bool = False, **kwargs: object
) -> sessionmaker[Session]: ...
