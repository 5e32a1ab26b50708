"""What a change means to people: what restarts, what is lost, what they notice. Told from the objects by rules."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tools.review.explain import unknown_changes
from tools.review.log import resources
from tools.review.log.model import Change, Preview, Resource
from tools.review.show.difference import VERBS

Weight = Literal["danger", "restart", "notice", "unknown"]
"""`danger`: something may be lost or out of reach for long. `restart`: a pod. `notice`: people see something else.
`unknown`: nobody knows whether they do."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """One thing that a reviewer should know."""

    weight: Weight
    text: str
    values: tuple[str, ...] = ()
    """Names and values from the change, which `{}` in the text stand for: never trusted, and quoted where shown."""

    def told(self, quote: Callable[[str], str]) -> str:
        """Returns the text with its values, each quoted, and a long one not whole: the differences have it."""
        values = iter(value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…" for value in self.values)
        return re.sub(r"\{\}", lambda _: quote(next(values)), self.text)


_LONGEST: Final = 200
"""Characters of a value in a note."""
_MOST: Final = 5
"""So many things of which nothing is known are named."""
_HARMLESS: Final = Note(weight="notice", text="No pod restarts, and people notice nothing of it.")
_ALL_NEW: Final = Note(weight="notice", text="Everything is new: nobody uses it yet.")

_HUB_RESTARTS: Final = Note(
    weight="restart",
    text="The hub restarts: its pages do not answer for some 8 seconds. Running notebooks go on.",
)
_PROXY_ROLLS: Final = Note(
    weight="restart",
    text="The proxy is replaced by a new one, which first takes over the routes: nobody is cut off.",
)
_PROXY_UNKNOWN: Final = Note(
    weight="restart",
    text="The proxy is replaced in another way than so far: whether open notebooks are cut off is not known.",
)
_ROLLING: Final = re.compile(
    r"spec\.(strategy|replicas|minReadySeconds)\b.*|.*(\.lifecycle\.|Probe\.|\[OTHER_PROXY\]).*"
)
"""What the new proxy's taking over depends on."""
_PROXY_TOKEN: Final = Note(
    weight="restart",
    text="Hub and proxy restart with a new token: open notebooks are cut off for some seconds, and go on.",
)

_LOSSES: Final = {
    "kubernetes": "every Kubernetes object is replaced",
    "Cluster": "hub and notebooks are gone, and volumes with them",
    "Namespace": "everything in it goes too, volumes included",
    "PersistentVolumeClaim": "what is on the volume is lost, unless it is kept",
    "DatabaseInstance": "users, tokens and running servers are forgotten",
    "Database": "users, tokens and running servers are forgotten",
    "Bucket": "what is in it is gone",
    "Repository": "the images in it are gone",
    "Address": "people reach the hub at another address, and DNS has to follow",
    "GlobalAddress": "people reach the hub at another address, and DNS has to follow",
    "StatefulSet": "the hub is down until the new one runs",
    "Deployment": "all open notebooks and pages are cut off until the new proxy runs",
    "ServiceAccount": "running notebooks that it owns are ended",
    "Network": "the cluster in it is replaced as well",
    "Subnetwork": "the cluster in it is replaced as well",
    "NodePool": "what runs on its nodes is moved or ended",
    "Service": "what is behind it is out of reach, unless a new one takes its place",
    "Gateway": "people do not reach the hub until a new one serves its name",
    "HTTPRoute": "people do not reach the hub by it, unless a new one takes its place",
    "ManagedZone": "its names lead nowhere, and the new one has other name servers",
    "RecordSet": "its name leads nowhere, unless a new one takes its place",
    "Certificate": "https does not work until the new one is issued",
}
"""What it means that one of these kinds is replaced or deleted, the worst first."""
_ENDS_ALL: Final = {"kubernetes", "Cluster", "Namespace"}
"""Kinds beside whose loss a restart is not worth telling."""

