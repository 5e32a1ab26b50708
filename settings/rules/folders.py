"""Rules of folders, scratch space, shared memory and environment of notebook servers."""

import re
from collections.abc import Iterator
from typing import Final

from settings.groups.auth import AuthSettings
from settings.groups.cluster import ClusterSettings
from settings.groups.nodes import NodesSettings
from settings.groups.notebook import NotebookSettings
from settings.rules.disks import share_errors, storage_errors
from settings.types.files import is_within, overlap
from settings.types.quantity import parse

_SECRET: Final = re.compile(r"(secret|passw(or)?d|token|credentials?|(access|api|private|secret)_?key)$", re.IGNORECASE)
_NO_SECRET: Final = re.compile(r"|(true|false|\d{1,5})|(~|\.)?/[\w./{}-]*|\$\(\w+\)", re.IGNORECASE)
"""Values that are no secrets: empty ones, switches, numbers, paths, other variables."""


def environment_errors(notebook: NotebookSettings) -> list[str]:
    """Report variables that are set twice."""
    return [
        f"notebook.environment.{name}: is in notebook.secretEnvironment too; keep it in one of the two"
        for name in sorted(notebook.environment.keys() & notebook.secret_environment.keys())
    ]


def environment_warnings(notebook: NotebookSettings) -> list[str]:
    """Report variables that look like secrets, by their names."""
    return [
        f"notebook.environment.{name}: seems to be a secret, and is in plain text in the ConfigMap and the stack's "
        f"state; put it into notebook.secretEnvironment"
        for name, value in notebook.environment.items()
        if seems_secret(name, value)
    ]


def seems_secret(name: str, value: str) -> bool:
    """Return whether a variable seems to be a secret, by its name."""
    return bool(_SECRET.search(name)) and not _NO_SECRET.fullmatch(value)


def shared_memory_errors(notebook: NotebookSettings) -> list[str]:
    """Report shared memory that no server could fill."""
    if notebook.shared_memory is None or parse(notebook.shared_memory) <= parse(notebook.memory.max):
        return []
    return [
        (
            "notebook.sharedMemory: is more than notebook.memory.max, and it counts as memory of the server; set a "
            "smaller one: pulumi config set notebook.sharedMemory SIZE"
        )
    ]


def scratch_errors(notebook: NotebookSettings, cluster: ClusterSettings, nodes: NodesSettings) -> list[str]:
    """Report a kind of disk that scratch space cannot have."""
    scratch, key = notebook.scratch, "notebook.scratch"
    if scratch is None:
        return []
    if scratch.disk == "filestore" and cluster.on_gke:
        return [f"{key}.disk: filestore is for homes and folders; choose a disk, such as pd-balanced"]
    if scratch.regional:
        return [f"{key}.regional: is for volumes that are kept; remove it"]
    pools = {place: pool for place, pool in nodes.pools.items() if place != "nodes.core"}
    return storage_errors(key, scratch, cluster, pools, nodes.zones)


def volume_errors(notebook: NotebookSettings, cluster: ClusterSettings) -> list[str]:
    """Report folders on volumes that only one node can mount, or that are not available in the cluster."""
    errors: list[str] = []
    for index, folder in enumerate(notebook.folders):
        key, storage = f"notebook.folders[{index}]", folder.storage
        if folder.bucket is not None and not cluster.on_gke:
            errors.append(
                f"{key}.bucket: works on GKE only, where cluster.mode is existing or create; use a claim elsewhere"
            )
        if storage is None or storage.storage_class is not None:
            continue
        if storage.disk != "filestore":
            options = "disk: filestore, or a storageClass" if cluster.on_gke else "a storageClass"
            errors.append(
                f"{key}.storage: only one node can mount a disk; set {options} whose volumes many nodes can mount"
            )
        elif not cluster.on_gke:
            errors.append(
                f"{key}.storage.disk: works on GKE only; set a storageClass whose volumes many nodes can mount"
            )
        else:
            errors += share_errors(f"{key}.storage", storage)
    return errors


def claim_errors(notebook: NotebookSettings) -> list[str]:
    """Report claims of folders that the stack does not make."""
    made = {f"folder-{folder.name}" for folder in notebook.folders if folder.storage is not None}
    return [
        f"notebook.folders[{index}].claim: there is no folder of this name with storage; name another claim"
        for index, folder in enumerate(notebook.folders)
        if folder.claim is not None and folder.claim.startswith("folder-") and folder.claim not in made
    ]


def place_errors(notebook: NotebookSettings) -> list[str]:
    """Report names that are taken, and paths that would hide each other."""
    errors: list[str] = []
    names: dict[str, int] = {}
    for index, folder in enumerate(notebook.folders):
        if (first := names.setdefault(folder.name, index)) != index:
            errors.append(f"notebook.folders[{index}].name: is also the name of notebook.folders[{first}]")
    places = [*_places(notebook)]
    for position, (key, path) in enumerate(places):
        for other, earlier in places[:position]:
            if overlap(path, earlier):
                where = (
                    "has one path for two of its organizations or groups"
                    if key == other
                    else f"is the path of {other}, or one is in the other"
                )
                errors.append(f"{key}: {where}; choose another")
    homes = {notebook.home_path, *(choice.home_path for choice in notebook.choices if choice.home_path)}
    errors.extend(
        f"{key}: would hide the home, at notebook.homePath or that of a choice; choose another"
        for key, path in places
        if any(is_within(home, path) for home in homes)
    )
    return list(dict.fromkeys(errors))


def token_errors(notebook: NotebookSettings, auth: AuthSettings) -> list[str]:
    """Report tokens of ways to sign in that have none."""
    if not notebook.sign_in_token or auth.type in {"github", "oidc", "custom"}:
        return []
    return [
        (
            "notebook.signInToken: needs auth.type github, oidc, or custom with OAuth; other ways to sign in have no "
            "tokens; remove it: pulumi config rm notebook.signInToken"
        )
    ]


def effect_errors(notebook: NotebookSettings) -> list[str]:
    """Report writers of folders that everybody may write to, or that they do not have."""
    errors: list[str] = []
    for index, folder in enumerate(notebook.folders):
        key, writers = f"notebook.folders[{index}].writers", folder.writers
        if folder.access == "write" and writers != type(writers)():
            errors.append(f"{key}: has no effect with access write; remove it, or set access read")
        elif folder.users and not folder.all_groups and not set(writers.users) <= set(folder.users):
            errors.append(f"{key}.users: has users who do not have the folder; add them to users")
    return errors


def _places(notebook: NotebookSettings) -> Iterator[tuple[str, str]]:
    if notebook.scratch is not None:
        yield "notebook.scratch.path", notebook.scratch.path
    for index, folder in enumerate(notebook.folders):
        for path in folder.everywhere:
            yield f"notebook.folders[{index}].path", path
