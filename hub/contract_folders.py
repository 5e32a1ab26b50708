"""Folders beside the home, and who has them."""

from __future__ import annotations

from hub.contract_part import Part


def folder_of(group: str) -> str:
    """Return the text of `{group}` in paths: `org` for an organization, `org-team` for a team or a nested group."""
    return group.strip("/").replace(":", "-").replace("/", "-")


class People(Part):
    """Some users."""

    users: tuple[str, ...]
    """Names of users."""
    groups: tuple[str, ...]
    """Names of groups of the hub."""
    admins: bool = False
    """Whether all admins are among them."""


class Scratch(Part):
    """A volume that exists as long as a server."""

    path: str
    """Where it is mounted."""
    size: str
    """Its size, a Kubernetes quantity."""
    storage_class: str | None
    """Its StorageClass; None: the cluster's default."""


class Folder(Part):
    """A folder beside the home, from a claim or a bucket. Its paths may have `{username}` and `GROUP_FIELD`."""

    name: str
    """Unique name, a DNS label."""
    path: str
    """Where it is mounted."""
    claim: str | None
    """Name of the PersistentVolumeClaim; None: a bucket."""
    bucket: str | None
    """Name of the Cloud Storage bucket; None: a claim."""
    sub_path: str | None
    """Path in the volume; None: all of it."""
    people: People | None
    """Users who have the folder; None: all."""
    writable: bool
    """Whether all of them may write."""
    writers: People
    """Those of them who may write anyway."""
