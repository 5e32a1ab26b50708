"""The schema of the component package, from which Pulumi makes SDKs, checks YAML programs and completes both."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias, cast, get_args

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from components.dynamic.resource import PACKAGE
from provider.package import TYPE, VERSION
from settings.reading.keys import fields_of
from settings.settings import Settings
from settings.types.model import Model
from settings.types.secret import is_secret
from tools.schema.project import description

_Schema: TypeAlias = dict[str, Any]

OUTPUTS: Final[Mapping[str, _Schema]] = {
    "hub_url": {"type": "string", "description": "URL of the hub; without a reserved address, read from the Service."},
    "namespace": {"type": "string", "description": "Namespace of hub and proxy."},
    "port_forward_command": {"type": "string", "description": "Command that forwards a local port to the hub."},
    "oauth_callback_url": {
        "type": "string",
        "description": "Callback URL, to be registered at the sign-in's provider.",
    },
    "oauth_logout_url": {"type": "string", "description": "URL to be registered there for `oidc.logoutAtProvider`."},
    "dns_records": {"type": "array", "items": {"$ref": "pulumi.json#/Any"}, "description": "DNS records to be made."},
    "database_instance": {"type": "string", "description": "Connection name of the Cloud SQL instance."},
    "next_steps": {"type": "array", "items": {"type": "string"}, "description": "What is left to do, in words."},
    "service_tokens": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "secret": True,
        "description": "API tokens of `hub.services`, by name.",
    },
}
"""Outputs of the component by the names of the program's exports."""
_LANGUAGES: Final = ("nodejs", "python", "go", "csharp", "java")


def schema() -> _Schema:
    """Return the schema.

    Each model is an object type. Choices are plain text, with the values in the description: an enum would make each
    new value a change of the SDKs.
    """
    models = Settings.model_json_schema(by_alias=True)
    definitions = {name.partition("_")[0]: model for name, model in models["$defs"].items()}
    groups = {field.annotation for field in fields_of(Settings).values()}
    # The models fill in omitted parts of a map with a default: only of the groups it is certain what is required.
    return {
        "name": PACKAGE,
        "version": VERSION,
        "description": "JupyterHub on Google Kubernetes Engine, or any other Kubernetes, as one component.",
        "license": "Apache-2.0",
        "keywords": ["pulumi", "category/infrastructure", "kind/component", "jupyterhub", "kubernetes"],
        "meta": {"supportPack": True},
        "language": {language: {"respectSchemaVersion": True} for language in _LANGUAGES},
        "types": {
            _type(name): {
                "type": "object",
                **_described(" ".join((model.__doc__ or "").split())),
                "properties": _properties(model, definitions[name]),
                **({"required": required} if model in groups and (required := _required(model)) else {}),
            }
            for name, model in sorted(_models(Settings).items())
        },
        "resources": {
            TYPE: {
                "isComponent": True,
                "description": "A JupyterHub on Kubernetes, with its settings as inputs; on GKE also with its cluster.",
                "inputProperties": _properties(Settings, models),
                "requiredInputs": _required(Settings),
                "properties": {to_camel(name): {**output} for name, output in OUTPUTS.items()},
                "required": ["namespace", "portForwardCommand"],
            }
        },
    }


def _models(annotation: Any) -> dict[str, type[Model]]:  # noqa: ANN401 an annotation has no type of its own
    """Return the models in the fields of a model, and in their fields, by name."""
    found: dict[str, type[Model]] = {}
    for field in fields_of(annotation).values():
        for model in _models_in(field.annotation):
            found |= {model.__name__.partition("[")[0]: model, **_models(model)}
    return found


def _models_in(annotation: Any) -> Iterator[type[Model]]:  # noqa: ANN401 see above
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _required(model: type[Model]) -> list[str]:
    return [name for name, field in fields_of(model).items() if field.is_required()]


def _properties(model: type[Model], definition: Mapping[str, Any]) -> _Schema:
    return {name: _property(field, definition["properties"][name]) for name, field in fields_of(model).items()}


def _property(field: FieldInfo, value: Mapping[str, Any]) -> _Schema:
    none: list[str] = []
    choices = next((cast("list[str]", one["enum"]) for one in (value, *value.get("anyOf", ())) if "enum" in one), none)
    about = description(field)
    if missing := [f"`{choice}`" for choice in choices if f"`{choice}`" not in about]:
        about += f" Choices: {', '.join(missing)}."
    # Settings decide which resources there are, so all but the secrets are needed before the first one. A map that is
    # plain has only plain parts.
    holds_secret = any(is_secret(part) for part in fields_of(field.annotation).values())
    kind = {"secret": True} if is_secret(field) else {} if holds_secret else {"plain": True}
    return {**_value(value), **_described(about), **kind}


def _described(text: str) -> _Schema:
    return {"description": text.strip()} if text else {}


def _value(value: Mapping[str, Any]) -> _Schema:
    """Return Pulumi's type of a value of the models' schema."""
    if "$ref" in value:
        name = str(value["$ref"]).rpartition("/")[2].partition("_")[0]
        return {"$ref": "pulumi.json#/Any"} if name == "JsonValue" else {"$ref": f"#/types/{_type(name)}"}
    if "anyOf" in value:
        (one,) = (choice for choice in value["anyOf"] if choice.get("type") != "null")
        return _value(one)
    for inner in ("items", "additionalProperties"):
        if inner in value:
            return {"type": value["type"], inner: _value(value[inner])}
    return {"type": value["type"]}


def _type(name: str) -> str:
    return f"{PACKAGE}:index:{name}"
