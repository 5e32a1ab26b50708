from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jupyterhub import orm
from jupyterhub.orm import Group
from jupyterhub.spawner import Spawner
from sqlalchemy.orm import Session

class User:
    name: str
    admin: bool
    db: Session
    user_info: dict[str, Any] | None
    settings: Mapping[str, Any]
    def __init__(self, orm_user: orm.User, settings: Mapping[str, object] = ..., db: Session = ...) -> None: ...
    orm_user: orm.User
    @property
    def groups(self) -> Sequence[Group]: ...
    spawners: Mapping[str, Spawner]
    async def get_auth_state(self) -> dict[str, Any] | None: ...

class UserDict(dict[int, User]):
    def __init__(self, db_factory: Callable[[], Session], settings: Mapping[str, object]) -> None: ...
