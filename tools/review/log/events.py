"""The engine's event log: steps with their states, messages and policy violations."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from tools.review.log import resources
from tools.review.log.model import (
    SECRET,
    Change,
    Diagnostic,
    Operation,
    Preview,
    Properties,
    Resource,
    ResourceState,
    Step,
    Violation,
)

_OPERATIONS: Final[Mapping[str, Operation]] = {
    "create": "create",
    "import": "create",
    "read-replacement": "replace",
    "update": "update",
    "replace": "replace",
    "delete": "delete",
}
_STAYS: Final = {"same", "read"}
"""Other operations are parts of a replacement, or refreshes."""
_HIDDEN: Final = re.compile(r"pulumi-python:dynamic/jupyterhub:(Rollout|ClusterIdentity|\w+Check)|pulumi:pulumi:Stack")
"""Types that are not shown: the wait for the rollout follows from the StatefulSet, and the others only look."""
_REPEATED: Final = re.compile(
    r"(preview|update) failed|an unhandled error occurred: program exited with non-zero exit code: \d+"
)
"""Messages of the engine that repeat an error."""
_UNCONFIRMED_END: Final = re.compile(r"Detected that .+ exited prematurely")
"""Message of the CLI about a plugin that did not confirm its end in five seconds, as on a busy machine."""


def read(lines: Iterable[str], *, failed: bool) -> Preview:
    """Return the preview of an event log.

    Args:
        lines: The events, as JSON.
        failed: Whether the exit code of the command is an error.
    """
    steps: list[Step] = []
    refreshes: list[Step] = []
    exports: tuple[Properties, Properties] = ({}, {})
    diagnostics: list[Diagnostic] = []
    violations: list[Violation] = []
    packs: Mapping[str, object] = {}
    for line in lines:
        match json.loads(line):
            case {"resourcePreEvent": {"metadata": step}}:
                steps.append(_step(step))
            case {"resOutputsEvent": {"metadata": {"op": "refresh"} as step}}:
                refreshes.append(_step(step))
            case {"resOutputsEvent": {"metadata": {"type": "pulumi:pulumi:Stack"} as step}}:
                exports = _outputs(step.get("old")), _outputs(step.get("new"))
            case {"diagnosticEvent": event}:
                diagnostics += _diagnostic(event, failed=failed)
            case {"policyEvent": event}:
                violations.append(_violation(event))
            case {"summaryEvent": event}:
                packs = event.get("PolicyPacks") or {}
            case _:
                pass
    plan = [step for step in steps if step.operation in {*_OPERATIONS, *_STAYS}]
    names = resources.auto_names((step.old for step in plan), (step.new for step in plan))
    found = (
        resource(_OPERATIONS[step.operation], step.old, step.new, names, step.differing)
        for step in plan
        if step.operation in _OPERATIONS
    )
    return Preview(
        failed=failed,
        resources=tuple(sorted(filter(is_shown, found), key=lambda one: (one.type, one.name))),
        unchanged=sum(step.operation in _STAYS and step.new is not None and is_object(step.new.type) for step in plan),
        manual_changes=tuple(_manual_changes(refreshes)),
        exports=() if failed else resources.export_changes(*exports, names),
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        policy_packs=tuple(sorted(name.partition("|")[0] for name in packs)),
        violations=tuple(sorted(violations, key=lambda found: (not found.mandatory, found.policy, found.resource))),
        steps=tuple(steps),
    )


def resource(
    operation: Operation,
    old: ResourceState | None,
    new: ResourceState | None,
    names: Mapping[str, str],
    differing: Iterable[str] = (),
) -> Resource:
    """Return a resource with its changes."""
    known = new or old
    assert known is not None  # noqa: S101 a step has a state
    # A replaced resource is named as before.
    shown = old if old is not None and operation == "replace" else known
    changes = resources.changes(old.inputs if old else {}, new.inputs if new else {}, names)
    if old is not None and new is not None:
        changes += resources.secret_changes(old.inputs, new.inputs, differing)
    if not changes and operation == "replace" and "data" in known.inputs:
        changes = (Change(path="data", old=SECRET, new=SECRET),)
    return Resource(
        operation=operation,
        type=known.type,
        name=shown.shown_name,
        logical_name=known.logical_name,
        changes=changes,
        protected=old is not None and old.protected,
        retained=old is not None and old.retained,
    )


def _manual_changes(refreshes: Iterable[Step]) -> Iterator[Resource]:
    for _, old, new, _ in refreshes:
        if old is None or new is None or not old.type.startswith("kubernetes:"):
            continue
        if changes := resources.manual_changes(old, new):
            yield replace(resource("update", old, new, {}), changes=changes)


def is_object(type_: str) -> bool:
    """Return whether the type is an object of the cluster or cloud, and not a component or a provider."""
    return not type_.startswith(("jupyterhub:", "pulumi:")) and not _HIDDEN.fullmatch(type_)


def is_shown(found: Resource) -> bool:
    """Return whether the comment shows a resource: objects, and explicit providers that change."""
    own_provider = found.type.startswith("pulumi:providers:") and not found.logical_name.startswith("default")
    return is_object(found.type) or (own_provider and found.operation in {"update", "replace"} and bool(found.changes))


def _step(found: dict[str, Any]) -> Step:
    return Step(found["op"], _state(found.get("old")), _state(found.get("new")), tuple(found.get("detailedDiff") or ()))


def _state(found: dict[str, Any] | None) -> ResourceState | None:
    return None if found is None else resources.read(found)


def _outputs(found: dict[str, Any] | None) -> Properties:
    state = _state(found)
    return {} if state is None else state.outputs


def _diagnostic(event: dict[str, Any], *, failed: bool) -> Iterator[Diagnostic]:
    """Yield an error or a warning; other messages are progress."""
    text = str(event["message"]).strip()
    if not failed and _UNCONFIRMED_END.match(text):
        return  # a plugin that ends during its work fails the command
    if text and not _REPEATED.fullmatch(text) and not event.get("ephemeral"):
        match str(event["severity"]).removeprefix("info#"):
            case ("error" | "warning") as severity:
                yield Diagnostic(severity=severity, text=text)
            case _:
                pass


def _violation(event: dict[str, Any]) -> Violation:
    type_, _, name = str(event.get("resourceUrn") or "").rpartition("::")
    return Violation(
        pack=str(event["policyPackName"]),
        policy=str(event["policyName"]),
        mandatory=event["enforcementLevel"] == "mandatory",
        resource=f"{type_.rpartition(':')[2]} {name}".strip(),
        text=str(event["message"]).strip(),
    )
