"""What the pulumi-gcp SDK says about a resource type: its inputs, with types and documentation, and its outputs."""

import functools
import importlib
import inspect
import re
import sys
import typing
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, cast

# The SDK's own reading of its classes: there is no public one.
from pulumi import _types as types  # pyright: ignore[reportPrivateUsage] so said above

VERSION = version("pulumi-gcp")
"""Of the SDK, and so of the plugin that it asks the engine for."""


class UnknownTypeError(Exception):
    """The SDK has no such resource type."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input of a resource or of an object in it."""

    type: Any
    """A scalar, a `...Args` class, or a `Sequence` or `Mapping` of these."""
    required: bool
    documentation: str


def resource_class(token: str) -> type:
    """The SDK's class of a resource type such as `gcp:compute/network:Network`.

    Raises:
        UnknownTypeError: There is none.
    """
    return _member(token, "")


def arguments_class(token: str) -> type:
    """The SDK's class of that type's inputs.

    Raises:
        UnknownTypeError: There is none.
    """
    return _member(token, "Args")


@functools.cache
def _member(token: str, ending: str) -> type:
    _, path, name = token.split(":")
    package = path.split("/")[0]
    try:
        return getattr(importlib.import_module(f"pulumi_gcp.{package}"), f"{name}{ending}")
    except (ImportError, AttributeError):
        message = f"pulumi-gcp {VERSION} has no resource type {token}"
        raise UnknownTypeError(message) from None


@functools.cache
def inputs(arguments: type) -> dict[str, Input]:
    """The inputs that a `...Args` class takes, by their names on the wire."""
    names = types.input_type_py_to_pulumi_names(arguments)
    better = _better_documented(arguments)
    hints = types.input_type_types(arguments)
    parameters = inspect.signature(arguments.__init__).parameters
    return {
        wire: Input(
            type=cast("Any", hints[wire]),
            required=parameters[python].default is inspect.Parameter.empty,
            documentation=inspect.getdoc(getattr(better, python, None) or getattr(arguments, python)) or "",
        )
        for python, wire in names.items()
    }


def _better_documented(arguments: type) -> type:
    """The same object of a cluster: the documentation of node pools refers to it for what they share."""
    name = arguments.__name__.replace("NodePoolNodeConfig", "ClusterNodeConfig")
    return getattr(sys.modules[arguments.__module__], name, arguments)


def is_object(kind: object) -> bool:
    """Whether a type is a `...Args` class."""
    return isinstance(kind, type) and types.is_input_type(kind)


def item_type(kind: Any) -> Any:  # noqa: ANN401 a type of any form
    """What a `Sequence` or a `Mapping` holds."""
    return types.unwrap_type(typing.get_args(kind)[-1])


def outputs(token: str) -> dict[str, Any]:
    """The types of a resource's properties, by their names on the wire."""
    return cast("dict[str, Any]", types.resource_types(resource_class(token)))


def import_format(token: str) -> str | None:
    """How the documentation writes the id to import a resource by, such as `projects/{{project}}/...`."""
    constructor = resource_class(token).__init__
    for overload in typing.get_overloads(constructor):
        section = (overload.__doc__ or "").partition("## Import")[2]
        if found := re.search(r"[\w/:.-]*\{\{\w+\}\}[\w/:.{}-]*", section):
            return found.group()
    return None
