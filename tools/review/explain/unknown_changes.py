"""Of which changes it is known what people notice: a rule of the summary tells it, or it is nothing.

Whatever is not listed here is not known, and the summary says so.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from settings.types import quantity
from tools.review.log import resources
from tools.review.log.model import Change, Preview, Resource

_HARMLESS_NEW: Final = {
    "Account",
    "Address",
    "ConfigMap",
    "GlobalAddress",
    "Namespace",
    "NodePool",
    "PersistentVolumeClaim",
    "Repository",
    "Secret",
    "ServiceAccount",
    "StorageClass",
    "Token",
}
"""Kinds that change nothing for anybody until something uses them, and that says so itself."""
_EVERYWHERE: Final = re.compile(r"metadata\.labels\[app\.kubernetes\.io/.*\]")
"""Nothing selects objects by these but pods, whose labels are elsewhere."""
_NAMES: Final = (
    r"spec\.template\.spec\.(volumes\[.*\]\.(configMap\.name|secret\.secretName)"
    r"|containers\[.*\]\.(env\[.*\]\.valueFrom\.(secretKeyRef|configMapKeyRef)\.name"
    r"|envFrom\[.*\]\.(secretRef|configMapRef)\.name|image|imagePullPolicy))"
)
"""What a pod is made of, which changes beside it and is told there, or, as the image, by a rule."""
_PATHS: Final = {
    "StatefulSet": re.compile(_NAMES),
    "Deployment": re.compile(_NAMES),
    "Service": re.compile(r"spec\.(loadBalancerSourceRanges\b.*|type|loadBalancerIP)"),
    "PersistentVolumeClaim": re.compile(r"spec\.resources\.requests\.storage"),
    "kubernetes": re.compile(r"context"),
}
"""By kind, the values that a rule tells of when they change in place."""
_SHARES: Final = re.compile(r"spec\.template\.spec\.containers\[.*\]\.resources\..*")
"""What a container gets: nobody notices that it is more."""
_HOSTS: Final = re.compile(r"spec\.(listeners\[.*\]\.hostname|hostnames\[.*\])")
"""Names under which the hub is reached, which are told with its URL."""
_PROXY_TOKEN: Final = "-proxy-token"  # noqa: S105 a name
"""Of a Token and a Secret, whose change is told with the pods that read it."""
_TOKENS: Final = ("-cookie", "-crypt-key", _PROXY_TOKEN)
"""Tokens whose change is told, or noticed by nobody: what the last key encrypted can still be read."""
_SECRETS: Final = re.compile(r"data\.(JPY_COOKIE_SECRET|JUPYTERHUB_CRYPT_KEY)")
"""Where those are in the hub's Secret."""


def unknown(preview: Preview, is_told: Callable[[str], bool], lost: Iterable[Resource]) -> tuple[str, ...]:
    """Returns what is changed without anybody knowing what people notice of it, for people.

    Args:
        preview: All changes.
        is_told: Whether there is a rule for a value of `hub.json`, by its path there.
        lost: Resources whose loss is told.
    """
    told = set(map(id, lost))
    another_url = any(change.path == "hub_url" for change in preview.exports)

    def is_known(found: Resource, change: Change) -> bool:
        if another_url and found.kind in {"Gateway", "HTTPRoute"} and _HOSTS.fullmatch(change.path):
            return True
        pattern = _PATHS.get(found.kind)
        return bool(
            _EVERYWHERE.fullmatch(change.path)
            or (pattern is not None and pattern.fullmatch(change.path))
            or (_SHARES.fullmatch(change.path) and is_more(change))
        )

    return tuple(
        text
        for found in preview.resources
        if id(found) not in told
        for text in _of(found, is_known=is_known, is_told=is_told)
    )


def _of(
    found: Resource, *, is_known: Callable[[Resource, Change], bool], is_told: Callable[[str], bool]
) -> Iterable[str]:
    kind = "provider" if found.type.startswith("pulumi:providers:") else found.kind
    name = f"{kind} {found.name}"
    if found.kind == "ResourceQuota" or (found.operation == "create" and found.kind in _HARMLESS_NEW):
        return
    if found.kind == "Token" and found.operation == "update" and found.logical_name.endswith(_TOKENS):
        return
    if found.kind == "Secret" and found.operation == "replace" and found.logical_name.endswith(_PROXY_TOKEN):
        return
    if found.is_rolled:
        yield from _of_files(found, is_told)
    elif found.operation == "update":
        paths = [change.path for change in found.changes if not is_known(found, change)]
        if paths or not found.changes:
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            yield f"{paths[0]}{more} of {name}" if paths else name
    else:
        yield f"{found.operation} {name}"


def _of_files(found: Resource, is_told: Callable[[str], bool]) -> Iterable[str]:
    """What is not known of another content of a ConfigMap or Secret."""
    for change in found.changes:
        if re.fullmatch(r"data\[.*\.(py|html)\]", change.path) or _EVERYWHERE.fullmatch(change.path):
            continue  # code is told to have changed
        if _SECRETS.fullmatch(change.path):
            continue
        inner = resources.diff_json(change)
        paths = [one.path for one in inner if not is_told(one.path)] if inner else [""]
        yield from (f"{' '.join(filter(None, [change.path, path]))} of {found.kind} {found.name}" for path in paths)


def is_more(change: Change) -> bool:
    """Whether a quantity is a greater one afterwards."""
    try:
        return quantity.parse(str(change.old)) <= quantity.parse(str(change.new))
    except ValueError:
        return False
