"""Reads the engine's event log: the steps of a preview with their states, its messages, and what policies say."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, cast

from tools.review.log import resources
from tools.review.log.model import SECRET, Change, Diagnostic, Operation, Preview, Resource, Violation
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
"""What is neither here nor above is a part of a replacement, or a look at the world."""
_HIDDEN: Final = re.compile(r"pulumi-python:dynamic/jupyterhub:Rollout|pulumi:pulumi:Stack")
"""Types of no interest: the wait for the hub follows from the StatefulSet."""
_ALREADY_TOLD: Final = re.compile(
    r"(preview|update) failed|an unhandled error occurred: program exited with non-zero exit code: \d+"
)
"""What the engine says beside the reason."""


class Step(NamedTuple):
    """One step of the engine."""

    operation: str
    """In the engine's words."""
    old: ResourceState | None
    """Before."""
    new: ResourceState | None
    """After."""
    differing: tuple[str, ...] = ()
    """Where the provider says that they differ."""


@dataclass(kw_only=True)
class Log:
    """An event log, sorted."""

    steps: list[Step] = field(default_factory=list[Step])
    """In the order in which the engine took them."""
    looks: list[Step] = field(default_factory=list[Step])
    """At the world, each with what the stack knew and what is there."""
    exports: tuple[dict[str, Any], dict[str, Any]] | None = None
    """What the stack exports, and will."""
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    policy_packs: tuple[str, ...] = ()
    violations: list[Violation] = field(default_factory=list[Violation])
    succeeded: bool = False

    @property
    def after(self) -> dict[str, ResourceState]:
        """What would be there afterwards, by URN."""
        return {step.new.urn: step.new for step in self.steps if step.new is not None and step.operation != "refresh"}

    def add_policy_results(self, later: "Log") -> None:
        """Take over what policies said of the same objects in a later run."""
        self.policy_packs, self.violations = later.policy_packs, later.violations
        self.diagnostics += [told for told in later.diagnostics if told not in self.diagnostics]


def read(lines: Iterable[str]) -> Log:
    """Returns what is in an event log."""
    log = Log()
    for line in lines:
        event = cast("dict[str, Any]", json.loads(line))
        if "resourcePreEvent" in event:
            step = event["resourcePreEvent"]["metadata"]
            log.steps.append(_step(step))
        elif "resOutputsEvent" in event:
            step = event["resOutputsEvent"]["metadata"]
            _take_exports(log, step)
            if step["op"] == "refresh":
                log.looks.append(_step(step))
        elif "diagnosticEvent" in event:
            _take_diagnostic(log, event["diagnosticEvent"])
        elif "policyEvent" in event:
            _take_violation(log, event["policyEvent"])
        elif "summaryEvent" in event:
            summary = event["summaryEvent"]
            log.succeeded = summary.get("result") == "succeeded"
            packs = cast("dict[str, str]", summary.get("PolicyPacks") or {})
            log.policy_packs = tuple(sorted(name.partition("|")[0] for name in packs))
    return log


def preview(log: Log, *, failed: bool) -> Preview:
    """Returns what the log says of a preview.

    Args:
        log: Its events.
        failed: Whether the engine says by its exit code that it failed.
    """
    plan = [step for step in log.steps if step.operation in _OPERATIONS or step.operation in _STAYS]
    names = resources.made_up_names(
        [step.old for step in plan if step.old is not None], [step.new for step in plan if step.new is not None]
    )
    found = [
        resource(_OPERATIONS[step.operation], step.old, step.new, names, step.differing)
        for step in plan
        if step.operation in _OPERATIONS
    ]
    return Preview(
        failed=failed,
        resources=tuple(sorted(filter(is_shown, found), key=lambda one: (one.type, one.name))),
        unchanged=sum(step.operation in _STAYS and step.new is not None and is_object(step.new.type) for step in plan),
        manual_changes=tuple(_by_hand(log.looks)),
        exports=() if failed or log.exports is None else resources.exported(*log.exports, names),
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
    """Returns a resource with all that becomes different of it."""
    known = new or old
    assert known is not None  # noqa: S101 a step has a state
    # Of one that is replaced by another of another name, that which goes.
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


def _by_hand(looks: Iterable[Step]) -> Iterator[Resource]:
    for look in looks:
        if look.old is None or look.new is None or not look.old.type.startswith("kubernetes:"):
            continue
        if changes := resources.manual_changes(look.old, look.new):
            yield replace(resource("update", look.old, look.new, {}), changes=changes)


def is_object(type_: str) -> bool:
    """Whether it is something in the world: not a component of the program, nor the program's way to a provider."""
    return not type_.startswith(("jupyterhub:", "pulumi:")) and not _HIDDEN.fullmatch(type_)


def is_shown(found: Resource) -> bool:
    """Whether a reviewer wants to see it. A provider of the program's own counts if it is another afterwards."""
    own_provider = found.type.startswith("pulumi:providers:") and not found.logical_name.startswith("default")
    return is_object(found.type) or (own_provider and found.operation in {"update", "replace"} and bool(found.changes))


def _step(found: dict[str, Any]) -> Step:
    return Step(found["op"], _state(found.get("old")), _state(found.get("new")), tuple(found.get("detailedDiff") or ()))


def _state(found: dict[str, Any] | None) -> ResourceState | None:
    return None if found is None else resources.read(found)


def _take_exports(log: Log, step: dict[str, Any]) -> None:
    if step["type"] == "pulumi:pulumi:Stack" and step["op"] != "refresh":
        old, new = (cast("dict[str, Any]", step.get(side) or {}) for side in ("old", "new"))
        log.exports = (old.get("outputs") or {}, new.get("outputs") or {})


def _take_diagnostic(log: Log, event: dict[str, Any]) -> None:
    text = str(event["message"]).strip()
    severity = str(event["severity"]).removeprefix("info#")
    if severity in {"error", "warning"} and text and not _ALREADY_TOLD.fullmatch(text) and not event.get("ephemeral"):
        told = Diagnostic(severity="error" if severity == "error" else "warning", text=text)
        if told not in log.diagnostics:
            log.diagnostics.append(told)


def _take_violation(log: Log, event: dict[str, Any]) -> None:
    urn = str(event.get("resourceUrn") or "")
    kind, name = urn.rpartition("::")[0].rpartition(":")[2], urn.rpartition("::")[2]
    log.violations.append(
        Violation(
            pack=str(event["policyPackName"]),
            policy=str(event["policyName"]),
            mandatory=event["enforcementLevel"] == "mandatory",
            resource=f"{kind} {name}".strip(),
            # The first line is the policy's description.
            text=str(event["message"]).strip(),
        )
    )
