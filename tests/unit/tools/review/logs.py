"""Event logs in the form in which the engine writes them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tools.review.log import events
from tools.review.log.model import Preview

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
STATEFULSET = "kubernetes:apps/v1:StatefulSet"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SERVICE = "kubernetes:core/v1:Service"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
TOKEN = "pulumi-python:dynamic/jupyterhub:Token"  # noqa: S105 a type
STACK = "pulumi:pulumi:Stack"

Inputs = Mapping[str, Any]


def step(
    operation: str,
    type_: str,
    name: str,
    old: Inputs | None = None,
    new: Inputs | None = None,
    *,
    differing: Sequence[str] = (),
    **state: object,
) -> dict[str, Any]:
    """A step of a preview, with the inputs before and after.

    Args:
        operation: In the engine's words.
        type_: Pulumi's.
        name: In the program.
        old: The inputs before.
        new: The inputs after.
        differing: Where the provider says that they differ.
        state: What else is in both states, such as `retainOnDelete`.
    """
    urn = f"urn:pulumi:dev::jupyterhub::jupyterhub:jupyterhub:JupyterHub${type_}::{name}"
    states = {
        side: {"urn": urn, "type": type_, "inputs": dict(inputs), **state}
        for side, inputs in (("old", old), ("new", new))
        if inputs is not None
    }
    detailed = {place: {"diffKind": "update"} for place in differing}
    return {
        "resourcePreEvent": {
            "metadata": {"op": operation, "urn": urn, "type": type_, "detailedDiff": detailed or None, **states}
        }
    }


def look(type_: str, name: str, known: Inputs, there: Inputs, inputs: Inputs | None = None) -> dict[str, Any]:
    """A look at the world: what the stack knew, and what is there."""
    sides = {
        side: {"urn": f"urn:pulumi:dev::jupyterhub::{type_}::{name}", "type": type_, "outputs": dict(outputs)}
        for side, outputs in (("old", known), ("new", there))
    }
    for state in sides.values():
        state["inputs"] = dict(inputs or {})
    return {"resOutputsEvent": {"metadata": {"op": "refresh", "type": type_, **sides}}}


def exports(old: Inputs, new: Inputs) -> dict[str, Any]:
    """What the stack exports, and will."""
    sides = {"old": {"outputs": dict(old)}, "new": {"outputs": dict(new)}}
    return {"resOutputsEvent": {"metadata": {"op": "same", "type": STACK, **sides}}}


def message(severity: str, text: str) -> dict[str, Any]:
    """A diagnostic."""
    return {"diagnosticEvent": {"severity": severity, "message": text, "color": "never"}}


def violation(text: str, level: str = "mandatory") -> dict[str, Any]:
    """What a policy says of the hub's StatefulSet."""
    return {
        "policyEvent": {
            "resourceUrn": f"urn:pulumi:dev::jupyterhub::{STATEFULSET}::tf-hub-hub",
            "message": text,
            "policyName": "pinned-images",
            "policyPackName": "jupyterhub",
            "enforcementLevel": level,
        }
    }


def summary(packs: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The end."""
    return {"summaryEvent": {"PolicyPacks": dict(packs or {}), "result": "succeeded"}}


def preview(*happened: Mapping[str, Any], failed: bool = False) -> Preview:
    """What is read of these events."""
    return events.preview(events.read(json.dumps(event) for event in happened), failed=failed)


def auto_named(name: str, **inputs: object) -> dict[str, Any]:
    """Inputs of an object that Pulumi named."""
    return {"metadata": {"name": name, "annotations": {"pulumi.com/autonamed": "true"}}, **inputs}


def named(name: str, **inputs: object) -> dict[str, Any]:
    """Inputs of an object that the program named."""
    return {"metadata": {"name": name}, **inputs}


def pod(**container: object) -> dict[str, Any]:
    """The spec of a workload with one container."""
    return {"template": {"spec": {"containers": [{"name": "hub", **container}]}}}
