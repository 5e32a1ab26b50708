from collections.abc import Mapping, Sequence
from typing import Any

from jupyterhub import orm
from jupyterhub.orm import Group
from jupyterhub.spawner import Spawner

class User:
    name: str
    orm_user: orm.User
    @property
    def groups(self) -> Sequence[Group]: ...
    spawners: Mapping[str, Spawner]
    async def get_auth_state(self) -> dict[str, Any] | None: ...
