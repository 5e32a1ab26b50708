"""Folders beside the home of a notebook server, and its scratch space."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import model_validator

from hub.contract import GROUP_FIELD
from hub.contract_folders import folder_of
from settings.types.accounts import GitHubOrganization, UserName
from settings.types.choices import GroupName
from settings.types.model import Model
from settings.types.names import DnsLabel, DnsName
from settings.types.sizes import Storage
from settings.types.text import Check, Flag, Text, at_most, matching, pattern

HOME: Final = "/home/jovyan"
"""Where homes are mounted."""

_SEGMENT: Final = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,63}"
_PLACE: Final = r"(?:[A-Za-z0-9._-]|\{username\}|\{group\})"
_TEMPLATE: Final = rf"(?!\.{{1,2}}(?:/|$)){_PLACE}{{1,63}}"
_GROUP_SEGMENT: Final = rf"(?:{_SEGMENT}|\{{group\}})"
_NO_PATH: Final = (
    "is not a path of a folder, such as /data: segments of letters, digits, '.', '_' and '-', none of them '.' or "
    "'..', and in braces only {group}, as a whole segment"
)
_NO_SUB_PATH: Final = (
    "is not a path in a volume, such as people/{username}: segments of letters, digits, '.', '_' and '-', none of them "
    "'.' or '..', without '/' first or last, and only {username} and {group} in braces"
)
_SYSTEM: Final = (
    *(
        "bin",
        "boot",
        "dev",
        "etc",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "opt/conda",
        "proc",
        "root",
        "run",
        "sbin",
        "sys",
    ),
    *("tmp", "usr", "var"),
)


def _free(path: str) -> str:
    if path in {"/home", "/opt", HOME}:
        msg = "holds files of the image or the home; choose another path, such as /data or /home/jovyan/shared"
        raise ValueError(msg)
    if re.match(rf"/(?:{'|'.join(_SYSTEM)})(?:/|$)", path):
        msg = "is in a folder of the system; choose another path, such as /data or /home/jovyan/shared"
        raise ValueError(msg)
    return path


FolderPath = Annotated[
    Text,
    at_most(200, "choose a shorter path"),
    matching(rf"(?:/{_GROUP_SEGMENT})+", _NO_PATH),
    Check(_free, pattern(rf"(?!/(?:{'|'.join(_SYSTEM)})(?:/|$)).*", "is in a folder of the system")),
]
"""Absolute path at which a folder is mounted, with `{group}` as a segment."""

SubPath = Annotated[
    Text, at_most(200, "choose a shorter path"), matching(rf"{_TEMPLATE}(?:/{_TEMPLATE})*", _NO_SUB_PATH)
]
"""Relative path in a volume, with `{username}` and `{group}`."""

FolderName = Annotated[DnsLabel, at_most(40, "names of volumes are made from it")]
"""DNS label that is short enough for volumes `folder-<name>-<number>`."""

ClaimName = Annotated[
    DnsName,
    matching(r"(?!claim-).*", "is the name of a home; name the claim of a folder"),
]
"""PersistentVolumeClaim in the notebooks' namespace that is no home."""

BucketName = Annotated[
    Text,
    matching(
        r"(?!goog)[a-z0-9][-a-z0-9_.]{1,220}[a-z0-9]",
        "is not the name of a Cloud Storage bucket, such as my-project-results: lower-case letters, digits, '-', '_' "
        "and '.', without gs://",
    ),
]
"""Name of a Cloud Storage bucket."""


class Writers(Model):
    """Users who may write to a folder that others may only read."""

    users: tuple[UserName, ...] = ()
    """Users."""
    organizations: tuple[GitHubOrganization, ...] = ()
    """GitHub organizations (`org`) and teams (`org:team`), with `auth.type: github`."""
    groups: tuple[GroupName, ...] = ()
    """Groups of the hub, as the sign-in gives them or as they are on the admin page."""
    admins: Flag = False
    """Whether all admins may write."""

    @property
    def all_groups(self) -> tuple[str, ...]:
        """Organizations, teams and groups whose members may write."""
        return (*self.organizations, *self.groups)


class Folder(Model):
    """A folder of some or all users: in an existing claim, in one that the stack creates, or in a bucket."""

    name: FolderName
    """Unique name. At most 40 characters."""
    path: FolderPath
    """Where it is mounted, such as `/data` or `/home/jovyan/shared`. With `{group}`, such as `/teams/{group}`, it is
    mounted once for each of `organizations` and `groups` that the user is in: `org`, or `org-team`."""
    claim: ClaimName | None = None
    """Name of an existing PersistentVolumeClaim in the notebooks' namespace, which many nodes can mount
    (ReadWriteMany or ReadOnlyMany), such as `course-data`; or `folder-<name>`, that of another folder with
    `storage`."""
    storage: Storage | None = None
    """Volume that the stack creates and keeps, with `disk: filestore` on GKE, or with a `storageClass` whose volumes
    many nodes can mount (ReadWriteMany). A larger size expands it; it never shrinks."""
    bucket: BucketName | None = None
    """Name of an existing Cloud Storage bucket, on GKE only. The notebooks' service account needs access to it."""
    sub_path: SubPath | None = None
    """Path in the volume, such as `people/{username}` for a folder of each user. `{group}` as in `path`."""
    access: Literal["read", "write"] = "read"
    """Whether its users may only `read`, or also `write`."""
    writers: Writers = Writers()
    """Users who may write even with `access: read`."""
    users: tuple[UserName, ...] = ()
    """Users who have the folder. Without `users`, `organizations` and `groups`, all have it."""
    organizations: tuple[GitHubOrganization, ...] = ()
    """GitHub organizations (`org`) and teams (`org:team`) whose members have the folder, with `auth.type: github`."""
    groups: tuple[GroupName, ...] = ()
    """Groups of the hub, as the sign-in gives them or as they are on the admin page, whose members have the folder."""

    @property
    def all_groups(self) -> tuple[str, ...]:
        """Organizations, teams and groups whose members have the folder."""
        return (*self.organizations, *self.groups)

    @property
    def by_group(self) -> bool:
        """Whether it is mounted once for each group."""
        return f"{{{GROUP_FIELD}}}" in self.path

    @property
    def everywhere(self) -> tuple[str, ...]:
        """All paths at which it may be mounted."""
        groups = self.all_groups if self.by_group else ("",)
        return tuple(self.path.replace(f"{{{GROUP_FIELD}}}", folder_of(group)) for group in groups)

    @model_validator(mode="after")
    def _has_one_volume(self) -> Self:
        if sum(volume is not None for volume in (self.claim, self.storage, self.bucket)) != 1:
            msg = "needs one of claim, storage and bucket"
            raise ValueError(msg)
        if self.by_group != (f"{{{GROUP_FIELD}}}" in (self.sub_path or "")):
            msg = "needs {group} in both path and subPath, or in neither"
            raise ValueError(msg)
        if self.by_group and not self.all_groups:
            msg = "has {group} in its path, but no organizations or groups; list them"
            raise ValueError(msg)
        if self.by_group and not all(re.fullmatch(_SEGMENT, folder_of(group)) for group in self.all_groups):
            msg = (
                "has {group} in its path, and a group whose name is no name of a folder: letters, digits, '.', '_', "
                "'-', and ':' and '/', which become '-'"
            )
            raise ValueError(msg)
        for path in self.everywhere:
            _free(path)
        return self


class Scratch(Storage):
    """A volume for temporary files, which is created and deleted with each server."""

    path: FolderPath = "/scratch"
    """Where it is mounted."""