_REGISTER: Final = "The OAuth app, if there is one, must be registered with the callback URL {}."
_FILE_RULES: Final[tuple[tuple[str, str], ...]] = (
    (r"sign_in\.type", "People sign in another way: {old} → {new}."),
    (r"sign_in\.callback_url", _REGISTER.replace("{}", "{new}")),
    (
        r"sign_in\.(allowed|admin|blocked)_users.*|sign_in\.allow_all|sign_in\.github\.organizations.*",
        "Who may sign in, or is an admin, changes.",
    ),
    (r"sign_in\.session_hours", "People have to sign in again after {new} hours (so far {old})."),
    (r"sign_in\..*", "Sign-in changes."),
    (r"image", "The spawn form proposes the image {new} first (so far {old})."),
    (r"images.*|allowed_images.*", "The images that people may choose change."),
    (r"(cpu|memory|additional_resources)\b.*", "The sizes that people may choose change."),
    (r"home_size", "Homes have {new} (so far {old}); smaller ones grow when their server starts, none shrinks."),
    (r"home_storage_class", "New homes are on another class of storage; those that are there stay as they are."),
    (r"database_url", "The hub keeps its users and tokens elsewhere: those of before are not there."),
    (r"keep_homes", "Whether homes outlive their users changes: {old} → {new}."),
    (r"idle_minutes", "Idle servers are stopped after {new} minutes (so far {old}; 0 is never)."),
    (r"start_timeout_seconds", "A server may take {new} seconds to start (so far {old})."),
)
"""What people notice of `hub.json`, by the path in it. The first that fits counts."""


def notes(preview: Preview) -> tuple[Note, ...]:
    """Returns what a reviewer should know, the heaviest first, each once."""
    order: dict[Weight, int] = {"danger": 0, "restart": 1, "notice": 2, "unknown": 3}
    if preview.resources and not preview.unchanged and all(one.operation == "create" for one in preview.resources):
        return (_ALL_NEW,)
    found = dict.fromkeys(note for rule in _RULES for note in rule(preview))
    if any(is_heavy(one) and one.kind in _ENDS_ALL and not one.retained for one in preview.resources):
        found = {note: None for note in found if note.weight not in {"restart", "unknown"}}
    if _PROXY_TOKEN in found:
        found = {note: None for note in found if note not in {_HUB_RESTARTS, _PROXY_ROLLS}}
    if preview.resources and not found:
        return (_HARMLESS,)
    return tuple(sorted(found, key=lambda note: (order[note.weight], note is not _HUB_RESTARTS)))


def _unknown(preview: Preview) -> Iterator[Note]:
    found = unknown_changes.unknown(preview, _is_told, filter(is_heavy, preview.resources))
    if found:
        places = ", ".join(["{}"] * len(found[:_MOST]))
        more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
        yield Note(
            weight="unknown", text=f"What people notice of these is not known: {places}{more}.", values=found[:_MOST]
        )


def _losses(preview: Preview) -> Iterator[Note]:
    worst_first = list(_LOSSES)
    for found in sorted(filter(is_heavy, preview.resources), key=lambda one: worst_first.index(one.kind)):
        refused = " Pulumi refuses that, as it is protected." if found.protected else ""
        if found.retained and found.operation == "delete":
            text = f"{found.kind} {{}} stays, but the stack knows it no more."
            yield Note(weight="notice", text=f"{text}{refused}", values=(found.name,))
            continue
        done = "replaced" if found.operation == "replace" else "deleted"
        lost = "the old one stays, but the stack knows it no more" if found.retained else _LOSSES[found.kind]
        text = f"{found.kind} {{}} is {done}: {lost}.{refused}"
        yield Note(weight="danger", text=text, values=(found.name,))


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


def _images(preview: Preview) -> Iterator[Note]:
    for found in preview.resources:
        for change in found.changes:
            if found.operation == "update" and re.fullmatch(
                r"spec\.template\.spec\.containers\[.*\]\.image", change.path
            ):
                part = "hub" if found.kind == "StatefulSet" else "proxy"
                text = f"The {part} runs another image: {{}} → {{}}."
                yield Note(weight="notice", text=text, values=(str(change.old), str(change.new)))


def _files(preview: Preview) -> Iterator[Note]:
    for found in preview.resources:
        if found.operation != "replace":
            continue
        changed = found.files
        for change in changed:
            for inner in resources.diff_json(change):
                yield from _of_setting(inner)
        if any(change.path == "data[extra_config.py]" for change in changed):
            yield Note(weight="notice", text="The operator's own Python (hub.extraConfig) changes.")
        code = [change for change in changed if re.search(r"\.(py|html)\]$", change.path)]
        own = sum(change.path != "data[extra_config.py]" for change in code)
        if own:
            files = "1 file" if own == 1 else f"{own} files"
            yield Note(weight="unknown", text=f"The hub's code changes, in {files}: what people notice, its diff says.")


