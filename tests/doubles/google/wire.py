"""Properties as they travel between engine and provider: JSON, with marks for secrets and for what is not known yet."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# Pulumi's and protobuf's helpers do not say what JSON is.

from typing import Any, cast

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc

Properties = dict[str, Any]
"""The properties of a resource, by their names on the wire."""

UNKNOWN = rpc.UNKNOWN
"""Stands for what a preview cannot know."""


def received(struct: Struct) -> Properties:
    """The properties in a message, marks and all."""
    return _with_whole_numbers(json_format.MessageToDict(struct))


def sent(properties: Properties) -> Struct:
    """The properties as a part of a message."""
    return json_format.ParseDict(properties, Struct())


def _with_whole_numbers(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """The wire knows one type of number: what is whole comes back as it was meant."""
    if isinstance(value, dict):
        return {key: _with_whole_numbers(item) for key, item in cast("Properties", value).items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_secret(value: object) -> bool:
    """Whether the value itself is marked as secret."""
    return rpc.is_rpc_secret(value)


def bare(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """The value without the marks of secrets, at any depth."""
    if is_secret(value):
        return bare(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: bare(item) for key, item in cast("Properties", value).items()}
    if isinstance(value, list):
        return [bare(item) for item in cast("list[Any]", value)]
    return value


def merged(over: Any, under: Any) -> Any:  # noqa: ANN401 any JSON values
    """What `over` says, and what only `under` says, at any depth of objects."""
    if over is None:
        return under
    if not isinstance(over, dict) or not isinstance(under, dict) or is_secret(cast("object", over)):
        return cast("object", over)
    first, second = cast("Properties", over), cast("Properties", under)
    return {key: merged(first.get(key), second.get(key)) for key in {**second, **first}}


def unknown(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """An object of the same shape, in which nothing is known."""
    if isinstance(value, dict):
        return {key: unknown(item) for key, item in cast("Properties", value).items()}
    return UNKNOWN


def with_unknowns(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """The value, in which a text that was made of something unknown is unknown itself."""
    if isinstance(value, dict):
        return {key: with_unknowns(item) for key, item in cast("Properties", value).items()}
    if isinstance(value, list):
        return [with_unknowns(item) for item in cast("list[Any]", value)]
    return UNKNOWN if isinstance(value, str) and UNKNOWN in value else value


def projected(value: Any, shape: Any) -> Any:  # noqa: ANN401 any JSON values
    """Of the value, only what `shape` has too."""
    if not isinstance(value, dict) or not isinstance(shape, dict) or is_secret(cast("object", value)):
        return cast("object", value)
    found, wanted = cast("Properties", value), cast("Properties", shape)
    return {key: projected(found[key], wanted[key]) for key in wanted if key in found}
