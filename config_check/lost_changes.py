"""Changes of options, such as `c.Authenticator.allowed_users.append("ada")`, that traitlets drops without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config.loader import LazyConfigValue

_CHANGES = {
    "extend": ".append() or .extend()",
    "prepend": ".prepend()",
    "inserts": ".insert()",
    "update": ".update() or .add()",
}


def what_is_lost(change: LazyConfigValue, value: object) -> str | None:
    """Return what traitlets drops of a change because the value to change is of another type; None if nothing.

    Args:
        change: The calls of `append`, `update` and so on for an option that was not set before.
        value: What the option is before or after.
    """
    kind = type(value).__name__
    if isinstance(value, list):
        fitting, instead = {"extend", "prepend", "inserts"}, "use .append() or .extend()"
    elif isinstance(value, dict):
        fitting, instead = {"update"}, "use .update()"
    elif isinstance(value, set):
        fitting, instead = {"update"}, "use .add() or .update()"
    else:
        fitting, instead = set[str](), "set it as a whole"
    lost = [_CHANGES[call] for call in change.to_dict() if call not in fitting]
    if not lost:
        return None
    return f"{' and '.join(lost)} would change nothing, as the value is a {kind}; {instead}"
