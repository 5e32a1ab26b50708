"""Summary of a change for a reviewer: restarts, losses and effects on users, by the rules of `rules`."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from tools.review.explain import unknown_changes
from tools.review.explain.rules import (
    CALLBACK,
    CHANGES,
    ENDS_ALL,
    LOSSES,
    Note,
    Weight,
    is_loss,
    note,
    setting_text,
)
from tools.review.log import resources
from tools.review.log.model import VERBS, Change, Preview, Resource

_MAX_UNKNOWN: Final = 5
"""Named changes of unknown effect; the others are counted."""
_HARMLESS: Final = note("notice", "No pod restarts, and users notice nothing.")
_ALL_NEW: Final = note("notice", "Everything is new: nobody uses it yet.")
_HUB_RESTARTS: Final = note(
    "restart", "The hub restarts: its pages are unavailable for about 8 seconds. Running notebooks continue."
)
_PROXY_ROLLS: Final = note(
    "restart", "The proxy rolls over: the new pod takes over the routes first, so open notebooks stay connected."
)
_PROXY_UNKNOWN: Final = note("restart", "The way the proxy rolls over changes: open notebooks may be disconnected.")
_PROXY_TOKEN: Final = note(
    "restart",
    "Hub and proxy restart with a new token: open notebooks are disconnected for a few seconds, then continue.",
)
_ROLLING: Final = re.compile(
    r"spec\.(strategy|replicas|minReadySeconds)\b.*|.*(\.lifecycle\.|Probe\.|\[OTHER_PROXY\]).*"
)
"""Inputs of the proxy's Deployment on which a rollout without disconnections depends."""
_ORDER: Final[dict[Weight, int]] = {"danger": 0, "restart": 1, "notice": 2, "unknown": 3}


def heading(preview: Preview) -> str:
    """Return the number of resources by operation: `2 to create, 1 to replace; 20 unchanged`."""
    done = ["update" if found.is_rolled else found.operation for found in preview.resources]
    counts = [f"{count} to {verb}" for operation, verb in VERBS.items() if (count := done.count(operation))]
    return f"{', '.join(counts) or 'no changes'}; {preview.unchanged} unchanged"


def notes(preview: Preview) -> tuple[Note, ...]:
    """Return the effects of a change, the heaviest first, each once."""
    if preview.resources and not preview.unchanged and all(one.operation == "create" for one in preview.resources):
        return (_ALL_NEW,)
    found = dict.fromkeys(note for rule in _RULES for note in rule(preview))
    if any(is_loss(one) and one.kind in ENDS_ALL and not one.retained for one in preview.resources):
        found = {note: None for note in found if note.weight not in {"restart", "unknown"}}
    if _PROXY_TOKEN in found:
        found = {note: None for note in found if note not in {_HUB_RESTARTS, _PROXY_ROLLS}}
    if preview.resources and not found:
        return (_HARMLESS,)
    return tuple(sorted(found, key=lambda note: (_ORDER[note.weight], note is not _HUB_RESTARTS)))


def _losses(preview: Preview) -> Iterator[Note]:
    worst_first = list(LOSSES)
    for found in sorted(filter(is_loss, preview.resources), key=lambda one: worst_first.index(one.kind)):
        refused = " Pulumi refuses, because it is protected." if found.protected else ""
        if found.retained and found.operation == "delete":
            text = f"{found.kind} {{name}} stays, but is no longer part of the stack.{refused}"
            yield note("notice", text, name=found.name)
            continue
        done = "replaced" if found.operation == "replace" else "deleted"
        lost = "the old one stays, but is no longer part of the stack" if found.retained else LOSSES[found.kind]
        yield note("danger", f"{found.kind} {{name}} is {done}: {lost}.{refused}", name=found.name)


def _restarts(preview: Preview) -> Iterator[Note]:
    for found in preview.resources:
        if found.operation != "update" or not any(change.path.startswith("spec.template.") for change in found.changes):
            continue
        if found.kind == "StatefulSet":
            yield _HUB_RESTARTS
        if found.kind == "Deployment":
            token = any("secretKeyRef" in change.path for change in found.changes)
            otherwise = any(_ROLLING.fullmatch(change.path) for change in found.changes)
            yield _PROXY_TOKEN if token else _PROXY_UNKNOWN if otherwise else _PROXY_ROLLS


def _exports(preview: Preview) -> Iterator[Note]:
    for change in preview.exports:
        if change.path == "hub_url" and change.old is not None:
            yield note("notice", "The hub's URL changes: {old} → {new}.", old=change.old, new=change.new)
        if change.path == "oauth_callback_url":
            yield note("notice", CALLBACK, new=change.new)


def _tokens(preview: Preview) -> Iterator[Note]:
    for found in preview.resources:
        if found.kind == "Token" and found.operation == "update" and found.name.endswith("-cookie"):
            yield note("notice", "All users have to sign in again.")


def _files(preview: Preview) -> Iterator[Note]:
    for found in preview.resources:
        if found.operation != "replace":
            continue
        for change in found.files:
            yield from _settings(change)
        code = {change.path for change in found.files if re.search(r"\.(py|html)\]$", change.path)}
        if "data[extra_config.py]" in code:
            yield note("notice", "The Python code in hub.extraConfig changes.")
        if own := len(code - {"data[extra_config.py]"}):
            files = "1 file" if own == 1 else f"{own} files"
            yield note("unknown", f"The hub's code changes, in {files}: see the diff for the effect on users.")


def _settings(file: Change) -> Iterator[Note]:
    for change in resources.diff_json(file):
        if text := setting_text(change.path):
            yield note("notice", text, old=change.old, new=change.new)


def _inputs(preview: Preview) -> Iterator[Note]:
    for rule in CHANGES:
        for found in preview.resources:
            # A provider that is replaced has another context, too.
            if found.kind == rule.kind and (found.operation == "update" or rule.kind == "kubernetes"):
                for change in found.changes:
                    if re.fullmatch(rule.path, change.path):
                        yield note(rule.weight, rule.text, name=found.name, old=change.old, new=change.new)


def _volumes(preview: Preview) -> Iterator[Note]:
    for found in preview.resources:
        if found.kind == "ResourceQuota":
            yield note("notice", "The resource quota of all notebooks changes.")
        if found.kind == "PersistentVolumeClaim" and found.operation == "update":
            yield from (_resized(found, change) for change in found.changes if change.path == unknown_changes.STORAGE)


def _resized(found: Resource, change: Change) -> Note:
    if unknown_changes.is_more(change):
        text = "The volume {name} is expanded: {old} → {new}. It cannot shrink again."
        return note("notice", text, name=found.name, old=change.old, new=change.new)
    text = "The volume {name} would shrink: {old} → {new}. Kubernetes rejects that, so `pulumi up` fails."
    return note("danger", text, name=found.name, old=change.old, new=change.new)


def _unknown(preview: Preview) -> Iterator[Note]:
    found = unknown_changes.find(preview)
    if found:
        places = ", ".join(["{}"] * len(found[:_MAX_UNKNOWN]))
        more = f" and {len(found) - _MAX_UNKNOWN} more" if len(found) > _MAX_UNKNOWN else ""
        text = f"The effect on users is not known for: {places}{more}."
        yield Note(weight="unknown", text=text, values=found[:_MAX_UNKNOWN])


_RULES: Final[tuple[Callable[[Preview], Iterator[Note]], ...]] = (
    _losses,
    _restarts,
    _exports,
    _tokens,
    _files,
    _inputs,
    _volumes,
    _unknown,
)
