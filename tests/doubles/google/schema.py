"""Checks of inputs against the argument classes of the pulumi-gcp SDK, as the real provider does with its schema."""

import json
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pulumi_gcp

from settings.types.spelling import nearest
from tests.doubles.google import rules, sdk
from tests.doubles.google.enumerations import choices
from tests.doubles.google.failure import Failure
from tests.doubles.google.wire import UNKNOWN, Properties, bare

_SCALARS = {bool: "true or false", str: "a text", int: "a whole number", float: "a number"}
_OF_THE_ENGINE = {"version", "pluginDownloadURL"}
"""Keys that the engine adds to the configuration of a provider."""


def failures(token: str, inputs: Properties) -> list[Failure]:
    """Return all failures of the inputs of a resource.

    Raises:
        UnknownTypeError: The SDK does not have the type.
    """
    return [*_object(inputs, sdk.arguments_class(token), ""), *rules.broken(token, inputs)]


def configuration_failures(configuration: Properties) -> list[Failure]:
    """Return all failures of the provider's configuration, in which values other than strings are JSON."""
    known = sdk.inputs(pulumi_gcp.ProviderArgs)
    decoded = {
        name: _decoded(value) if name in known and known[name].type is not str else value
        for name, value in configuration.items()
        if name not in _OF_THE_ENGINE
    }
    return list(_object(decoded, pulumi_gcp.ProviderArgs, ""))


def _decoded(value: object) -> object:
    plain = bare(value)
    try:
        return json.loads(plain) if isinstance(plain, str) and plain != UNKNOWN else plain
    except ValueError:
        return plain


def _object(value: Properties, arguments: type, path: str) -> Iterator[Failure]:
    known = sdk.inputs(arguments)
    for name, item in value.items():
        if name.startswith("__"):
            continue  # internal, such as __defaults
        where = f"{path}.{name}" if path else name
        if name in known:
            yield from _value(item, known[name].type, where, choices(known[name].documentation))
        else:
            yield Failure(where, f"is not an input of {_described(arguments)}{_suggestion(name, known)}")
    for name, known_input in known.items():
        if known_input.required and bare(value.get(name)) is None:
            where = f"{path}.{name}" if path else name
            yield Failure(where, f"is missing, and {_described(arguments)} requires it")


def _value(value: object, kind: Any, path: str, allowed: frozenset[str]) -> Iterator[Failure]:  # noqa: ANN401 a type of any form
    plain = bare(value)
    if plain is None or plain == UNKNOWN or kind is Any:
        return
    origin = typing.get_origin(kind) or kind
    if origin in _SCALARS:
        yield from _scalar(plain, kind, path, allowed)
    elif origin is typing.Union:
        if all(list(_value(plain, part, path, allowed)) for part in typing.get_args(kind)):
            yield _wrong(path, "of another type", plain)
    elif origin is Sequence:
        yield from _list(plain, sdk.item_type(kind), path, allowed)
    elif not isinstance(plain, dict):
        yield _wrong(path, "an object", plain)
    elif origin is Mapping:
        for key, item in cast("Properties", plain).items():
            yield from _value(item, sdk.item_type(kind), f'{path}["{key}"]', frozenset())
    else:
        yield from _object(cast("Properties", plain), kind, path)


def _list(value: object, kind: Any, path: str, allowed: frozenset[str]) -> Iterator[Failure]:  # noqa: ANN401 a type of any form
    if not isinstance(value, list):
        yield _wrong(path, "a list", value)
        return
    for index, item in enumerate(cast("list[Any]", value)):
        yield from _value(item, kind, f"{path}[{index}]", allowed)


def _scalar(value: object, kind: type, path: str, allowed: frozenset[str]) -> Iterator[Failure]:
    # In Python, True is an int; the wire format has one type of numbers.
    fits = isinstance(value, bool) if kind is bool else isinstance(value, kind) and not isinstance(value, bool)
    if not fits and not (kind is float and type(value) is int):
        yield _wrong(path, _SCALARS[kind], value)
    elif allowed and value not in allowed:
        yield Failure(path, f"is {value!r}, and may only be one of: {', '.join(sorted(allowed))}")


def _wrong(path: str, wanted: str, value: object) -> Failure:
    return Failure(path, f"has to be {wanted}, and is {json.dumps(value)}")


def _described(arguments: type) -> str:
    module, _, name = f"{arguments.__module__}.{arguments.__qualname__}".rpartition(".")
    return f"{'.'.join(module.split('.')[:2])}.{name}"


def _suggestion(name: str, known: Mapping[str, object]) -> str:
    near = nearest(name, known)
    return f"; did you mean {near}?" if near else ""
