"""`singleuser.storage` and `singleuser.extraFiles`: homes, volumes beside them, and files."""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

import yaml

from migrate.plan import Plan
from migrate.translate import amounts
from migrate.values import Key, list_of, map_of, texts_of

_GCS: Final = "gcsfuse.csi.storage.gke.io"
_FILE: Final = "the content is in another object: put its text into `notebook.files`"
_STATIC: Final = (
    "one volume for all homes: each user has a volume here (`notebook.storage`, with `disk: filestore` a share); copy "
    "the homes (docs/migrate.md#homes-in-one-volume)"
)
_BRING: Final = "Bring the claim {} into the notebooks' namespace: docs/migrate.md#volumes-beside-the-homes."
_NFS: Final = "an NFS share: make a PersistentVolume and a claim of it, and name the claim in `notebook.folders`"
_SYSTEM: Final = re.compile(r"/(?:bin|boot|dev|etc|lib|proc|root|run|sbin|sys|tmp|usr|var)(?:/|$)")


def homes(plan: Plan) -> None:
    """Translate the kind of homes, their size and class."""
    path = "singleuser.storage"
    kind = plan.get(f"{path}.type") or "dynamic"
    if kind == "none":
        plan.refuse("no homes: each user has one here; the smallest is `notebook.storage: {size: 1Gi}`", f"{path}.type")
    elif kind == "static":
        plan.refuse(_STATIC, f"{path}.type", f"{path}.static")
    storage: dict[str, object] = {}
    if (size := plan.get(f"{path}.capacity")) is not None:
        storage["size"] = str(size)
    if name := plan.get(f"{path}.dynamic.storageClass"):
        storage |= {"size": storage.get("size", "10Gi"), "storageClass": name}
    if storage:
        plan.set("notebook.storage", storage, f"{path}.capacity", f"{path}.dynamic.storageClass")
    modes = texts_of(plan.get(f"{path}.dynamic.storageAccessModes"))
    if modes in ([], ["ReadWriteOnce"]) or storage:
        plan.same("ReadWriteOnce; shares of Filestore ReadWriteMany", f"{path}.dynamic.storageAccessModes")
    plan.same(
        "homes are named `claim-<user>`; `python -m migrate.homes` moves existing ones",
        f"{path}.dynamic.pvcNameTemplate",
        f"{path}.dynamic.volumeNameTemplate",
    )
    if plan.get(f"{path}.dynamic.subPath"):
        plan.refuse("homes are whole volumes: move the files up after the migration", f"{path}.dynamic.subPath")
    plan.same("the homes have the labels of this stack", f"{path}.extraLabels")
    plan.same("each user has a home of an own volume", f"{path}.type", f"{path}.static", f"{path}.dynamic")


def volumes(plan: Plan) -> None:
    """Translate volumes beside the home by what they are."""
    root = ("singleuser", "storage")
    parts = {str(map_of(one).get("name")): (map_of(one), key) for one, key in _entries(plan, (*root, "extraVolumes"))}
    used: set[str] = set()
    for one, key in _entries(plan, (*root, "extraVolumeMounts")):
        mount = map_of(one)
        name = str(mount.get("name"))
        if name in parts:
            used.add(name)
            volume, volume_key = parts[name]
            _volume(plan, name, volume, mount, (key, volume_key))
        else:
            _home_mount(plan, name, mount, key)
    for name, (_, key) in parts.items():
        if name not in used:
            plan.same("mounted nowhere", key)
    for name in ("extraVolumes", "extraVolumeMounts"):
        plan.same("none", (*root, name))


def _entries(plan: Plan, key: Key) -> Iterator[tuple[object, Key]]:
    value = plan.get(key)
    by_name = map_of(value)
    for name in sorted(by_name):
        for one in list_of(by_name[name]) if not isinstance(by_name[name], dict) else [by_name[name]]:
            yield one, (*key, name)
    for one in [] if by_name else list_of(value):
        yield one, key


def _volume(plan: Plan, name: str, volume: dict[str, object], mount: dict[str, object], keys: tuple[Key, Key]) -> None:
    path = str(mount.get("mountPath", "")).rstrip("/")
    if (empty := volume.get("emptyDir")) is not None:
        _empty(plan, path, map_of(empty), keys)
    elif claim := map_of(volume.get("persistentVolumeClaim")).get("claimName"):
        _folder(plan, name, {"path": path, "claim": str(claim)}, mount, keys)
        plan.task(_BRING.format(claim))
    elif map_of(volume.get("csi")).get("driver") == _GCS:
        bucket = map_of(map_of(volume["csi"]).get("volumeAttributes")).get("bucketName")
        _folder(plan, name, {"path": path, "bucket": str(bucket)}, mount, keys)
        plan.task(f"Give the notebooks' Google service account access to the bucket {bucket}.")
    elif "nfs" in volume:
        plan.refuse_part(_NFS, *keys)
    elif {"configMap", "secret", "projected", "downwardAPI"} & volume.keys():
        plan.refuse_part(_FILE, *keys)
    elif "hostPath" in volume:
        plan.refuse_part("a folder of the node, which Pod Security refuses: use `notebook.folders`", *keys)
    else:
        plan.refuse_part("a kind of volume that `notebook.folders` does not have: make a claim of it", *keys)


