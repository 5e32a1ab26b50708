"""The JSON Schema (draft-07) of `Pulumi.<stack>.yaml`, with which editors complete and check stack files.

It refuses nothing that the settings accept, with what `pulumi config set` writes included: flags and numbers as text,
lists and maps as JSON. It does not know the rules between keys, which the preview checks.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias, cast

from settings.reading.keys import KEYS, PROJECT, SECRETS, default_of, fields_of, is_structured
from settings.settings import Settings
from settings.types.text import NO_WHOLE_NUMBER, WHOLE_NUMBER, pattern
from tools.schema.project import description

_Schema: TypeAlias = dict[str, Any]

_FLAGS: Final = [True, False, "true", "false", "True", "TRUE", "False", "FALSE"]
_KEPT: Final = {"ge": "minimum", "le": "maximum", "allOf": "allOf"}
_JSON: Final = r"^\s*[\[{]"
_NOT_SET: Final[_Schema] = {"enum": ["", None]}
_SECURE: Final[_Schema] = {
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}


def schema() -> _Schema:
    """Return the schema."""
    models = Settings.model_json_schema(by_alias=True)
    keys = {key: _key(key, models) for key in KEYS}
    refs = {key: {"$ref": f"#/definitions/{key}"} for key in keys}
    required = [key for key, field in KEYS.items() if field.is_required()]
    config: _Schema = {
        "type": ["object", "null"],
        "allOf": [{"anyOf": [{"required": [name]} for name in (f"{PROJECT}:{key}", key)]} for key in required],
        "additionalProperties": False,
        "properties": {f"{PROJECT}:{key}": ref for key, ref in refs.items()},
        # Keys of Pulumi and of providers, and this project's keys without their prefix.
        "patternProperties": {
            f"^(?!{PROJECT}:)[^:]+:.+$": {},
            **{f"^{re.escape(key)}$": ref for key, ref in refs.items()},
        },
    }
    text: _Schema = {"type": "string", "doNotSuggest": True}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Stack file of JupyterHub on GKE",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "config": config,
            "encryptionsalt": text,
            "encryptedkey": text,
            "secretsprovider": text,
            "environment": {"description": "Pulumi ESC environments."},
        },
        "definitions": keys,
    }


def _key(key: str, models: Mapping[str, Any]) -> _Schema:
    field = KEYS[key]
    default = default_of(field)
    if key in SECRETS:
        secure = {**_SECURE, "errorMessage": f"is in plain text: pulumi config set --secret {key}"}
        return {"description": description(field), "anyOf": [secure, _NOT_SET], "doNotSuggest": True}
    group, dot, name = key.partition(".")
    member = models["properties"][group]
    member = _definition(member, models)["properties"][name] if dot else member
    # Omitted parts of such a map keep their defaults, so that none is required.
    value = _value(member, models, partial=bool(default and fields_of(field.annotation)))
    accepted = value.get("anyOf", [value])
    if is_structured(field):
        accepted = [*accepted, {"type": "string", "pattern": _JSON}]
    if default == {}:
        accepted = [*accepted, {"type": "object", "maxProperties": 0}]
    if default is None and not field.is_required():
        accepted = [*accepted, _NOT_SET]
    shown = {"default": default, "examples": field.examples}
    return {
        "description": description(field),
        "anyOf": accepted,
        **{name: part for name, part in shown.items() if part},
    }


def _value(value: Mapping[str, Any], models: Mapping[str, Any], *, partial: bool) -> _Schema:
    """Return the schema of a stack file's value for a part of the models' schema."""
    if "description" in value:
        bare = {name: part for name, part in value.items() if name != "description"}
        return {"description": " ".join(value["description"].split()), **_value(bare, models, partial=partial)}
    if "anyOf" in value:
        return {"anyOf": [_value(choice, models, partial=partial) for choice in value["anyOf"]]}
    if "$ref" in value:
        return _model(_definition(value, models), models, partial=partial)
    for inner in ("additionalProperties", "items"):
        if inner in value:
            names = {"propertyNames": value["propertyNames"]} if "propertyNames" in value else {}
            return {"type": value["type"], **names, inner: _value(value[inner], models, partial=False)}
    return _scalar(value)


def _model(model: Mapping[str, Any], models: Mapping[str, Any], *, partial: bool) -> _Schema:
    if "properties" not in model:
        return {}  # any JSON
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _value(part, models, partial=partial) for name, part in model["properties"].items()},
        "required": [] if partial else model.get("required", []),
    }


def _scalar(value: Mapping[str, Any]) -> _Schema:
    if "enum" in value:
        return {"enum": value["enum"]}
    kept = {new: value[old] for old, new in _KEPT.items() if old in value}
    match value["type"]:
        case "boolean":
            return {"enum": _FLAGS}
        case "integer":
            return {"type": ["integer", "string"], **pattern(WHOLE_NUMBER, NO_WHOLE_NUMBER), **kept}
        case "string":
            return {"type": ["string", "number", "boolean"], **kept}  # YAML's 0.5 and true are accepted as text
        case kind:
            return {"type": kind}


def _definition(value: Mapping[str, Any], models: Mapping[str, Any]) -> _Schema:
    return cast("_Schema", models["$defs"][value["$ref"].rpartition("/")[2]])
