"""The engine's event log: steps with their states, messages and policy violations."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from tools.review.log import resources
from tools.review.log.model import SECRET, Change, Diagnostic, Operation, Preview, Properties, Resource, Violation
from tools.review.log.resources import ResourceState

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
_HIDDEN: Final = re.compile(r"pulumi-python:dynamic/jupyterhub:Rollout|pulumi:pulumi:Stack")
"""Types that are not shown: the wait for the rollout follows from the StatefulSet."""
_REPEATED: Final = re.compile(
    r"(preview|update) failed|an unhandled error occurred: program exited with non-zero exit code: \d+"
)
"""Messages of the engine that repeat an error."""


class Step(NamedTuple):
    """One step of the engine."""

    operation: str
    """The engine's name of it."""
    old: ResourceState | None
    new: ResourceState | None
    differing: tuple[str, ...] = ()
    """Paths that differ, by the provider's detailed diff."""


@dataclass(kw_only=True)
class Log:
    """The content of an event log."""

    failed: bool = False
    """Whether the exit code of the command is an error."""
    steps: list[Step] = field(default_factory=list[Step])
    """In the engine's order."""
    refreshes: list[Step] = field(default_factory=list[Step])
    """Each with the state before and the refreshed state."""
    exports: tuple[Properties, Properties] = ({}, {})
    """The exports before and after."""
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    policy_packs: tuple[str, ...] = ()
    violations: list[Violation] = field(default_factory=list[Violation])


def read(lines: Iterable[str]) -> Log:
    """Return the content of an event log."""
    log = Log()
    for line in lines:
        match json.loads(line):
            case {"resourcePreEvent": {"metadata": step}}:
                log.steps.append(_step(step))
            case {"resOutputsEvent": {"metadata": {"op": "refresh"} as step}}:
                log.refreshes.append(_step(step))
            case {"resOutputsEvent": {"metadata": {"type": "pulumi:pulumi:Stack"} as step}}:
                log.exports = _outputs(step.get("old")), _outputs(step.get("new"))
            case {"diagnosticEvent": event}:
                _add_diagnostic(log, event)
            case {"policyEvent": event}:
                log.violations.append(_violation(event))
            case {"summaryEvent": event}:
                log.policy_packs = tuple(sorted(name.partition("|")[0] for name in event.get("PolicyPacks") or ()))
            case _:
                pass
    return log


def preview(log: Log) -> Preview:
    """Return the event log of a preview as its result."""
    plan = [step for step in log.steps if step.operation in _OPERATIONS or step.operation in _STAYS]
    names = resources.auto_names((step.old for step in plan), (step.new for step in plan))
    found = [
        resource(_OPERATIONS[step.operation], step.old, step.new, names, step.differing)
        for step in plan
        if step.operation in _OPERATIONS
    ]
    return Preview(
        failed=log.failed,
        resources=tuple(sorted(filter(is_shown, found), key=lambda one: (one.type, one.name))),
        unchanged=sum(step.operation in _STAYS and step.new is not None and is_object(step.new.type) for step in plan),
        manual_changes=tuple(_manual_changes(log.refreshes)),
        exports=() if log.failed else resources.export_changes(*log.exports, names),
        diagnostics=tuple(log.diagnostics),
        policy_packs=log.policy_packs,
        violations=tuple(sorted(log.violations, key=lambda found: (not found.mandatory, found.policy, found.resource))),
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


def _add_diagnostic(log: Log, event: dict[str, Any]) -> None:
    text = str(event["message"]).strip()
    severity = str(event["severity"]).removeprefix("info#")
    if severity in {"error", "warning"} and text and not _REPEATED.fullmatch(text) and not event.get("ephemeral"):
        found = Diagnostic(severity="error" if severity == "error" else "warning", text=text)
        if found not in log.diagnostics:
            log.diagnostics.append(found)


def _violation(event: dict[str, Any]) -> Violation:
    type_, _, name = str(event.get("resourceUrn") or "").rpartition("::")
    return Violation(
        pack=str(event["policyPackName"]),
        policy=str(event["policyName"]),
        mandatory=event["enforcementLevel"] == "mandatory",
        resource=f"{type_.rpartition(':')[2]} {name}".strip(),
        text=str(event["message"]).strip(),
    )
