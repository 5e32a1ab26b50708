"""What all settings models have in common."""

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
    """Lay the values of a stack file over `default`, so that `{max: 8}` changes the maximum and nothing else."""

    def fill(value: object) -> object:
        return _merge(default.model_dump(by_alias=True), value)

    return BeforeValidator(fill)


def _none_if_empty(value: object) -> object:
    return None if value == {} else value


UNLESS_EMPTY = BeforeValidator(_none_if_empty)
"""Takes an empty map for none: Pulumi.yaml has no other way to say that a map is not set."""


def _merge(default: object, value: object) -> object:
    if not (isinstance(default, Mapping) and isinstance(value, Mapping)):
        return value
    merged = dict(cast("Mapping[object, object]", default))
    for key, part in cast("Mapping[object, object]", value).items():
        merged[key] = _merge(merged.get(key), part)
    return merged
