"""Users in JupyterHub's database, as an authenticator sees them."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from jupyterhub import orm
from sqlalchemy.orm import Session


@dataclass
class User:
    """The parts of JupyterHub's User that an authenticator uses."""

    row: orm.User
    """The user in the database."""
    state: dict[str, Any] | None = None
    spawners: dict[str, Any] = field(default_factory=lambda: {"": SimpleNamespace(ready=True, active=True)})
    groups: list[Any] = field(default_factory=list[Any])

    @property
    def name(self) -> str:
        """Name of the user."""
        return self.row.name

    @property
    def user_info(self) -> dict[str, Any] | None:
        """What the hub remembers of the user."""
        return self.row.user_info

    async def get_auth_state(self) -> dict[str, Any] | None:
        """Return the stored state of the last sign-in."""
        return self.state


def _new_database() -> Session:
    return orm.new_session_factory()()


@dataclass
class Users:
    """A database in memory."""

    db: Session = field(default_factory=_new_database)
    _users: dict[str, User] = field(default_factory=dict[str, User])

    def store(self, model: dict[str, Any]) -> User:
        """Store the auth model of a sign-in or of a check, as JupyterHub does."""
        user = self.find_user(model["name"])
        if user is None:
            row = orm.User(name=model["name"])
            self.db.add(row)
            user = User(row)
            self._users[row.name] = user
        if model.get("user_info") is not None:
            user.row.user_info = model["user_info"]
        user.state = model.get("auth_state")
        if "groups" in model:
            user.groups = [SimpleNamespace(name=name) for name in model["groups"]]
        self.db.commit()
        return user

    def rename(self, user: User, name: str) -> None:
        """Rename a user, as on the admin page."""
        self._users[name] = self._users.pop(user.name)
        user.row.name = name
        self.db.commit()

    def delete(self, user: User) -> None:
        """Delete a user, as on the admin page."""
        del self._users[user.name]
        self.db.delete(user.row)
        self.db.commit()

    def find_user(self, name: str) -> User | None:
        """Return a user by name."""
        return self._users.get(name)
