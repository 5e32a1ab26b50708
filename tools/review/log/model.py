"""What a preview says, as far as a reviewer needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Operation = Literal["create", "update", "replace", "delete"]
"""What becomes of a resource."""

Properties = Mapping[str, Any]
"""The properties of a resource, as JSON."""

SECRET: Final = "[secret]"  # noqa: S105 what stands in place of one
"""Stands for every secret value, in whatever is shown."""

UNKNOWN: Final = "[known afterwards]"
"""Stands for what a preview cannot know."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value of a resource that is different afterwards."""

    path: str
    """Where it is: `spec.template.spec.containers[hub].image`, or for a file of a ConfigMap `data[hub.json]`."""
    old: object
    """What it was; None if there was nothing."""
    new: object
    """What it will be; None if there will be nothing."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource that does not stay as it is."""

    operation: Operation
    type: str
    """Pulumi's: `kubernetes:apps/v1:StatefulSet`."""
    name: str
    """The object's own name; of one that Pulumi names, without what is made up."""
    logical_name: str
    """Its name in the program."""
    changes: tuple[Change, ...]
    """What is different, in the order of the paths."""
    protected: bool = False
    """Whether Pulumi refuses to delete or replace it."""
    retained: bool = False
    """Whether what is there stays there when the stack deletes or replaces it (`retainOnDelete`)."""

    @property
    def kind(self) -> str:
        """Last part of the type: `StatefulSet`."""
        return self.type.rpartition(":")[2].rpartition("/")[2]

    @property
    def files(self) -> tuple[Change, ...]:
        """The files of a ConfigMap that are different."""
        return tuple(change for change in self.changes if change.path.startswith("data[") and self.kind == "ConfigMap")

    @property
    def is_rolled(self) -> bool:
        """Whether it is one that nothing ever changes: Pulumi makes another beside it, which rolls what reads it."""
        return self.operation == "replace" and self.kind in {"ConfigMap", "Secret"}


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A message of the program, of a provider or of the engine."""

    severity: Literal["error", "warning"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A policy that a resource does not keep."""

    pack: str
    policy: str
    mandatory: bool
    """Whether it fails the preview."""
    resource: str
    """Kind and name, such as `Service tf-hub-lb`."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """All that a preview says."""

    failed: bool
    """Whether it ended before its end, or with an error."""
    resources: tuple[Resource, ...] = ()
    """Those that do not stay as they are."""
    unchanged: int = 0
    """How many stay."""
    exports: tuple[Change, ...] = ()
    """What the stack exports otherwise, by name."""
    manual_changes: tuple[Resource, ...] = ()
    """Labels and annotations that somebody else put on objects of the stack, which `pulumi up` leaves alone; only with
    a look at the world. Their changes lead from what the stack knew to what is there."""
    diagnostics: tuple[Diagnostic, ...] = ()
    policy_packs: tuple[str, ...] = ()
    """Packs that were asked."""
    violations: tuple[Violation, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Why it failed."""
        return tuple(message for message in self.diagnostics if message.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What does not end it."""
        return tuple(message for message in self.diagnostics if message.severity == "warning")
