"""The effect of a change, measured: what differs between the resources of two stacks."""

import re
from collections.abc import Mapping

from tests.doubles.google.replacements import changes
from tests.doubles.monitor import Record, Registration
from tools.review.explain.rules import is_of_capacity
from tools.review.offline.replacements import is_replacing
from tools.schema.effects import Effect

_PODS = {"StatefulSet": "hub", "Deployment": "proxy"}
_HOLD_WORK = {"Namespace", "PersistentVolumeClaim", "StorageClass"}
_CHECKS = {"CertificateCheck", "ConnectionCheck", "DefinitionsCheck", "IngressCheck", "IssuerCheck", "RouteCheck"}
_INNER = {*_PODS, *_CHECKS, "ConfigMap", "Secret", "Token", "Rollout"}
"""Kinds whose changes show in the pods that restart."""
_FIXED = ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")
"""Fields that Kubernetes never changes of a StorageClass."""
_API = "gcp:projects/service:Service"
"""An API of Google Cloud, which stays enabled."""


def effect(before: Record, after: Record) -> Effect:
    """Return the effect of a change of a stack, by its resources before and after."""
    old, new = _by_urn(before), _by_urn(after)
    gone, kept = _gone(old, new), [(old[urn], new[urn]) for urn in old.keys() & new.keys()]
    replaced = {old[urn].kind for urn in gone if old[urn].type.startswith("gcp:") or old[urn].kind in _HOLD_WORK}
    return Effect(
        restarts={
            _PODS[was.kind]
            for was, now in kept
            if was.kind in _PODS
            and not is_of_capacity(was.kind, was.name)
            and was.inputs["spec"]["template"] != now.inputs["spec"]["template"]
        },
        replaces=replaced,
        updates={was.kind for was, now in kept if _changes(was, now)} - replaced - _INNER,
    )


def _by_urn(record: Record) -> Mapping[str, Registration]:
    return {
        resource.urn: resource
        for resource in record.resources
        if resource.custom and resource.type != _API and not resource.type.startswith("pulumi:providers:")
    }


def _changes(old: Registration, new: Registration) -> list[bool]:
    """Return, for each changed input that is not ignored, whether it replaces the resource."""
    return [
        change.replaces
        for change in changes(old.type, old.inputs, new.inputs)
        if not {change.path, re.split(r"[.\[]", change.path)[0]} & new.ignore_changes
    ]


def _gone(old: Mapping[str, Registration], new: Mapping[str, Registration]) -> set[str]:
    """Return what is replaced or deleted, with what is replaced because it refers to that."""
    gone = {urn for urn in old if _is_gone(old[urn], new.get(urn))}
    while more := {urn for urn in (old.keys() & new.keys()) - gone if _refers(new[urn], gone)}:
        gone |= more
    return gone


def _is_gone(old: Registration, new: Registration | None) -> bool:
    if new is None:
        return not (old.kind == "StorageClass" and old.retain_on_delete)
    if old.kind == "StorageClass":
        return any(old.inputs.get(name) != new.inputs.get(name) for name in _FIXED)
    return any(_changes(old, new))


def _refers(resource: Registration, gone: set[str]) -> bool:
    """Return whether an input that replaces the resource is an output of one that is replaced."""
    inputs = resource.property_dependencies.items()
    return any(urns & gone and is_replacing(resource.type, name, None, None) for name, urns in inputs)
