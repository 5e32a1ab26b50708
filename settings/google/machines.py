"""CPUs and memory of Compute Engine's machine types, and what GKE leaves of them for pods.

Sources: "Machine families resource and comparison guide", https://cloud.google.com/compute/docs/machine-resource, and
"Plan GKE Standard node sizes", https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes, both read in
November 2026. Machine types that are not here have an unknown size.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

_GIB: Final = 2**30

_GIB_PER_CPU: Final[Mapping[str, Mapping[str, str]]] = {
    "standard": {
        **dict.fromkeys(("e2", "n2", "n2d", "n4", "c2", "c2d", "c3", "c3d", "t2d", "g2"), "4"),
        "n1": "3.75",
    },
    "highmem": {**dict.fromkeys(("e2", "n2", "n2d", "n4", "c2d", "c3", "c3d"), "8"), "n1": "6.5"},
    "highcpu": {
        **dict.fromkeys(("e2", "n2", "n2d"), "1"),
        **dict.fromkeys(("n4", "c2d", "c3", "c3d"), "2"),
        "n1": "0.9",
    },
}
_PER_GPU: Final[Mapping[str, tuple[int, int]]] = {
    "a2-highgpu": (12, 85),
    "a2-ultragpu": (12, 170),
    "a3-highgpu": (26, 234),
}
"""CPUs and GiB for each GPU."""
_PREDEFINED = re.compile(r"([a-z][0-9]{1,2}[a-z]?)-(standard|highmem|highcpu)-([1-9][0-9]{0,2})")
_CUSTOM = re.compile(r"(?:[a-z][0-9]{1,2}[a-z]?-)?custom-([1-9][0-9]{0,2})-([1-9][0-9]{2,6})(?:-ext)?")
_GPUS = re.compile(r"(a[23]-[a-z]+)-([1-9][0-9]?)g")

_RESERVED_CPU: Final = ((1, "0.06"), (1, "0.01"), (2, "0.005"), (1000, "0.0025"))
_RESERVED_MEMORY: Final = ((4, "0.25"), (4, "0.2"), (8, "0.1"), (112, "0.06"), (100_000, "0.02"))
"""Steps of CPUs or GiB, and the part of each that GKE reserves for the system of the node."""
_EVICTION: Final = 100 * 2**20
_SYSTEM_PODS_CPU: Final = Decimal("0.1")
_SYSTEM_PODS_MEMORY: Final = 100 * 2**20
"""The least that the system's own pods request on every node; it is rather more."""


class Room(NamedTuple):
    """Amounts of CPU and memory."""

    cpus: Decimal
    """CPUs."""
    memory: Decimal
    """Bytes."""


def size(machine_type: str) -> Room | None:
    """Return the CPUs and the memory of a machine type; None if they are unknown."""
    if found := _CUSTOM.fullmatch(machine_type):
        return Room(Decimal(found[1]), Decimal(found[2]) * 2**20)
    if (found := _GPUS.fullmatch(machine_type)) and found[1] in _PER_GPU:
        cpus, gib = _PER_GPU[found[1]]
        return Room(Decimal(cpus * int(found[2])), Decimal(gib * int(found[2]) * _GIB))
    if (found := _PREDEFINED.fullmatch(machine_type)) and (gib := _GIB_PER_CPU[found[2]].get(found[1])):
        return Room(Decimal(found[3]), Decimal(found[3]) * Decimal(gib) * _GIB)
    return None


def room(machine_type: str) -> Room | None:
    """Return the most that one pod can request on a node of a machine type; None if it is unknown."""
    machine = size(machine_type)
    if machine is None:
        return None
    cpus = machine.cpus - _reserved(machine.cpus, _RESERVED_CPU) - _SYSTEM_PODS_CPU
    memory = machine.memory - _reserved(machine.memory / _GIB, _RESERVED_MEMORY) * _GIB - _EVICTION
    return Room(cpus, memory - _SYSTEM_PODS_MEMORY)


def _reserved(amount: Decimal, steps: tuple[tuple[int, str], ...]) -> Decimal:
    reserved, rest = Decimal(0), amount
    for step, part in steps:
        reserved += min(rest, Decimal(step)) * Decimal(part)
        rest = max(Decimal(0), rest - step)
    return reserved
