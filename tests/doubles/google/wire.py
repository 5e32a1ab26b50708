"""Properties in wire format between engine and provider: JSON with markers for secrets and unknown values."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# Pulumi's and protobuf's helpers do not say what JSON is.

from typing import Any, cast

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc

Properties = dict[str, Any]
"""The properties of a resource, by their names on the wire."""

UNKNOWN = rpc.UNKNOWN
"""Marker of a value that a preview cannot know."""


def received(struct: Struct) -> Properties:
    """Return the properties of a message, with markers."""
    return _with_whole_numbers(json_format.MessageToDict(struct))


def sent(properties: Properties) -> Struct:
    """Return the properties as a message."""
    return json_format.ParseDict(properties, Struct())


def _with_whole_numbers(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """Return the value with whole numbers as int: the wire format has floats only."""
    if isinstance(value, dict):
        return {key: _with_whole_numbers(item) for key, item in cast("Properties", value).items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_secret(value: object) -> bool:
    """Return whether the value itself is marked as secret."""
    return rpc.is_rpc_secret(value)


def bare(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """Return the value without the markers of secrets, at any depth."""
    if is_secret(value):
        return bare(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: bare(item) for key, item in cast("Properties", value).items()}
    if isinstance(value, list):
        return [bare(item) for item in cast("list[Any]", value)]
    return value


def merged(over: Any, under: Any) -> Any:  # noqa: ANN401 any JSON values
    """Merge two values at any depth of objects; `over` wins."""
    if over is None:
        return under
    if not isinstance(over, dict) or not isinstance(under, dict) or is_secret(cast("object", over)):
        return cast("object", over)
    first, second = cast("Properties", over), cast("Properties", under)
    return {key: merged(first.get(key), second.get(key)) for key in {**second, **first}}


def unknown(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """Return an object of the same shape with unknown values."""
    if isinstance(value, dict):
        return {key: unknown(item) for key, item in cast("Properties", value).items()}
    return UNKNOWN


def with_unknowns(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """Return the value with each string that contains an unknown value as unknown."""
    if isinstance(value, dict):
        return {key: with_unknowns(item) for key, item in cast("Properties", value).items()}
    if isinstance(value, list):
        return [with_unknowns(item) for item in cast("list[Any]", value)]
    return UNKNOWN if isinstance(value, str) and UNKNOWN in value else value


def projected(value: Any, shape: Any) -> Any:  # noqa: ANN401 any JSON values
    """Return the properties of the value that `shape` has too."""
    if not isinstance(value, dict) or not isinstance(shape, dict) or is_secret(cast("object", value)):
        return cast("object", value)
    found, wanted = cast("Properties", value), cast("Properties", shape)
    return {key: projected(found[key], wanted[key]) for key in wanted if key in found}
