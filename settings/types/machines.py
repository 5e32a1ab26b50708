"""Named types for machine types of nodes and of Cloud SQL, and for GPU types."""

import re
from typing import Annotated

from settings.types.text import Text, matching

_SERIES = r"[a-z][0-9]{1,2}[a-z]?"
_KNOWN_MACHINE = re.compile(
    r"(?:e2-(?:micro|small|medium)|g1-small"
    rf"|(?:{_SERIES}-)?custom-[1-9][0-9]{{0,2}}-[1-9][0-9]{{2,6}}(?:-ext)?"
    rf"|{_SERIES}-(?!custom)[a-z]+-[1-9][0-9]{{0,3}}g?(?:-[a-z]+[0-9]?){{0,2}})"
)
_KNOWN_TIER = re.compile(r"db-(?:f1-micro|g1-small|custom-[1-9][0-9]?-[1-9][0-9]{2,6})")
_NOT_ARM = r"(?!(?:t2a|c4a|n4a)-).*"
"""All but the series of Arm: Tau T2A, and C4A and N4A with Axion. GKE taints such nodes. Source: "Arm workloads on
GKE", https://docs.cloud.google.com/kubernetes-engine/docs/concepts/arm-on-gke, read in November 2026."""


def is_known_machine(machine_type: str) -> bool:
    """Return whether a machine type has a known form of Compute Engine."""
    return _KNOWN_MACHINE.fullmatch(machine_type) is not None


def is_known_tier(tier: str) -> bool:
    """Return whether a tier has a known form of Cloud SQL's Enterprise edition."""
    return _KNOWN_TIER.fullmatch(tier) is not None


MachineType = Annotated[
    Text,
    matching(
        r"[a-z0-9]+(?:-[a-z0-9]+)+",
        "is not a machine type, such as e2-standard-4, n1-standard-8, g2-standard-12, a2-highgpu-1g or "
        "n2-custom-4-16384; to list them: gcloud compute machine-types list",
    ),
    matching(
        _NOT_ARM,
        "is an Arm machine, where GKE runs only pods built for Arm, and the images of this stack are built for amd64; "
        "choose another, such as e2-standard-4 or n4-standard-4",
    ),
]
"""Compute Engine machine type, predefined or custom (`n2-custom-<vCPUs>-<MB>`), without Arm."""

AcceleratorType = Annotated[
    Text,
    matching(
        r"[a-z0-9]+(?:-[a-z0-9]+)+",
        "is not a GPU type, such as nvidia-l4; to list them: gcloud compute accelerator-types list",
    ),
]
"""GPU type, by its name in GKE."""

DatabaseTier = Annotated[
    Text,
    matching(
        r"db-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+",
        "is not a tier of Cloud SQL, such as db-custom-1-3840 (vCPUs and MB of memory) or db-f1-micro; to list them: "
        "gcloud sql tiers list",
    ),
]
"""Machine type of Cloud SQL: `db-custom-<vCPUs>-<MB>`, or with a shared vCPU `db-f1-micro` or `db-g1-small`."""