def _is_told(path: str) -> bool:
    return any(re.fullmatch(pattern, path) for pattern, _ in _FILE_RULES) or path == "extra_config"


def _of_setting(change: Change) -> Iterator[Note]:
    for pattern, text in _FILE_RULES:
        if re.fullmatch(pattern, change.path):
            values = {"old": _value(change.old), "new": _value(change.new)}
            used = tuple(values[name] for name in re.findall(r"\{(old|new)\}", text))
            yield Note(weight="notice", text=re.sub(r"\{(old|new)\}", "{}", text), values=used)
            return


def _tokens(preview: Preview) -> Iterator[Note]:
    for found in preview.resources:
        if found.kind == "Token" and found.operation == "update" and found.name.endswith("-cookie"):
            yield Note(weight="notice", text="Everybody has to sign in anew.")


def _cluster(preview: Preview) -> Iterator[Note]:
    for found in preview.resources:
        for change in found.changes:
            if found.type == "pulumi:providers:kubernetes" and change.path == "context":
                where = "The objects go to the cluster of another context: {} → {}."
                text = f"{where} If it is another cluster, a new hub begins there."
                yield Note(weight="danger", text=text, values=(_value(change.old), _value(change.new)))


def _way_in(preview: Preview) -> Iterator[Note]:
    for change in preview.exports:
        if change.path == "hub_url" and change.old is not None:
            yield Note(
                weight="notice", text="The hub's URL changes: {} → {}.", values=(_value(change.old), _value(change.new))
            )
        if change.path == "oauth_callback_url":
            yield Note(
                weight="notice",
                text="The OAuth app, if there is one, must be registered with the callback URL {}.",
                values=(_value(change.new),),
            )
    for found in preview.resources:
        if found.kind == "Service" and found.operation == "update":
            paths = {change.path.partition("[")[0] for change in found.changes}
            if "spec.loadBalancerSourceRanges" in paths:
                yield Note(weight="notice", text="From where the hub may be reached changes.")
            for change in found.changes:
                if change.path == "spec.loadBalancerIP":
                    text = "Service {} is at another address, and DNS has to follow: {} → {}."
                    yield Note(weight="notice", text=text, values=(found.name, _value(change.old), _value(change.new)))
            if "spec.type" in paths:
                yield Note(
                    weight="danger",
                    text="Service {} is of another type: people may lose their way to the hub.",
                    values=(found.name,),
                )


def _limits(preview: Preview) -> Iterator[Note]:
    for found in preview.resources:
        if found.kind == "ResourceQuota":
            yield Note(weight="notice", text="What all notebooks together may use changes.")
        if found.kind == "PersistentVolumeClaim" and found.operation == "update":
            for change in found.changes:
                if change.path == "spec.resources.requests.storage":
                    values = (found.name, _value(change.old), _value(change.new))
                    if unknown_changes.is_more(change):
                        text = "The volume {} grows: {} → {}. It cannot be made smaller again."
                        yield Note(weight="notice", text=text, values=values)
                    else:
                        text = "The volume {} would shrink: {} → {}. Kubernetes refuses that, and so the `up` fails."
                        yield Note(weight="danger", text=text, values=values)


_RULES: Final[tuple[Callable[[Preview], Iterator[Note]], ...]] = (
    _losses,
    _cluster,
    _restarts,
    _way_in,
    _tokens,
    _files,
    _images,
    _limits,
    _unknown,
)


def heading(preview: Preview) -> str:
    """Returns how many resources become what: `2 to create, 1 to replace; 20 stay`."""
    done = ["update" if found.is_rolled else found.operation for found in preview.resources]
    told = [f"{count} to {verb}" for operation, verb in VERBS.items() if (count := done.count(operation))]
    return f"{', '.join(told) or 'nothing changes'}; {preview.unchanged} stay as they are"


def is_heavy(found: Resource) -> bool:
    """Whether something may be lost with this resource."""
    owns_notebooks = found.kind != "ServiceAccount" or found.name == "notebooks"
    is_of_google = found.type.startswith("gcp:projects/")  # whose Service is one of Google's
    return found.operation in {"replace", "delete"} and found.kind in _LOSSES and owns_notebooks and not is_of_google


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)
