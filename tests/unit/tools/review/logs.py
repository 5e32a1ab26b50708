"""Event logs in the engine's format."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tools.review.explain.summary import notes
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
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"
NAMESPACE = "kubernetes:core/v1:Namespace"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
CLUSTER = "gcp:container/cluster:Cluster"
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
    """Return a step of a preview, with the inputs before and after.

    Args:
        operation: The engine's name of it.
        type_: Pulumi's type token.
        name: The logical name.
        old: Inputs before.
        new: Inputs after.
        differing: Differing paths by the provider.
        state: Other properties of both states, such as `retainOnDelete`.
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


def update(type_: str, name: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    """Return an update of a named object, with the inputs before and after beside its name."""
    return step("update", type_, name, named(name, **old), named(name, **new))


def rolled(old: Inputs, new: Inputs) -> dict[str, Any]:
    """Return the replacement of the hub's auto-named ConfigMap by one with other files."""
    sides = (auto_named(name, data=dict(data)) for name, data in (("a", old), ("b", new)))
    return step("replace", CONFIG_MAP, "tf-hub-config-files", *sides)


def hub_json(old: object, new: object) -> dict[str, Any]:
    """Return the change of the hub's ConfigMap to one with another `hub.json`."""
    return rolled({"hub.json": json.dumps(old)}, {"hub.json": json.dumps(new)})


def other_secret(type_: str) -> dict[str, Any]:
    """Return an update of a workload whose pod reads another Secret."""
    specs = ({"spec": pod(envFrom=[{"name": "e", "secretRef": {"name": name}}])} for name in ("a", "b"))
    return update(type_, "x", *specs)


def refresh(type_: str, name: str, known: Inputs, there: Inputs, inputs: Inputs | None = None) -> dict[str, Any]:
    """Return a refresh, with outputs before and after."""
    sides = {
        side: {"urn": f"urn:pulumi:dev::jupyterhub::{type_}::{name}", "type": type_, "outputs": dict(outputs)}
        for side, outputs in (("old", known), ("new", there))
    }
    for state in sides.values():
        state["inputs"] = dict(inputs or {})
    return {"resOutputsEvent": {"metadata": {"op": "refresh", "type": type_, **sides}}}


def exports(old: Inputs, new: Inputs) -> dict[str, Any]:
    """Return the exports before and after."""
    sides = {
        side: {"urn": f"urn:pulumi:dev::jupyterhub::{STACK}::jupyterhub-dev", "type": STACK, "outputs": dict(outputs)}
        for side, outputs in (("old", old), ("new", new))
    }
    return {"resOutputsEvent": {"metadata": {"op": "same", "type": STACK, **sides}}}


def message(severity: str, text: str) -> dict[str, Any]:
    """Return a diagnostic."""
    return {"diagnosticEvent": {"severity": severity, "message": text, "color": "never"}}


def violation(text: str, level: str = "mandatory") -> dict[str, Any]:
    """Return a policy violation of the hub's StatefulSet."""
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
    """Return the last event."""
    return {"summaryEvent": {"PolicyPacks": dict(packs or {}), "result": "succeeded"}}


def preview(*happened: Mapping[str, Any], failed: bool = False) -> Preview:
    """Return the preview of these events."""
    return events.read((json.dumps(event) for event in happened), failed=failed)


def notes_of(*happened: Mapping[str, Any]) -> list[str]:
    """Return the notes of the summary of these events."""
    return [note.render(str) for note in notes(preview(*happened))]


def auto_named(name: str, **inputs: object) -> dict[str, Any]:
    """Return inputs of an auto-named object."""
    return {"metadata": {"name": name, "annotations": {"pulumi.com/autonamed": "true"}}, **inputs}


def named(name: str, **inputs: object) -> dict[str, Any]:
    """Return inputs of an object with a name set by the program."""
    return {"metadata": {"name": name}, **inputs}


def pod(**container: object) -> dict[str, Any]:
    """Return the spec of a workload with one container."""
    return {"template": {"spec": {"containers": [{"name": "hub", **container}]}}}
