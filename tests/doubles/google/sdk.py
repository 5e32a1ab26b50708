"""Inputs, their types and documentation, and outputs of a resource type, read from the pulumi-gcp SDK."""

import functools
import importlib
import inspect
import re
import sys
import typing
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, cast

# The SDK has no public function for this.
from pulumi import _types as types  # pyright: ignore[reportPrivateUsage] see above

VERSION = version("pulumi-gcp")
"""Version of the SDK, and so of the plugin that it requests."""


class UnknownTypeError(Exception):
    """The SDK does not have the resource type."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input of a resource or of an object in it."""

    type: Any
    """A scalar, a `...Args` class, or a `Sequence` or `Mapping` of these."""
    required: bool
    documentation: str


def resource_class(token: str) -> type:
    """Return the SDK's class of a resource type such as `gcp:compute/network:Network`.

    Raises:
        UnknownTypeError: The SDK does not have it.
    """
    return _member(token, "")


def arguments_class(token: str) -> type:
    """Return the SDK's class of the inputs of a type.

    Raises:
        UnknownTypeError: The SDK does not have it.
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
    """Return the inputs of an `...Args` class, by wire name."""
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
    """Return the class of a cluster for the same object of a node pool, whose documentation refers to it."""
    name = arguments.__name__.replace("NodePoolNodeConfig", "ClusterNodeConfig")
    return getattr(sys.modules[arguments.__module__], name, arguments)


def item_type(kind: Any) -> Any:  # noqa: ANN401 a type of any form
    """Return the type of the items of a `Sequence` or `Mapping`."""
    return types.unwrap_type(typing.get_args(kind)[-1])


def outputs(token: str) -> dict[str, Any]:
    """Return the types of a resource's properties, by wire name."""
    return cast("dict[str, Any]", types.resource_types(resource_class(token)))


def import_format(token: str) -> str | None:
    """Return the import id of the documentation, such as `projects/{{project}}/...`; None if it has none."""
    constructor = resource_class(token).__init__
    for overload in typing.get_overloads(constructor):
        section = (overload.__doc__ or "").partition("## Import")[2]
        if found := re.search(r"[\w/:.-]*\{\{\w+\}\}[\w/:.{}-]*", section):
            return found.group()
    return None
