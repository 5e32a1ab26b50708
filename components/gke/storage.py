"""The kinds of disk and share that the volumes of a hub on GKE are on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.storage import v1 as storage

from components.metadata import KEPT, labels
from settings import Settings, Storage
from settings.google import filestore
from settings.google.disks import DEFAULT
from settings.groups.node_zones import home_zones
from settings.rules.disks import gpu_types

_ZONE: Final = "topology.gke.io/zone"
"""The label by which the driver of these disks knows the zone of a node."""


@dataclass(frozen=True, kw_only=True)
class _Volumes:
    """Volumes of one purpose."""

    purpose: str
    storage: Storage
    kept: bool

    def own_class(self, settings: Settings) -> str:
        """Returns the name of a StorageClass of the stack's own for them.

        It says all that can never change of the class, so that another kind of disk is another class beside it, and
        two hubs in a cluster have no name in common.
        """
        disk, regional = self.storage.disk or DEFAULT, ["regional"] if self.storage.regional else []
        limit = [self.share_limit.lower()] if self.share_limit else []
        ending = [*limit, *regional, *([] if self.kept else ["delete"])]
        return "-".join([settings.namespace, self.purpose, disk, *ending])

    @property
    def share_limit(self) -> str | None:
        """How large the shares of Filestore may be that they are; none = they are disks."""
        return filestore.limit_of(self.storage.size) if self.storage.disk == "filestore" else None


def _homes(settings: Settings) -> _Volumes:
    return _Volumes(purpose="homes", storage=settings.notebook.storage, kept=settings.notebook.keep_homes)


def _database(settings: Settings) -> _Volumes:
    return _Volumes(purpose="database", storage=settings.hub.storage, kept=settings.hub.keep_database)


def class_of_homes(settings: Settings) -> str | None:
    """Returns the StorageClass of new homes; none = the cluster's default."""
    homes = _homes(settings)
    if homes.storage.storage_class is not None or not settings.cluster.on_gke:
        return homes.storage.storage_class
    return homes.own_class(settings)


@dataclass(frozen=True, kw_only=True)
class StorageClassesArgs:
    """Inputs of `StorageClasses`."""

    settings: Settings
    """The stack's settings: names, disks, GPU types, and which volumes are kept."""
    zones: pulumi.Input[Sequence[str]]
    """Zones of the cluster's nodes."""
    network: pulumi.Input[str]
    """VPC of the cluster, by name or path, in which shares of Filestore are."""
    rights: Sequence[pulumi.Resource] = ()
    """What gives the operator the right to create the classes. Default: nothing, the operator has the rights."""


class StorageClasses(pulumi.ComponentResource):
    """StorageClasses for homes and for the hub's database, on GKE and where a stack names no others.

    Volumes are disks; homes may be shares of Filestore, each with a size of its own. All can grow. Those that are kept
    outlive their claims too, and their classes the stack: a volume whose class is gone cannot grow any more.
    """

    homes: pulumi.Output[str]
    """Name of the class for new homes."""
    database: pulumi.Output[str] | None
    """Name of the class for a new volume of the database; none where that is on a server."""

    def __init__(self, name: str, args: StorageClassesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/storage:StorageClasses", name, None, opts)
        settings = args.settings

        def class_for(volumes: _Volumes, gpus: frozenset[str] = frozenset()) -> pulumi.Output[str]:
            if volumes.storage.storage_class is not None:
                return pulumi.Output.from_input(volumes.storage.storage_class)
            class_name, regional = volumes.own_class(settings), volumes.storage.regional
            limit = volumes.share_limit
            in_zones = limit is None and (regional or gpus)
            made = storage.StorageClass(
                f"{name}-{class_name.removeprefix(f'{settings.namespace}-')}",
                metadata=meta.ObjectMetaArgs(
                    name=class_name, labels=labels(settings, volumes.purpose), annotations=KEPT
                ),
                provisioner="pd.csi.storage.gke.io" if limit is None else "filestore.csi.storage.gke.io",
                parameters=_disk(volumes.storage) if limit is None else _share(settings, limit, args.network),
                allow_volume_expansion=True,
                reclaim_policy="Retain" if volumes.kept else "Delete",
                # A disk is made where its first pod runs.
                volume_binding_mode="WaitForFirstConsumer",
                allowed_topologies=_only_in(settings, args.zones, gpus) if in_zones else None,
                opts=pulumi.ResourceOptions(parent=self, depends_on=args.rights, retain_on_delete=volumes.kept),
            )
            return made.metadata.name

        self.homes = class_for(_homes(settings), gpu_types(settings.nodes, settings.notebook.accelerator))
        self.database = class_for(_database(settings)) if settings.database.type == "sqlite" else None
        self.register_outputs({"homes": self.homes, "database": self.database})


def _disk(of: Storage) -> Mapping[str, pulumi.Input[str]]:
    return {"type": of.disk or DEFAULT, **({"replication-type": "regional-pd"} if of.regional else {})}


def _share(settings: Settings, limit: str, network: pulumi.Input[str]) -> Mapping[str, pulumi.Input[str]]:
    """Parameters of shares; see README and pkg/csi_driver of kubernetes-sigs/gcp-filestore-csi-driver."""
    return {
        "tier": "enterprise",
        "multishare": "true",
        "max-volume-size": limit,
        # The driver compares it with what Google calls the instance's, which is the name alone.
        "network": pulumi.Output.from_input(network).apply(lambda path: path.rpartition("/")[2]),
        # Shares are together in an instance by this. Left out, the driver's webhook writes in the name of the class,
        # and refuses one that is longer than a label of Google's, 63 characters.
        "instance-storageclass-label": f"hub-{settings.namespace}-{limit.lower()}",
    }


def _only_in(
    settings: Settings, zones: pulumi.Input[Sequence[str]], gpus: frozenset[str]
) -> list[core.TopologySelectorTermArgs]:
    """The zones with nodes and with all GPU types. Left to itself, the driver looks at where nodes are just now."""
    fitting = home_zones(gpus, settings.cluster)
    # Where others make the nodes, Google knows their zones; but of a cluster in a zone it names only those beside it.
    values = (
        [*fitting]
        if settings.cluster.makes_nodes or settings.cluster.is_zonal
        else pulumi.Output.from_input(zones).apply(lambda found: [zone for zone in fitting if zone in found])
    )
    requirement = core.TopologySelectorLabelRequirementArgs(key=_ZONE, values=values)
    return [core.TopologySelectorTermArgs(match_label_expressions=[requirement])]
