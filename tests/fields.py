"""The settings' fields, with the parts of lists and maps, each validated by itself."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, cast, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from settings.reading.keys import KEYS, fields_of
from tools.schema.project import description


def _with_parts(fields: Mapping[str, FieldInfo], prefix: str = "") -> dict[str, FieldInfo]:
    found: dict[str, FieldInfo] = {}
    for name, field in fields.items():
        path, annotation = f"{prefix}{name}", field.annotation
        item = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
        found |= {path: field, **_with_parts(fields_of(item), f"{path}.")}
    return found


FIELDS: Final[Mapping[str, FieldInfo]] = _with_parts(KEYS)
"""By path in the stack config: `nodes.gpu.count`."""


def shown(field: FieldInfo) -> list[object]:
    """Return the examples of a field, with those in its description."""
    return [*(field.examples or ()), *re.findall(r"such as `([^`]+)`", description(field))]


def check_of(field: FieldInfo) -> Callable[[object], bool]:
    """Return a function that returns whether a value is valid for a field, without the rules between keys."""
    adapter = TypeAdapter[Any](cast("Any", Annotated)[field.annotation, *(field.metadata or [None])])

    def is_valid(value: object) -> bool:
        try:
            adapter.validate_python(value, by_alias=True)
        except ValidationError:
            return False
        return True

    return is_valid
