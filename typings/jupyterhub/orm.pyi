from typing import Any

from sqlalchemy.orm import DeclarativeBase, Mapped, Session, sessionmaker

class Base(DeclarativeBase): ...

class Group(Base):
    name: Mapped[str]

class APIToken(Base):
    client_id: Mapped[str]
    note: Mapped[str]

class Spawner(Base):
    user_options: Mapped[dict[str, object]]

class User(Base):
    name: Mapped[str]
    user_info: Mapped[dict[str, Any] | None]
    api_tokens: Mapped[list[APIToken]]

def new_session_factory(
    url: str = "sqlite:///:memory:", reset: bool = False, expire_on_commit: bool = False, **kwargs: object
) -> sessionmaker[Session]: ...
