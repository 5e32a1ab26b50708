"""The users that a setting names, by their own names or those of their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub.user import User


def groups_of(user: User) -> set[str]:
    """Return the names of a user's groups, as the hub knows them now."""
    return {group.name for group in user.groups}


def is_among(user: User, users: Iterable[str], groups: Iterable[str]) -> bool:
    """Return whether a user has one of these names, or is in one of these groups."""
    return user.name in users or not groups_of(user).isdisjoint(groups)
