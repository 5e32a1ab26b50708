"""Sizes: CPU, memory and storage of hub, proxy and notebooks."""

from typing import Generic, Self, TypeVar

from pydantic import model_validator

from settings.google import filestore
from settings.google.disks import DEFAULT, LEAST, LEAST_REGIONAL, VolumeType
from settings.types.model import Model
from settings.types.names import DnsName
from settings.types.quantity import Cpu, Memory, PositiveCpu, parse
from settings.types.text import Flag


class Storage(Model):
    """Size and kind of a volume."""

    size: Memory
    """Size in bytes, such as `10Gi`."""
    storage_class: DnsName | None = None
    """Name of an existing StorageClass, such as `premium-rwo`. Not set: on GKE a StorageClass with `disk` and
    `regional`, which the stack creates; else the cluster's default."""
    disk: VolumeType | None = None
    """Kind of disk, on GKE only. Not set: `pd-balanced`. `filestore` is for homes and folders only."""
    regional: Flag = False
    """Whether each disk is replicated in two zones of the region, on GKE only."""

    @property
    def disk_type(self) -> VolumeType:
        """Kind of disk of the StorageClass that the stack creates."""
        return self.disk or DEFAULT

    @property
    def zone_count(self) -> int:
        """Number of zones of each disk."""
        return 2 if self.regional else 1

    @property
    def share_limit(self) -> str | None:
        """Largest share of the Filestore instances with these volumes; None for disks."""
        return filestore.limit_of(self.size) if self.disk == "filestore" else None

    @model_validator(mode="after")
    def _disk_exists(self) -> Self:
        if self.storage_class is not None and (self.disk is not None or self.regional):
            msg = "has a storageClass, which determines the disks by itself; keep it, or disk and regional"
            raise ValueError(msg)
        if self.regional and self.disk == "hyperdisk-balanced":
            msg = "has a regional disk of a kind that exists in one zone only; set disk to pd-balanced or pd-ssd"
            raise ValueError(msg)
        if self.disk == "filestore":
            return self  # settings.rules.disks checks it
        least = LEAST_REGIONAL if self.regional else None if self.disk is None else LEAST[self.disk]
        if least is not None and parse(self.size) < parse(least):
            msg = f"has a size below that of the smallest such disk; set size to {least} or more"
            raise ValueError(msg)
        return self


class Requests(Model):
    """Resources that the scheduler reserves on a node for a container."""

    cpu: Cpu
    """CPU request, such as `100m`."""
    memory: Memory
    """Memory request in bytes, such as `256Mi`."""


class Limits(Model):
    """Resource limits of a container."""

    cpu: PositiveCpu | None = None
    """CPU limit, such as `500m`. Not set: no limit."""
    memory: Memory
    """Memory limit in bytes, such as `512Mi`. A container that exceeds it is killed."""


class Resources(Model):
    """CPU and memory of a container."""

    requests: Requests
    """Resources that the scheduler reserves on a node."""
    limits: Limits
    """Maximum resources."""

    @model_validator(mode="after")
    def _requests_within_limits(self) -> Self:
        if parse(self.requests.memory) > parse(self.limits.memory):
            msg = "has a memory request above the memory limit; keep requests.memory <= limits.memory"
            raise ValueError(msg)
        if self.limits.cpu is not None and parse(self.requests.cpu) > parse(self.limits.cpu):
            msg = "has a CPU request above the CPU limit; keep requests.cpu <= limits.cpu"
            raise ValueError(msg)
        return self


Amount = TypeVar("Amount", bound=str)


class Bounds(Model, Generic[Amount]):
    """Default and bounds of an amount in the spawn form."""

    default: Amount
    """Amount if the field in the spawn form is empty."""
    min: Amount
    """Smallest amount that users can choose."""
    max: Amount
    """Largest amount that users can choose."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not parse(self.min) <= parse(self.default) <= parse(self.max):
            msg = "is not in order; keep min <= default <= max"
            raise ValueError(msg)
        return self


CpuBounds = Bounds[PositiveCpu]
"""Bounds in CPUs, such as `0.5` or `500m`."""

MemoryBounds = Bounds[Memory]
"""Bounds in bytes, such as `1Gi`."""
