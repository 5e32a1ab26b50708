"""The content of a preview, as far as a reviewer needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, cast

Operation = Literal["create", "update", "replace", "delete"]
"""The change of a resource."""

VERBS: Final[Mapping[Operation, str]] = {
    "create": "create",
    "update": "change",
    "replace": "replace",
    "delete": "delete",
}
"""The operations, as they are shown."""

Properties = Mapping[str, Any]
"""The properties of a resource, as JSON."""

SECRET: Final = "[secret]"  # noqa: S105 what stands in place of one
"""Shown in place of every secret value."""

UNKNOWN: Final = "[known after update]"
"""Shown in place of values that a preview cannot know."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A changed value of a resource."""

    path: str
    """Its path: `spec.template.spec.containers[hub].image`, or for a file of a ConfigMap `data[hub.json]`."""
    old: object
    """None if it is added."""
    new: object
    """None if it is removed."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource that changes."""

    operation: Operation
    type: str
    """Pulumi's type token: `kubernetes:apps/v1:StatefulSet`."""
    name: str
    """The object's own name; of an auto-named one, the logical name."""
    logical_name: str
    """Its name in the program."""
    changes: tuple[Change, ...]
    """Ordered by path."""
    protected: bool = False
    """Whether Pulumi refuses to delete or replace it."""
    retained: bool = False
    """Whether the object stays when the stack deletes or replaces it (`retainOnDelete`)."""

    @property
    def kind(self) -> str:
        """Last part of the type: `StatefulSet`."""
        return self.type.rpartition(":")[2].rpartition("/")[2]

    @property
    def shown_kind(self) -> str:
        """The kind, or `provider`."""
        return "provider" if self.type.startswith("pulumi:providers:") else self.kind

    @property
    def files(self) -> tuple[Change, ...]:
        """The changed files of a ConfigMap."""
        return tuple(change for change in self.changes if change.path.startswith("data[") and self.kind == "ConfigMap")

    @property
    def is_rolled(self) -> bool:
        """Whether it is an immutable, auto-named ConfigMap or Secret: a change creates a new one and rolls its pods."""
        return self.operation == "replace" and self.kind in {"ConfigMap", "Secret"}

    @property
    def shown_operation(self) -> Operation:
        """The operation; `update` if it is rolled."""
        return "update" if self.is_rolled else self.operation


@dataclass(frozen=True, kw_only=True)
class ResourceState:
    """The state of a resource before or after a change."""

    urn: str
    type: str
    inputs: Properties
    protected: bool = False
    """Whether Pulumi refuses to delete or replace it."""
    retained: bool = False
    """Whether the object stays when the stack deletes it (`retainOnDelete`)."""
    outputs: Properties = field(default_factory=dict[str, Any])
    """The outputs, as last read."""

    @property
    def logical_name(self) -> str:
        """Its name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def given_name(self) -> str:
        """The object's own name; without one, the logical name."""
        name = _map(self.inputs.get("metadata", self.inputs)).get("name")
        return name if isinstance(name, str) and name != UNKNOWN else self.logical_name

    @property
    def is_auto_named(self) -> bool:
        """Whether Pulumi generated a part of the name."""
        annotations = _map(_map(self.inputs.get("metadata")).get("annotations"))
        return annotations.get("pulumi.com/autonamed") == "true" or "name" in self.inputs.get("__defaults", ())

    @property
    def shown_name(self) -> str:
        """The object's own name, without a generated suffix."""
        return self.logical_name if self.is_auto_named else self.given_name


class Step(NamedTuple):
    """One step of the engine."""

    operation: str
    """The engine's name of it."""
    old: ResourceState | None
    new: ResourceState | None
    differing: tuple[str, ...] = ()
    """Paths that differ, by the provider's detailed diff."""


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A message of the program, of a provider or of the engine."""

    severity: Literal["error", "warning"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A violation of a policy."""

    pack: str
    policy: str
    mandatory: bool
    """Whether it fails the preview."""
    resource: str
    """Kind and name, such as `Service tf-hub-lb`."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The result of a preview."""

    failed: bool
    resources: tuple[Resource, ...] = ()
    """The resources that change."""
    unchanged: int = 0
    """Number of resources that do not change."""
    exports: tuple[Change, ...] = ()
    """Changed exports of the stack, by name."""
    manual_changes: tuple[Resource, ...] = ()
    """Labels and annotations that others put on objects of the stack, and `pulumi up` keeps; only with `--refresh`.
    Their changes lead from the state to the cluster."""
    diagnostics: tuple[Diagnostic, ...] = ()
    policy_packs: tuple[str, ...] = ()
    """Policy packs that ran."""
    steps: tuple[Step, ...] = field(default=(), repr=False)
    """All steps, in the engine's order."""
    violations: tuple[Violation, ...] = ()
    base_problem: str = ""
    """Error of the base revision of an offline comparison if that cannot run: everything counts as new then."""

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The reasons of a failure."""
        return tuple(message for message in self.diagnostics if message.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """Messages that do not fail the preview."""
        return tuple(message for message in self.diagnostics if message.severity == "warning")


def _map(value: object) -> Properties:
    return cast("Properties", value) if isinstance(value, Mapping) else {}
