"""Named types for the machines that a cluster's nodes are."""

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.google.accelerators import ACCELERATORS
from settings.types.text import Text

_SERIES = r"[a-z][0-9]{1,2}[a-z]?"
_MACHINE = re.compile(
    r"(?:e2-(?:micro|small|medium)|g1-small"
    rf"|(?:{_SERIES}-)?custom-[1-9][0-9]{{0,2}}-[1-9][0-9]{{2,6}}(?:-ext)?"
    rf"|{_SERIES}-(?!custom)[a-z]+-[1-9][0-9]{{0,3}}g?(?:-[a-z]+[0-9]?){{0,2}})"
)
_ARM = re.compile(r"(?:t2a|c4a|n4a)-.*")
"""The series of Arm: Tau T2A, and C4A and N4A with Axion. GKE taints such nodes. Source: "Arm workloads on GKE",
https://docs.cloud.google.com/kubernetes-engine/docs/concepts/arm-on-gke, read in November 2026."""
_N1 = re.compile(r"n1-(?:standard|highmem|highcpu)-(?P<cpus>[0-9]+)|(?:n1-)?custom-(?P<custom>[0-9]+)-[0-9]+(?:-ext)?")


def n1_cpus(machine_type: str) -> int | None:
    """Returns the vCPUs of an N1 machine, to which GPUs can be attached; none for any other machine."""
    match = _N1.fullmatch(machine_type)
    return None if match is None else int(match["cpus"] or match["custom"])


def _machine_type(text: str) -> str:
    if _MACHINE.fullmatch(text) is None:
        msg = (
            "is not a machine type; right ones look like e2-standard-4, n1-standard-8, g2-standard-12, a2-highgpu-1g "
            "or n2-custom-4-16384; gcloud compute machine-types list shows all"
        )
        raise ValueError(msg)
    if _ARM.fullmatch(text):
        msg = (
            "is an Arm machine, which GKE keeps for pods that ask for one, and those of this stack do not, as their "
            "images are built for amd64; choose another, such as e2-standard-4 or n4-standard-4"
        )
        raise ValueError(msg)
    return text


def _accelerator(text: str) -> str:
    if text not in ACCELERATORS:
        known = ", ".join(ACCELERATORS)
        msg = f"is not a GPU type that this project knows; it knows {known} (settings/google/accelerators.py)"
        raise ValueError(msg)
    return text


MachineType = Annotated[Text, AfterValidator(_machine_type)]
"""A machine type of Compute Engine, of a series or custom (`n2-custom-<vCPUs>-<MB>`). Those of Arm are none, and
f1-micro is too small."""

AcceleratorType = Annotated[Text, AfterValidator(_accelerator)]
"""A GPU type by the name that GKE has for it."""
