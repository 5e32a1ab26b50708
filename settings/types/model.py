"""The base class of the settings models."""

from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """Base of the settings models: frozen, no unknown fields, camelCase in stack files and snake_case in Python."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )


def over(default: Model) -> BeforeValidator:
    """Return a validator that fills in omitted parts from `default`: `{max: 8}` changes only the maximum."""

    def fill(value: object) -> object:
        return _merge(default.model_dump(by_alias=True), value)

    return BeforeValidator(fill)


def _none_if_empty(value: object) -> object:
    return None if value == {} else value


UNLESS_EMPTY = BeforeValidator(_none_if_empty)
"""Validator that converts an empty map to None: in Pulumi.yaml, `{}` is the only way to leave a map unset."""


def _merge(default: object, value: object) -> object:
    if not (isinstance(default, Mapping) and isinstance(value, Mapping)):
        return value
    merged = dict(cast("Mapping[object, object]", default))
    for key, part in cast("Mapping[object, object]", value).items():
        merged[key] = _merge(merged.get(key), part)
    return merged
