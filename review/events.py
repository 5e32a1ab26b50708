"""Reads the engine's event log: the steps of a preview with their states, its messages, and what policies say."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from review import states
from review.model import SECRET, Change, Diagnostic, Operation, Preview, Resource, Violation
from review.states import State

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


@dataclass(kw_only=True)
class Log:
    """An event log, sorted."""

    steps: list[tuple[str, State | None, State | None]] = field(
        default_factory=list[tuple[str, State | None, State | None]]
    )
    """Each with its operation, in the engine's words, and the states before and after."""
    exports: tuple[dict[str, Any], dict[str, Any]] | None = None
    """What the stack exports, and will."""
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    policy_packs: tuple[str, ...] = ()
    violations: list[Violation] = field(default_factory=list[Violation])
    succeeded: bool = False

    @property
    def after(self) -> dict[str, State]:
        """What would be there afterwards, by URN."""
        return {new.urn: new for operation, _, new in self.steps if new is not None and operation != "refresh"}

    def take_judgement(self, later: "Log") -> None:
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
            log.steps.append((step["op"], _state(step.get("old")), _state(step.get("new"))))
        elif "resOutputsEvent" in event:
            _take_exports(log, event["resOutputsEvent"]["metadata"])
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
    plan = [step for step in log.steps if step[0] in _OPERATIONS or step[0] in _STAYS]
    names = states.made_up_names(
        [old for _, old, _ in plan if old is not None], [new for _, _, new in plan if new is not None]
    )
    resources = [
        resource(_OPERATIONS[operation], old, new, names) for operation, old, new in plan if operation in _OPERATIONS
    ]
    return Preview(
        failed=failed,
        resources=tuple(sorted(filter(is_shown, resources), key=lambda found: (found.type, found.name))),
        unchanged=sum(operation in _STAYS and new is not None and is_object(new.type) for operation, _, new in plan),
        exports=() if failed or log.exports is None else states.exported(*log.exports, names),
        diagnostics=tuple(log.diagnostics),
        policy_packs=log.policy_packs,
        violations=tuple(sorted(log.violations, key=lambda found: (not found.mandatory, found.policy, found.resource))),
    )


def resource(operation: Operation, old: State | None, new: State | None, names: Mapping[str, str]) -> Resource:
    """Returns a resource with all that becomes different of it."""
    known = new or old
    assert known is not None  # noqa: S101 a step has a state
    changes = states.changes(old.inputs if old else {}, new.inputs if new else {}, names)
    if not changes and operation == "replace" and "data" in known.inputs:
        changes = (Change(path="data", old=SECRET, new=SECRET),)
    return Resource(
        operation=operation,
        type=known.type,
        name=known.shown_name,
        logical_name=known.logical_name,
        changes=changes,
        protected=old is not None and old.protected,
    )


def is_object(type_: str) -> bool:
    """Whether it is something in the world: not a component of the program, nor the program's way to a provider."""
    return not type_.startswith(("jupyterhub:", "pulumi:")) and not _HIDDEN.fullmatch(type_)


def is_shown(found: Resource) -> bool:
    """Whether a reviewer wants to see it. A provider of the program's own counts if it is another afterwards."""
    own_provider = found.type.startswith("pulumi:providers:") and not found.logical_name.startswith("default")
    return is_object(found.type) or (own_provider and found.operation in {"update", "replace"} and bool(found.changes))


def _state(found: dict[str, Any] | None) -> State | None:
    return None if found is None else states.read(found)


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
