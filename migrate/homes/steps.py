"""Which step comes next for a home. The cluster alone knows how far a home is, so a run can end anywhere."""

from dataclasses import dataclass
from enum import Enum

from pydantic import BaseModel, ConfigDict


class Reference(BaseModel):
    """A claim by its name."""

    model_config = ConfigDict(frozen=True)

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class Record(BaseModel):
    """What the volume of a home remembers, in an annotation, until the home is where it belongs for good."""

    model_config = ConfigDict(frozen=True)

    source: Reference
    """The claim of the old hub."""
    target: Reference
    """The claim of the new hub."""
    user: str
    server: str
    """Name of a named server; empty for the default one."""
    policy: str
    """Reclaim policy of the volume before the move."""
    access_modes: tuple[str, ...]
    labels: dict[str, str]
    """Labels of the old claim."""
    annotations: dict[str, str]
    """Annotations of the old claim, without those that bind it."""

    @property
    def back(self) -> "Record":
        """The same move in the other direction."""
        return self.model_copy(update={"source": self.target, "target": self.source})


@dataclass(frozen=True, kw_only=True)
class Home:
    """A home, and how far its move is."""

    volume: str
    """Name of the PersistentVolume."""
    record: Record
    is_recorded: bool
    """Whether the volume has the record."""
    policy: str
    """Reclaim policy of the volume."""
    claim: Reference | None
    """The claim that the volume is bound to or reserved for."""
    source_exists: bool
    target_exists: bool
    target_is_bound: bool
    """Whether the new claim is bound to this volume."""
    users: tuple[str, ...] = ()
    """Pods that use the old claim."""


class Step(Enum):
    """Steps of a move, in their order."""

    RETAIN = "keep the volume when its claim is deleted"
    DELETE = "delete the old claim"
    RESERVE = "reserve the volume for the new claim"
    CREATE = "create the new claim"
    WAIT = "wait until the new claim is bound"
    RESTORE = "give the volume its reclaim policy back"
    DONE = "done"


RETAIN = "Retain"
"""Reclaim policy with which a volume outlives its claim."""


def next_step(home: Home) -> Step:
    """Return the next step of a home.

    The old claim is deleted only after the volume is known to outlive it, and the policy is restored only after the new
    claim is bound.
    """
    record = home.record
    if home.target_is_bound and not home.source_exists:
        return Step.DONE if home.policy == record.policy else Step.RESTORE
    if not home.is_recorded or home.policy != RETAIN:
        return Step.RETAIN
    if home.source_exists:
        return Step.DELETE
    if home.claim != record.target:
        return Step.RESERVE
    return Step.WAIT if home.target_exists else Step.CREATE


def problems(homes: list[Home]) -> list[str]:
    """Return what forbids to move homes, with what to do: nothing is moved before all of it is gone."""
    found: list[str] = []
    targets: dict[Reference, str] = {}
    for home in homes:
        record = home.record
        if home.users and next_step(home) is not Step.DONE:
            pods = ", ".join(home.users)
            found.append(f"{record.source} is in use by {pods}; stop the server, and the old hub, first")
        if home.target_exists and not home.target_is_bound and home.claim != record.target:
            found.append(
                f"{record.target} is there already, so {record.user} has another home in the new hub; if it is empty: "
                f"kubectl --namespace {record.target.namespace} delete pvc {record.target.name}"
            )
        if (other := targets.setdefault(record.target, home.volume)) != home.volume:
            found.append(f"the volumes {other} and {home.volume} would both be {record.target}; move one by hand")
    return found
