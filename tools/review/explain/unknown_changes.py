"""Changes whose effect on users is not known: all that no rule of the summary covers and that is not listed here."""

import re
from collections.abc import Iterator
from typing import Final

from hub.contract import COOKIE_SECRET_VARIABLE, CRYPT_KEY_VARIABLE
from settings.types import quantity
from tools.review.explain.rules import CHANGES, is_loss, setting_text
from tools.review.log import resources
from tools.review.log.model import Change, Preview, Resource

STORAGE: Final = "spec.resources.requests.storage"
"""Size of a volume; a rule of the summary covers it."""
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
"""Kinds without effect until another resource uses them, whose own change is explained."""
_LABELS: Final = re.compile(r"metadata\.labels\[app\.kubernetes\.io/.*\]")
"""Labels that select nothing: pods have their own."""
_POD: Final = (
    r"spec\.template\.spec\.(volumes\[.*\]\.(configMap\.name|secret\.secretName)"
    r"|containers\[.*\]\.(env\[.*\]\.valueFrom\.(secretKeyRef|configMapKeyRef)\.name"
    r"|envFrom\[.*\]\.(secretRef|configMapRef)\.name|imagePullPolicy))"
)
"""References of a pod to objects whose own change is explained."""
_RULES: Final = {
    *((rule.kind, rule.path) for rule in CHANGES),
    ("StatefulSet", _POD),
    ("Deployment", _POD),
    ("PersistentVolumeClaim", re.escape(STORAGE)),
}
"""By kind, the inputs whose change in place is explained."""
_CONTAINER_RESOURCES: Final = re.compile(r"spec\.template\.spec\.containers\[.*\]\.resources\..*")
"""CPU and memory of a container, whose increase nobody notices."""
_HOSTS: Final = re.compile(r"spec\.(listeners\[.*\]\.hostname|hostnames\[.*\])")
"""Host names of the hub, which are explained with its URL."""
_PROXY_TOKEN: Final = "-proxy-token"  # noqa: S105 a name
"""End of the names of a Token and a Secret whose change is explained with the pods that read it."""
_TOKENS: Final = ("-cookie", "-crypt-key", _PROXY_TOKEN)
"""Tokens whose change is explained, or without effect: data encrypted with the last key can still be read."""
_SECRETS: Final = re.compile(rf"data\.({COOKIE_SECRET_VARIABLE}|{CRYPT_KEY_VARIABLE})")
"""Keys of these tokens in the hub's Secret."""


def find(preview: Preview) -> tuple[str, ...]:
    """Return the changes whose effect on users is not known: `spec.replicas of StatefulSet tf-hub`."""
    has_other_url = any(change.path == "hub_url" for change in preview.exports)
    return tuple(
        text
        for found in preview.resources
        if not is_loss(found)
        for text in _changes(found, has_other_url=has_other_url)
    )


def _changes(found: Resource, *, has_other_url: bool) -> Iterator[str]:
    kind = "provider" if found.type.startswith("pulumi:providers:") else found.kind
    name = f"{kind} {found.name}"
    if found.kind == "ResourceQuota" or (found.operation == "create" and found.kind in _HARMLESS_NEW):
        return
    if found.kind == "Token" and found.operation == "update" and found.logical_name.endswith(_TOKENS):
        return
    if found.kind == "Secret" and found.operation == "replace" and found.logical_name.endswith(_PROXY_TOKEN):
        return
    if found.is_rolled:
        yield from _files(found)
    elif found.operation == "update":
        paths = [
            change.path for change in found.changes if not _is_explained(found, change, has_other_url=has_other_url)
        ]
        if paths or not found.changes:
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            yield f"{paths[0]}{more} of {name}" if paths else name
    else:
        yield f"{found.operation} {name}"


def _is_explained(found: Resource, change: Change, *, has_other_url: bool) -> bool:
    if has_other_url and found.kind in {"Gateway", "HTTPRoute"} and _HOSTS.fullmatch(change.path):
        return True
    return bool(
        _LABELS.fullmatch(change.path)
        or any(kind == found.kind and re.fullmatch(path, change.path) for kind, path in _RULES)
        or (_CONTAINER_RESOURCES.fullmatch(change.path) and is_more(change))
    )


def _files(found: Resource) -> Iterator[str]:
    """Yield unexplained changes of the data of a ConfigMap or Secret."""
    for change in found.changes:
        is_code = re.fullmatch(r"data\[.*\.(py|html)\]", change.path)  # the summary names it
        if is_code or _LABELS.fullmatch(change.path) or _SECRETS.fullmatch(change.path):
            continue
        inner = resources.diff_json(change)
        paths = [one.path for one in inner if not _is_setting(one.path)] if inner else [""]
        yield from (f"{' '.join(filter(None, [change.path, path]))} of {found.kind} {found.name}" for path in paths)


def _is_setting(path: str) -> bool:
    # The file of hub.extraConfig changes with it, which the summary names.
    return path == "extra_config" or setting_text(path) is not None


def is_more(change: Change) -> bool:
    """Return whether a quantity does not decrease."""
    try:
        return quantity.parse(str(change.old)) <= quantity.parse(str(change.new))
    except ValueError:
        return False
