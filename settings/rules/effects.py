"""Keys that have no effect beside other settings."""

from collections.abc import Iterable

from settings.types.model import Model


def without_effect(prefix: str, group: Model, names: Iterable[str], why: str) -> list[str]:
    """Return an error for each of the fields that differs from its default.

    Args:
        prefix: The keys' part before the dot: `nodes`.
        group: The group of settings.
        names: Names of its fields.
        why: The setting beside which they have no effect: `with endpoint.type none`.
    """
    fields = type(group).model_fields
    keys = {name: f"{prefix}.{fields[name].alias}" for name in names}
    return [
        f"{key}: has no effect {why}; remove it: pulumi config rm {key}"
        for name, key in keys.items()
        if getattr(group, name) != fields[name].default
    ]
