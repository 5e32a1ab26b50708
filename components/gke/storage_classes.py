"""The StorageClasses of homes, folders, scratch space and the hub's volume on GKE."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.storage import v1 as storage

from components.cluster.target import Gke
from components.metadata import FIXED_FIELD_MANAGER, labels
from settings import Settings, Storage
from settings.google import filestore

_ZONE: Final = "topology.gke.io/zone"
"""Topology key of the Persistent Disk CSI driver."""


@dataclass(frozen=True, kw_only=True)
class _Volumes:
    """Volumes of one purpose."""

    purpose: str
    """`homes`, `database`, `scratch` or `folders`."""
    storage: Storage
    kept: bool
    """Whether volumes outlive their claims."""

    def class_name(self, settings: Settings) -> str:
        """Return the name of their StorageClass.

        It contains every immutable property of the class, so that another kind of disk gets another class, and the
        namespace, so that two hubs in a cluster share no name.
        """
        limit = [self.storage.share_limit.lower()] if self.storage.share_limit else []
        ending = [*limit, *(["regional"] if self.storage.regional else []), *([] if self.kept else ["delete"])]
        return "-".join([settings.namespace, self.purpose, self.storage.disk_type, *ending])


def _homes(settings: Settings) -> _Volumes:
    return _Volumes(purpose="homes", storage=settings.notebook.storage, kept=settings.notebook.keep_homes)


def _database(settings: Settings) -> _Volumes:
    return _Volumes(purpose="database", storage=settings.hub.storage, kept=settings.hub.keep_database)


def _scratch(settings: Settings) -> _Volumes | None:
    scratch = settings.notebook.scratch
    return None if scratch is None else _Volumes(purpose="scratch", storage=scratch, kept=False)


def _folders(settings: Settings) -> _Volumes | None:
    """Return the volumes of folders on Filestore. Their class has the highest limit, so that each can grow up to it."""
    shares = [of.storage for of in settings.notebook.folders if of.storage and of.storage.disk == "filestore"]
    if not shares:
        return None
    largest = Storage(size=filestore.LIMITS[-1], disk="filestore")
    return _Volumes(purpose="folders", storage=largest, kept=settings.notebook.keep_homes)


def scratch_storage_class(settings: Settings) -> str | None:
    """Return the name of the StorageClass of scratch space; None = the cluster's default."""
    scratch = _scratch(settings)
    if scratch is None or scratch.storage.storage_class is not None or not settings.cluster.on_gke:
        return scratch.storage.storage_class if scratch else None
    return scratch.class_name(settings)


def home_storage_class(settings: Settings) -> str | None:
    """Return the name of the StorageClass of new homes; None = the cluster's default."""
    homes = _homes(settings)
    if homes.storage.storage_class is not None or not settings.cluster.on_gke:
        return homes.storage.storage_class
    return homes.class_name(settings)


@dataclass(frozen=True, kw_only=True)
class StorageClassesArgs:
    """Inputs of `StorageClasses`."""

    settings: Settings
    """The stack's settings: names, disks, GPU types, and which volumes are kept."""
    gke: Gke
    """The cluster: zones of its nodes, and the VPC of Filestore shares."""


class StorageClasses(pulumi.ComponentResource):
    """StorageClasses for homes, folders, scratch space and the hub's database, unless the settings name others.

    Volumes are disks; homes may be Filestore shares, each with its own size. All can be expanded. Volumes that are kept
    outlive their claims, and their StorageClass outlives the stack: without it they could not be expanded.
    """

    homes: pulumi.Output[str]
    """Name of the StorageClass of new homes."""
    database: pulumi.Output[str] | None
    """Name of the StorageClass of a new volume of the database; None with a database server."""
    scratch: pulumi.Output[str] | None
    """Name of the StorageClass of scratch space; None = there is none."""
    folders: pulumi.Output[str] | None
    """Name of the StorageClass of folders on Filestore; None = there are none."""

    def __init__(self, name: str, args: StorageClassesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/storage_classes:StorageClasses", name, None, opts)
        settings = args.settings

        def class_for(volumes: _Volumes, gpus: frozenset[str] = frozenset()) -> pulumi.Output[str]:
            if volumes.storage.storage_class is not None:
                return pulumi.Output.from_input(volumes.storage.storage_class)
            class_name = volumes.class_name(settings)
            limit = volumes.storage.share_limit
            is_zonal = limit is None and (volumes.storage.regional or gpus)
            made = storage.StorageClass(
                f"{name}-{class_name.removeprefix(f'{settings.namespace}-')}",
                metadata=meta.ObjectMetaArgs(
                    name=class_name, labels=labels(settings, volumes.purpose), annotations=FIXED_FIELD_MANAGER
                ),
                provisioner="pd.csi.storage.gke.io" if limit is None else "filestore.csi.storage.gke.io",
                parameters=_disk(volumes.storage) if limit is None else _share(settings, limit, args.gke.network),
                allow_volume_expansion=True,
                reclaim_policy="Retain" if volumes.kept else "Delete",
                # A disk is created in the zone of its first pod.
                volume_binding_mode="WaitForFirstConsumer",
                allowed_topologies=_topologies(settings, args.gke.zones, gpus) if is_zonal else None,
                opts=pulumi.ResourceOptions(parent=self, retain_on_delete=volumes.kept),
            )
            return made.metadata.name

        self.homes = class_for(_homes(settings), settings.gpu_types)
        self.database = class_for(_database(settings)) if settings.database.type == "sqlite" else None
        scratch, folders = _scratch(settings), _folders(settings)
        self.scratch = class_for(scratch) if scratch else None
        self.folders = class_for(folders) if folders else None
        self.register_outputs({"homes": self.homes, "database": self.database})


def _disk(of: Storage) -> Mapping[str, pulumi.Input[str]]:
    return {"type": of.disk_type, **({"replication-type": "regional-pd"} if of.regional else {})}


def _share(settings: Settings, limit: str, network: pulumi.Input[str]) -> Mapping[str, pulumi.Input[str]]:
    """Parameters of Filestore shares. Source: README and pkg/csi_driver of kubernetes-sigs/gcp-filestore-csi-driver."""
    return {
        "tier": "enterprise",
        "multishare": "true",
        "max-volume-size": limit,
        # The driver compares it with the network of an instance, which Google gives as a name without path.
        "network": pulumi.Output.from_input(network).apply(lambda path: path.rpartition("/")[2]),
        # Shares with the same label share instances. By default the driver's webhook sets the name of the class, and
        # rejects names of more than 63 characters, Google's limit for labels.
        "instance-storageclass-label": f"hub-{settings.namespace}-{limit.lower()}",
    }


def _topologies(
    settings: Settings, zones: pulumi.Input[Sequence[str]], gpus: frozenset[str]
) -> list[core.TopologySelectorTermArgs]:
    """Zones that have nodes and all GPU types. By default the driver takes the zones that have nodes at the moment."""
    fitting = settings.cluster.zones_with(gpus)
    # Of an existing zonal cluster, Google lists only the additional zones.
    values = (
        [*fitting]
        if settings.cluster.is_zonal
        else pulumi.Output.from_input(zones).apply(lambda found: [zone for zone in fitting if zone in found])
    )
    requirement = core.TopologySelectorLabelRequirementArgs(key=_ZONE, values=values)
    return [core.TopologySelectorTermArgs(match_label_expressions=[requirement])]
