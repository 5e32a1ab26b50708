"""The folders beside the homes: claims that the stack creates, and what the hub has to know of all folders."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.metadata import FIXED_FIELD_MANAGER, labels
from hub import contract_folders
from settings import Settings
from settings.types.folders import Folder


def offered(settings: Settings) -> tuple[contract_folders.Folder, ...]:
    """Return the folders for the hub."""
    return tuple(
        contract_folders.Folder(
            name=folder.name,
            path=folder.path,
            claim=_claim_name(folder) if folder.storage is not None else folder.claim,
            bucket=folder.bucket,
            sub_path=folder.sub_path,
            people=(
                contract_folders.People(users=folder.users, groups=folder.all_groups)
                if folder.users or folder.all_groups
                else None
            ),
            writable=folder.access == "write",
            writers=contract_folders.People(
                users=folder.writers.users, groups=folder.writers.all_groups, admins=folder.writers.admins
            ),
        )
        for folder in settings.notebook.folders
    )


def scratch(settings: Settings, storage_class: str | None) -> contract_folders.Scratch | None:
    """Return the scratch space for the hub; `storage_class` is that of the platform."""
    wanted = settings.notebook.scratch
    return wanted and contract_folders.Scratch(path=wanted.path, size=wanted.size, storage_class=storage_class)


def _claim_name(folder: Folder) -> str:
    return f"folder-{folder.name}"


@dataclass(frozen=True, kw_only=True)
class FoldersArgs:
    """Inputs of `Folders`."""

    settings: Settings
    """The stack's settings: folders, protection, and whether volumes are kept."""
    namespace: pulumi.Input[str]
    """Namespace of the notebooks."""
    storage_class: pulumi.Input[str] | None = None
    """StorageClass of folders on Filestore; None = there are none."""


class Folders(pulumi.ComponentResource):
    """PersistentVolumeClaims of folders, which many notebooks mount. They hold people's work: protected and kept."""

    claims: Mapping[str, pulumi.Output[str]]
    """Names of the claims, by name of the folder."""

    def __init__(self, name: str, args: FoldersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:folders:Folders", name, None, opts)
        settings = args.settings
        self.claims = {
            folder.name: core.PersistentVolumeClaim(
                f"{name}-{folder.name}",
                metadata=meta.ObjectMetaArgs(
                    name=_claim_name(folder),
                    namespace=args.namespace,
                    labels=labels(settings, "notebooks"),
                    # It is bound with the first pod that mounts it.
                    annotations={**FIXED_FIELD_MANAGER, "pulumi.com/skipAwait": "true"},
                ),
                spec=core.PersistentVolumeClaimSpecArgs(
                    access_modes=["ReadWriteMany"],
                    storage_class_name=folder.storage.storage_class or args.storage_class,
                    resources=core.VolumeResourceRequirementsArgs(requests={"storage": folder.storage.size}),
                ),
                opts=pulumi.ResourceOptions(
                    parent=self,
                    protect=settings.protect,
                    retain_on_delete=settings.notebook.keep_homes,
                    # The class of a claim is immutable: a change would replace the claim by an empty one.
                    ignore_changes=["spec.storageClassName"],
                ),
            ).metadata.name
            for folder in settings.notebook.folders
            if folder.storage is not None
        }
        self.register_outputs({"claims": dict(self.claims)})
