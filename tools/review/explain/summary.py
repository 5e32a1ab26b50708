"""Summary of a change for a reviewer: restarts, losses and effects on users, by the rules of `rules`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Final

from tools.review.explain.hub_fields import CALLBACK
from tools.review.explain.rules import ENDS_ALL, HOSTS, LOSSES, RULES, Note, Weight, is_loss, is_of_capacity, note
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
_ORDER: Final[Mapping[Weight, int]] = {"danger": 0, "restart": 1, "notice": 2, "unknown": 3}


def heading(preview: Preview) -> str:
    """Return the number of resources by operation: `2 to create, 1 to replace; 20 unchanged`."""
    done = [found.shown_operation for found in preview.resources]
    counts = [f"{count} to {verb}" for operation, verb in VERBS.items() if (count := done.count(operation))]
    return f"{', '.join(counts) or 'no changes'}; {preview.unchanged} unchanged"


def notes(preview: Preview) -> tuple[Note, ...]:
    """Return the effects of a change, the heaviest first, each once."""
    if preview.resources and not preview.unchanged and all(one.operation == "create" for one in preview.resources):
        return (_ALL_NEW,)
    found = dict.fromkeys([*_losses(preview), *_restarts(preview), *_exports(preview), *_effects(preview)])
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
        if found.kind == "Deployment" and not is_of_capacity(found.kind, found.logical_name):
            token = any("secretKeyRef" in change.path for change in found.changes)
            otherwise = any(_ROLLING.fullmatch(change.path) for change in found.changes)
            yield _PROXY_TOKEN if token else _PROXY_UNKNOWN if otherwise else _PROXY_ROLLS


def _exports(preview: Preview) -> Iterator[Note]:
    for change in preview.exports:
        if change.path == "hub_url" and change.old is not None:
            yield note("notice", "The hub's URL changes: {old} → {new}.", old=change.old, new=change.new)
        if change.path == "oauth_callback_url":
            yield note("notice", CALLBACK, new=change.new)


def _effects(preview: Preview) -> Iterator[Note]:
    """Yield the effects by the rules, in their order, and the changes without a rule."""
    has_other_url = any(change.path == "hub_url" for change in preview.exports)
    left = [(found, change, _place(found, change)) for found in preview.resources for change in _changes(found)]
    for rule in (*([HOSTS] if has_other_url else []), *RULES):
        rest: list[tuple[Resource, Change, str]] = []
        for found, change, place in left:
            if not (re.fullmatch(rule.changes, place) and rule.holds(change)):
                rest.append((found, change, place))
            elif rule.text:
                item = change.path.rpartition(" ")[2].partition(".")[0]
                yield note(rule.weight, rule.text, name=found.name, item=item, old=change.old, new=change.new)
        left = rest
    by_resource = groupby(((found, change.path) for found, change, _ in left if not is_loss(found)), lambda one: one[0])
    unknown = tuple(_named(found, [path for _, path in group]) for found, group in by_resource)
    if unknown:
        places = ", ".join(["{}"] * len(unknown[:_MAX_UNKNOWN]))
        more = f" and {len(unknown) - _MAX_UNKNOWN} more" if len(unknown) > _MAX_UNKNOWN else ""
        text = f"The effect on users is not known for: {places}{more}."
        yield Note(weight="unknown", text=text, values=unknown[:_MAX_UNKNOWN])


def _place(found: Resource, change: Change) -> str:
    """Return the text that rules match, such as `update Service tf-hub-lb spec.type`."""
    return f"{found.shown_operation} {found.kind} {found.logical_name} {change.path}"


def _changes(found: Resource) -> Iterator[Change]:
    """Yield the changes, those in a JSON file one by one; an empty one of a resource without visible changes."""
    for change in found.changes or (Change(path="", old=None, new=None),):
        inner = resources.diff_json(change) if found.is_rolled else ()
        yield from (replace(one, path=f"{change.path} {one.path}") for one in inner)
        if not inner:
            yield change


def _named(found: Resource, paths: list[str]) -> str:
    """Return the name of changes of unknown effect: `spec.replicas of StatefulSet tf-hub`, `delete Router a`."""
    name = f"{found.shown_kind} {found.name}"
    if found.shown_operation != "update":
        return f"{found.operation} {name}"
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0]}{more} of {name}" if paths[0] else name
