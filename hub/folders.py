"""Volumes and mounts of a notebook pod beside the home: shared memory, scratch space, and the folders of its user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hub import people
from hub.contract import GROUP_FIELD
from hub.contract_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from jupyterhub.user import User

    from hub.contract import HubConfig
    from hub.contract_folders import Folder, People, Scratch

    Part = dict[str, Any]

_FUSE_DRIVER: Final = "gcsfuse.csi.storage.gke.io"
"""GKE's CSI driver of Cloud Storage buckets, which mounts them by a sidecar."""
_FUSE_SIDECAR: Final = {"gke-gcsfuse/volumes": "true"}
"""Annotation of a pod into which GKE puts that sidecar. It satisfies the `restricted` Pod Security Standard.
Source: pkg/webhook/sidecar_spec.go of GoogleCloudPlatform/gcs-fuse-csi-driver (2026-11)."""
_FUSE_OPTIONS: Final = "implicit-dirs"
"""Also shows folders that exist only as parts of objects' names. The driver itself sets the pod's fsGroup as group of
all files, with the right to write (`gid`, `file-mode`, `dir-mode`)."""
_GROUP: Final = f"{{{GROUP_FIELD}}}"


def of(
    user: User, username: str, config: HubConfig, *, only: Collection[str] | None = None
) -> tuple[list[Part], list[Part], dict[str, str]]:
    """Return volumes, mounts and annotations for the pod of a user.

    Args:
        user: The user, with the groups that the hub knows now.
        username: Text of `{username}`, which is safe in paths, and no other user's.
        config: The settings.
        only: Names of the folders that the server has; None: all.
    """
    volumes: list[Part] = []
    mounts: list[Part] = []
    if config.shared_memory is not None:
        volumes.append({"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": config.shared_memory}})
        mounts.append({"name": "shared-memory", "mountPath": "/dev/shm"})  # noqa: S108 in a pod of one user
    if config.scratch is not None:
        volumes.append({"name": "scratch", "ephemeral": {"volumeClaimTemplate": _claim(config.scratch)}})
        mounts.append({"name": "scratch", "mountPath": config.scratch.path})
    added: dict[tuple[str, object], Part] = {}
    for folder in config.folders:
        if only is not None and folder.name not in only:
            continue
        for volume, mount in _mounted(folder, user, username):
            # With two volumes of one claim in a pod, the kubelet waits for ever (kubernetes/kubernetes#132921).
            source = ("claim", folder.claim) if folder.claim is not None else ("bucket", volume["name"])
            mounts.append({**mount, "name": added.setdefault(source, volume)["name"]})
    volumes += added.values()
    has_bucket = any("csi" in volume for volume in volumes)
    return volumes, mounts, dict(_FUSE_SIDECAR) if has_bucket else {}


def _mounted(folder: Folder, user: User, username: str) -> list[tuple[Part, Part]]:
    """Return volume and mount of a folder for a user, or for each group of the user; nothing if it is for others."""
    owners = folder.people
    if owners is not None and not _is_among(user, owners):
        return []
    reads_only = not folder.writable and not _is_among(user, folder.writers)
    name, fields = f"folder-{folder.name}", {"username": username}
    if owners is None or _GROUP not in folder.path:
        return [_one(folder, name, fields, reads_only=reads_only)]
    own = people.groups_of(user)
    return [
        _one(
            folder,
            # A bucket is a volume for each group. No other folder has such a name.
            name if folder.bucket is None else f"group-{index}-{folder.name}",
            {**fields, GROUP_FIELD: folder_of(group)},
            reads_only=reads_only,
        )
        for index, group in enumerate(owners.groups)
        if group in own
    ]


def _one(folder: Folder, name: str, fields: Mapping[str, str], *, reads_only: bool) -> tuple[Part, Part]:
    read_only: Part = {"readOnly": True} if reads_only else {}
    mount: Part = {"name": name, "mountPath": _filled(folder.path, fields), **read_only}
    sub_path = None if folder.sub_path is None else _filled(folder.sub_path, fields)
    if folder.claim is not None:
        volume: Part = {"name": name, "persistentVolumeClaim": {"claimName": folder.claim}}
        return volume, {**mount, **({"subPath": sub_path} if sub_path else {})}
    # In a bucket, the driver makes the folder; the kubelet, which makes that of a subPath, could not.
    options = f"{_FUSE_OPTIONS},only-dir={sub_path}" if sub_path else _FUSE_OPTIONS
    attributes = {"bucketName": folder.bucket, "mountOptions": options}
    return {"name": name, "csi": {"driver": _FUSE_DRIVER, **read_only, "volumeAttributes": attributes}}, mount


def _filled(template: str, fields: Mapping[str, str]) -> str:
    for name, value in fields.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _is_among(user: User, some: People) -> bool:
    return people.is_among(user, some.users, some.groups) or (some.admins and bool(user.admin))


def _claim(scratch: Scratch) -> Part:
    spec: Part = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": scratch.size}}}
    return {"spec": spec if scratch.storage_class is None else {**spec, "storageClassName": scratch.storage_class}}
