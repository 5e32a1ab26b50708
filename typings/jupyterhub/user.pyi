from collections.abc import Mapping, Sequence
from typing import Any

from jupyterhub.orm import Group
from jupyterhub.spawner import Spawner

class User:
    name: str
    settings: Mapping[str, Any]
    @property
    def groups(self) -> Sequence[Group]: ...
    spawners: Mapping[str, Spawner]
