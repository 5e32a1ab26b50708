from typing import Any

from sqlalchemy.orm import DeclarativeBase, Mapped, Session, sessionmaker

class Base(DeclarativeBase): ...

class Group(Base):
    name: Mapped[str]

class Server(Base):
    base_url: Mapped[str]

class OAuthClient(Base):
    identifier: Mapped[str]
    redirect_uri: Mapped[str]

class OAuthCode(Base):
    id: Mapped[int]
    user_id: Mapped[int]

class Service(Base):
    name: Mapped[str]

class APIToken(Base):
    user: Mapped[User]
    user_id: Mapped[int]
    service: Mapped[Service]
    service_id: Mapped[int | None]
    session_id: Mapped[str]
    id: Mapped[int]
    scopes: Mapped[list[str]]
    client_id: Mapped[str]
    note: Mapped[str]
    def match(self, token: str) -> bool: ...

class Spawner(Base):
    user_id: Mapped[int]
    user: Mapped[User]
    state: Mapped[dict[str, Any]]
    user_options: Mapped[dict[str, object]]

class ShareCode(Base):
    owner_id: Mapped[int]

class User(Base):
    id: Mapped[int]
    name: Mapped[str]
    user_info: Mapped[dict[str, Any] | None]
    api_tokens: Mapped[list[APIToken]]

def new_session_factory(
    url: str = "sqlite:///:memory:", reset: bool = False, expire_on_commit: bool = False, **kwargs: object
) -> sessionmaker[Session]: ...
