"""The disks of Google Cloud for the volumes of hub and homes: machine types and minimum sizes.

Sources, read in November 2026: https://cloud.google.com/compute/docs/disks/hyperdisks and its like for Persistent Disk,
as https://github.com/skypilot-org/skypilot (sky/provision/gcp/volume_utils.py) has them: series 4 takes Hyperdisk only,
and so do A3 Ultra and the bare metal machines of C3. "Provisioning regional persistent disks",
https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/regional-pd. pd-standard is left out: new
machines do not take it, and a regional one has 200Gi.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

DiskType = Literal["pd-balanced", "pd-ssd", "hyperdisk-balanced"]
"""Kind of disk, by its name in Google Cloud."""

VolumeType = Literal[DiskType, "filestore"]
"""Kind of a volume: a disk, or a Filestore share, which is for homes only."""

DEFAULT: Final[DiskType] = "pd-balanced"
"""Kind of disk of volumes by default."""

LEAST_REGIONAL: Final = "10Gi"
"""The smallest regional disk."""

LEAST: Final[Mapping[DiskType, str]] = {"pd-balanced": "1Gi", "pd-ssd": "1Gi", "hyperdisk-balanced": "4Gi"}
"""The smallest disk in one zone. The CSI driver rounds smaller Persistent Disks up by itself."""

LARGEST_ON_AUTOPILOT: Final = "10Gi"
"""The largest ephemeral storage of a pod on Autopilot. Source: "Minimum and maximum resource requests",
https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-resource-requests (2026-11)."""

_GENERATION = re.compile(r"[a-z]([0-9]{1,2})[a-z]?-")
_HYPERDISK_SINCE = 3
_HYPERDISK_ONLY_SINCE = 4


def takes(machine_type: str, disk: DiskType) -> bool:
    """Return whether a kind of disk can be attached to a machine type."""
    match = _GENERATION.match(machine_type)
    generation = 1 if match is None else int(match[1])  # custom-4-8192 is an N1
    if disk == "hyperdisk-balanced":
        return generation >= _HYPERDISK_SINCE or machine_type.startswith(("m1-", "m2-"))
    hyperdisk_only = machine_type.startswith("a3-ultragpu-") or machine_type.endswith("-metal")
    return generation < _HYPERDISK_ONLY_SINCE and not hyperdisk_only


def boot_disk(machine_type: str) -> DiskType:
    """Return the kind of boot disk of a machine type."""
    return DEFAULT if takes(machine_type, DEFAULT) else "hyperdisk-balanced"
