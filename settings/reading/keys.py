"""The stack config keys, as the models declare them."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import TypeVar, cast, get_args, get_origin

from pydantic.fields import FieldInfo

from settings.settings import Settings
from settings.types.model import Model
from settings.types.secret import is_secret

_Value = TypeVar("_Value")

PROJECT = "jupyterhub"
"""Name of the Pulumi project, and prefix of the keys in a stack file: `jupyterhub:name`."""

_PREFIX = f"{PROJECT}:"


def full_key(key: str) -> str:
    """Return a key of a stack file with its prefix. Pulumi adds the project's to a key without one."""
    return key if ":" in key else f"{_PREFIX}{key}"


def own_values(config: Mapping[str, _Value]) -> dict[str, _Value]:
    """Return the values of the project's own keys, without the prefix, of a config with full keys."""
    return {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}


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
"""Every stack config key, without the project's prefix, and its model field."""

SECRETS = frozenset(key for key, field in KEYS.items() if is_secret(field))
"""The keys whose values must be encrypted."""

REMOVED: Mapping[str, str] = {}
"""The keys of earlier releases that are no more, each with a sentence that says since when, and what to write instead:
`is removed since 0.3.0; set b.c to the same value.`"""

GROUPS = frozenset(key.partition(".")[0] for key in KEYS if "." in key)
"""The part before the dot of each key."""


def is_structured(field: FieldInfo) -> bool:
    """Return whether the value is a map or a list. Pulumi passes these to the program as JSON text."""
    return bool(fields_of(field.annotation)) or get_origin(field.annotation) in {tuple, Mapping}


def default_of(field: FieldInfo) -> object:
    """Return the default as in a stack file; None if the key is required or optional.

    An optional map has the default `{}`, since Pulumi requires that the default of a map is a map.
    """
    default: object = None if field.is_required() or field.default == "" else field.default
    if default is None and fields_of(field.annotation):
        return {}
    if isinstance(default, Model):
        return default.model_dump(mode="json", by_alias=True, exclude_none=True)
    return list(cast("tuple[object, ...]", default)) if isinstance(default, tuple) else default
