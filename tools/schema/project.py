"""The section `config:` of Pulumi.yaml, which is what Pulumi itself knows of the settings."""

from collections.abc import Mapping
from typing import Final, get_args, get_origin

import yaml
from pydantic.fields import FieldInfo

from settings.reading.keys import KEYS, SECRETS, default_of, fields_of

_START: Final = "\nconfig:\n"
_SIMPLE: Final[Mapping[object, str]] = {bool: "boolean", int: "integer"}


def description(field: FieldInfo) -> str:
    """Return the docstring of a field in one line."""
    return " ".join((field.description or "").split())


def type_of(annotation: object) -> str:
    """Return Pulumi's type of a value."""
    if fields_of(annotation) or get_origin(annotation) is Mapping:
        return "object"
    return "array" if get_origin(annotation) is tuple else _SIMPLE.get(annotation, "string")


def with_config(text: str) -> str:
    """Return the text of Pulumi.yaml with another `config:`, its last section."""
    # Pulumi reads a key in Pulumi.yaml as a path: without the brackets, hub.image is an entry of a map `hub`.
    config = {f'["{key}"]' if "." in key else key: _entry(key, field) for key, field in KEYS.items()}
    written = yaml.safe_dump({"config": config}, sort_keys=False, allow_unicode=True, width=118)
    return text.partition(_START)[0] + "\n" + written


def _entry(key: str, field: FieldInfo) -> dict[str, object]:
    # A secret is a string: Pulumi does not look into what it encrypts.
    entry: dict[str, object] = {"type": "string" if key in SECRETS else type_of(field.annotation)}
    if entry["type"] == "array":
        item = get_args(field.annotation)[0]
        entry["items"] = {"type": "object" if fields_of(item) else "string"}
    secret = " Only with pulumi config set --secret." if key in SECRETS else ""
    default = None if key in SECRETS else default_of(field)
    return entry | {
        "description": description(field).replace("`", "") + secret,
        "default": "" if default is None else default,
    }