def _empty(plan: Plan, path: str, empty: dict[str, object], keys: tuple[Key, Key]) -> None:
    size = amounts.memory(empty.get("sizeLimit"))
    if path == "/dev/shm":  # noqa: S108 where people mount shared memory
        # Without a limit, the memory of the server is one, which a share of it keeps free for programs.
        limit = amounts.memory(map_of(plan.get("singleuser.memory")).get("limit") or "1Gi") or "1Gi"
        plan.set("notebook.sharedMemory", size or limit, *keys)
    elif _SYSTEM.match(path):
        plan.same("servers may write to /tmp anyway; other folders of the image stay as they are", *keys)
    else:
        plan.set("notebook.scratch", {"size": size or "10Gi", "path": path}, *keys)


def _folder(plan: Plan, name: str, place: dict[str, object], mount: dict[str, object], keys: tuple[Key, Key]) -> None:
    sub_path = str(mount.get("subPath") or mount.get("subPathExpr") or "").strip("/")
    if _SYSTEM.match(str(place["path"])):
        plan.refuse_part(f"{place['path']} belongs to the image: mount it elsewhere with `notebook.folders`", *keys)
        return
    there = plan.settings.get("notebook.folders")
    number = sum(str(map_of(one)["name"]).startswith(name) for one in list_of(there))
    access = "read" if mount.get("readOnly") else "write"
    folder = {"name": f"{name}-{number + 1}" if number else name, **place, "access": access}
    if sub_path:
        folder["subPath"] = sub_path
    plan.add("notebook.folders", [folder], *keys)


def _home_mount(plan: Plan, name: str, mount: dict[str, object], key: Key) -> None:
    claim, sub_path = plan.get("singleuser.storage.static.pvcName"), str(mount.get("subPath") or "")
    if name == "home" and claim and sub_path and "{" not in sub_path:
        # A folder of all people in the volume with the homes.
        path = PurePosixPath(str(mount.get("mountPath")))
        _folder(plan, path.name, {"path": str(path), "claim": str(claim)}, mount, (key, key))
        plan.task(_BRING.format(claim))
    elif name == "home" or "{" in name or mount.get("subPath"):
        plan.refuse_part("a folder of the home at another path: link to it in the image, such as with `ln -s`", key)
    else:
        plan.refuse_part(f"a mount of the volume {name}, which is not in these files", key)


def server_files(plan: Plan) -> None:
    """Translate files of all servers."""
    files(plan, ("singleuser", "extraFiles"), "notebook.files")


def files(plan: Plan, path: Key, setting: str) -> None:
    """Translate files of the hub or of all servers.

    Args:
        plan: The plan.
        path: Path of the files in the chart.
        setting: The setting that has such files.
    """
    for name, one in map_of(plan.get(path)).items():
        key = (*path, name)
        parts = map_of(one)
        place = str(parts.get("mountPath", ""))
        text = _file_text(parts, place)
        of_hub = setting == "hub.files"
        if text is None and "binaryData" not in parts:
            plan.refuse(f"its content is not in these files (`--set-file`): put it into `{setting}`", key)
        elif text is None:
            plan.refuse("a binary file: put it into the image", key)
        elif of_hub and "/jupyterhub_config.d/" in place:
            plan.write(place.rpartition("/")[2], text, key)
        elif not of_hub and place.startswith("/home/"):
            plan.refuse("a file in the home, which people own: put it into /etc, or into the image", key)
        else:
            plan.update(setting, {place: text}, key)
    plan.same("none", path)


def _file_text(parts: dict[str, object], path: str) -> str | None:
    """Return the text of an entry of `extraFiles`, as the chart writes it; None for a binary file."""
    if isinstance(text := parts.get("stringData"), str):
        return text
    if (data := parts.get("data")) is not None:
        if path.endswith((".yaml", ".yml")):
            return yaml.safe_dump(data, sort_keys=False)
        return json.dumps(data, indent=2) + "\n"
    return None
