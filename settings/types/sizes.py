"""How much CPU, memory and storage a part of the hub gets."""

from typing import Self

from pydantic import model_validator

from settings.google import filestore
from settings.google.disks import DEFAULT, LEAST, LEAST_REGIONAL, VolumeType
from settings.types.model import Model
from settings.types.names import DnsName
from settings.types.quantity import Cpu, Memory, PositiveCpu, Quantity, parse
from settings.types.text import Flag


class Storage(Model):
    """A volume: how large, and on which kind of disk."""

    size: Memory
    """Size in bytes, such as `10Gi`."""
    storage_class: DnsName | None = None
    """Name of the StorageClass; none = one of the stack's own on GKE, elsewhere the cluster's default."""
    disk: VolumeType | None = None
    """Kind of disk of the stack's own StorageClass, on GKE only; none = `pd-balanced`. `filestore` is for homes."""
    regional: Flag = False
    """Whether that StorageClass keeps each disk in two zones of the region, so that it outlives one of them."""

    @property
    def disk_type(self) -> VolumeType:
        """Kind of disk of the stack's own StorageClass."""
        return self.disk or DEFAULT

    @property
    def zone_count(self) -> int:
        """Zones in which each disk is."""
        return 2 if self.regional else 1

    @property
    def share_limit(self) -> str | None:
        """Largest share of the Filestore instances on which these volumes are; none = they are disks."""
        return filestore.limit_of(self.size) if self.disk == "filestore" else None

    @model_validator(mode="after")
    def _disk_exists(self) -> Self:
        if self.storage_class is not None and (self.disk is not None or self.regional):
            msg = "has a storageClass, which says by itself what disks these are; keep it, or disk and regional"
            raise ValueError(msg)
        if self.regional and self.disk == "hyperdisk-balanced":
            msg = "has a regional disk of a kind that is in one zone only; set disk to pd-balanced or pd-ssd"
            raise ValueError(msg)
        if self.disk == "filestore":
            return self  # whose volume this is counts too: settings.rules.disks
        least = LEAST_REGIONAL if self.regional else None if self.disk is None else LEAST[self.disk]
        if least is not None and parse(self.size) < parse(least):
            msg = f"has a size below that of the smallest such disk; set size to {least} or more"
            raise ValueError(msg)
        return self


class Requests(Model):
    """What the scheduler reserves on a node for a container."""

    cpu: Cpu
    """CPUs, such as `100m`."""
    memory: Memory
    """Bytes, such as `256Mi`."""


class Limits(Model):
    """What a container gets at most."""

    cpu: PositiveCpu | None = None
    """CPUs; none = all that the node has to spare."""
    memory: Memory
    """Bytes; a container that wants more is killed."""


class Resources(Model):
    """CPU and memory of a container."""

    requests: Requests
    limits: Limits

    @model_validator(mode="after")
    def _requests_within_limits(self) -> Self:
        if parse(self.requests.memory) > parse(self.limits.memory):
            msg = "has a memory request above the memory limit; keep requests.memory <= limits.memory"
            raise ValueError(msg)
        if self.limits.cpu is not None and parse(self.requests.cpu) > parse(self.limits.cpu):
            msg = "has a CPU request above the CPU limit; keep requests.cpu <= limits.cpu"
            raise ValueError(msg)
        return self


class Bounds(Model):
    """What the spawn form proposes, and the least and the most that may be chosen there."""

    default: Quantity
    min: Quantity
    max: Quantity

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not parse(self.min) <= parse(self.default) <= parse(self.max):
            msg = "is not in order; keep min <= default <= max"
            raise ValueError(msg)
        return self


class CpuBounds(Bounds):
    """Bounds in CPUs, such as `0.5` or `500m`."""

    default: PositiveCpu
    min: PositiveCpu
    max: PositiveCpu


class MemoryBounds(Bounds):
    """Bounds in bytes, such as `1Gi`."""

    default: Memory
    min: Memory
    max: Memory
