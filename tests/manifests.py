"""Registered Kubernetes resources in the form of Kubernetes' API."""

from typing import Any, cast

from tests.doubles.monitor import Registration

Manifest = dict[str, Any]


def manifest(resource: Registration) -> Manifest:
    """Return a resource in the form of Kubernetes' API; Pulumi names it like itself if it has no name."""
    version, _, kind = resource.type.removeprefix("kubernetes:").removeprefix("core/").partition(":")
    inputs = _with_integers(resource.inputs)
    metadata = {"name": resource.name, **inputs["metadata"]}
    return {**inputs, "apiVersion": version, "kind": kind, "metadata": metadata}


def _with_integers(value: Any) -> Any:  # noqa: ANN401 any JSON
    """Return JSON from Pulumi, whose numbers are all floating-point, with integers."""
    if isinstance(value, dict):
        return {key: _with_integers(item) for key, item in cast("Manifest", value).items()}
    if isinstance(value, list):
        return [_with_integers(item) for item in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value
