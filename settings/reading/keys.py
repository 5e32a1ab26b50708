"""The stack config keys, as the models declare them."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import cast, get_args, get_origin

from pydantic.fields import FieldInfo

from settings.settings import Settings
from settings.types.model import Model
from settings.types.secret import is_secret

PROJECT = "jupyterhub"
"""Name of the Pulumi project: the keys in a stack file are `jupyterhub:name` and so on."""


def fields_of(model: object) -> Mapping[str, FieldInfo]:
    """Return the fields of a model, or of `model | None`, by their names in stack files; none for anything else."""
    if get_origin(model) is UnionType:
        (model, *others) = [member for member in get_args(model) if member is not NoneType]
        model = None if others else model
    if not (isinstance(model, type) and issubclass(model, Model)):
        return {}
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _all_keys() -> Mapping[str, FieldInfo]:
    keys: dict[str, FieldInfo] = {}
    for group, field in fields_of(Settings).items():
        members = fields_of(field.annotation)
        keys |= {f"{group}.{name}": member for name, member in members.items()} or {group: field}
    return keys


KEYS = _all_keys()
"""Every stack config key, without the project's prefix, and the model field that it fills."""

SECRETS = frozenset(key for key, field in KEYS.items() if is_secret(field))
"""The keys whose values must be encrypted."""

GROUPS = frozenset(key.partition(".")[0] for key in KEYS if "." in key)
"""What stands before the dot of a key."""


def is_structured(field: FieldInfo) -> bool:
    """Tell whether the value is a map or a list. Pulumi hands those to the program as JSON text."""
    return bool(fields_of(field.annotation)) or get_origin(field.annotation) in {tuple, Mapping}


def default_of(field: FieldInfo) -> object:
    """Return the default as it would stand in a stack file; none if the key is required or needs no value.

    A map that needs no value has `{}`, since Pulumi demands that the default of a map is one.
    """
    default: object = None if field.is_required() or field.default == "" else field.default
    if default is None and fields_of(field.annotation):
        return {}
    if isinstance(default, Model):
        return default.model_dump(by_alias=True, exclude_none=True)
    return list(cast("tuple[object, ...]", default)) if isinstance(default, tuple) else default
