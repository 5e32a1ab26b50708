"""Tables of the summary: the effect of a change on users, by kind of resource, by input, and by setting of the hub."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from tools.review.log.model import Resource

Weight = Literal["danger", "restart", "notice", "unknown"]
"""`danger`: data may be lost, or the hub is unreachable for long. `restart`: a pod restarts. `notice`: users see a
change. `unknown`: the effect on users is not known."""

_MAX_LENGTH: Final = 200
"""Characters of a value in a note; the differences show the rest."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """One effect of a change."""

    weight: Weight
    text: str
    values: tuple[str, ...] = ()
    """Values for each `{}` in the text. Untrusted: they are quoted where they are shown."""

    def render(self, quote: Callable[[str], str]) -> str:
        """Return the text with its values, each shortened and quoted."""
        values = iter(value if len(value) <= _MAX_LENGTH else f"{value[:_MAX_LENGTH]}…" for value in self.values)
        return re.sub(r"\{\}", lambda _: quote(next(values)), self.text)


def note(weight: Weight, text: str, **values: object) -> Note:
    """Return a note with values.

    Args:
        weight: Its weight.
        text: The text, with the names of values in braces: `{old} → {new}`.
        values: The values by name.
    """
    used = tuple(_shown(values[name]) for name in re.findall(r"\{(\w+)\}", text))
    return Note(weight=weight, text=re.sub(r"\{\w+\}", "{}", text), values=used)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)


LOSSES: Final = {
    "kubernetes": "every Kubernetes object is replaced",
    "Cluster": "hub and notebooks are deleted, with their volumes",
    "Namespace": "everything in it is deleted, volumes included",
    "PersistentVolumeClaim": "the data on the volume is lost, unless the volume is retained",
    "DatabaseInstance": "the hub loses its users, tokens and running servers",
    "Database": "the hub loses its users, tokens and running servers",
    "Bucket": "its content is deleted",
    "Repository": "its images are deleted",
    "Address": "the hub gets another IP address; update DNS",
    "GlobalAddress": "the hub gets another IP address; update DNS",
    "StatefulSet": "the hub is down until the new one runs",
    "Deployment": "all open notebooks and pages are disconnected until the new proxy runs",
    "ServiceAccount": "the running notebooks that it owns are deleted",
    "Network": "the cluster in it is replaced as well",
    "Subnetwork": "the cluster in it is replaced as well",
    "NodePool": "the pods on its nodes are evicted, notebooks included",
    "Service": "its pods are unreachable, unless another Service selects them",
    "Gateway": "the hub is unreachable until a new Gateway serves its host name",
    "HTTPRoute": "the hub is unreachable through it, unless another route serves the host name",
    "ManagedZone": "its names do not resolve, and a new zone has other name servers",
    "RecordSet": "its name does not resolve, unless another record has it",
    "Certificate": "https does not work until a new certificate is issued",
}
"""By kind, the effect of a replacement or deletion; the worst first."""
ENDS_ALL: Final = {"kubernetes", "Cluster", "Namespace"}
"""Kinds whose loss makes restarts irrelevant."""


def is_loss(found: Resource) -> bool:
    """Return whether something may be lost with this resource."""
    if found.kind == "ServiceAccount" and found.name != "notebooks":
        return False
    is_google_api = found.type.startswith("gcp:projects/")  # its kind is Service too
    return found.operation in {"replace", "delete"} and found.kind in LOSSES and not is_google_api


class ChangeRule(NamedTuple):
    """The effect of one input that changes in place."""

    kind: str
    path: str
    """Regular expression."""
    weight: Weight
    text: str
    """With `{name}` of the resource, and the values `{old}` and `{new}`."""


_IMAGE: Final = r"spec\.template\.spec\.containers\[.*\]\.image"
CHANGES: Final = (
    ChangeRule(
        "kubernetes",
        r"context",
        "danger",
        "The objects move to the cluster of another kubeconfig context: {old} → {new}. "
        "In another cluster, a new hub is created.",
    ),
    ChangeRule(
        "Service", r"spec\.loadBalancerSourceRanges\b.*", "notice", "The IP ranges that can reach the hub change."
    ),
    ChangeRule(
        "Service",
        r"spec\.loadBalancerIP",
        "notice",
        "Service {name} gets another IP address: {old} → {new}. Update DNS.",
    ),
    ChangeRule(
        "Service", r"spec\.type", "danger", "The type of Service {name} changes: the hub may become unreachable."
    ),
    ChangeRule("StatefulSet", _IMAGE, "notice", "The image of the hub changes: {old} → {new}."),
    ChangeRule("Deployment", _IMAGE, "notice", "The image of the proxy changes: {old} → {new}."),
)
"""The first that matches counts for an input."""

CALLBACK: Final = "Register the callback URL {new} in the OAuth app, if there is one."
SETTINGS: Final[tuple[tuple[str, str], ...]] = (
    (r"sign_in\.type", "The sign-in type changes: {old} → {new}."),
    (r"sign_in\.callback_url", CALLBACK),
    (
        r"sign_in\.(allowed|admin|blocked)_users.*|sign_in\.allow_all|sign_in\.github\.organizations.*",
        "The users who may sign in, or the admins, change.",
    ),
    (r"sign_in\.session_hours", "Users have to sign in again after {new} hours (before: {old})."),
    (r"sign_in\..*", "The sign-in settings change."),
    (r"image", "The spawn form preselects the image {new} (before: {old})."),
    (r"images.*|allowed_images.*", "The images that users can choose change."),
    (r"(cpu|memory|additional_resources)\b.*", "The sizes that users can choose change."),
    (
        r"home_size",
        "Homes have {new} (before: {old}); smaller ones are expanded at the next start, none shrinks.",
    ),
    (r"home_storage_class", "New homes use another StorageClass; existing ones stay as they are."),
    (r"database_url", "The hub uses another database: users and tokens of the old one are not in it."),
    (r"keep_homes", "Keeping the homes of deleted users changes: {old} → {new}."),
    (r"idle_minutes", "Idle servers are stopped after {new} minutes (before: {old}; 0 = never)."),
    (r"start_timeout_seconds", "A server has {new} seconds to start (before: {old})."),
)
"""By path in `hub.json` (a regular expression), the effect of a change. The first that matches counts."""


def setting_text(path: str) -> str | None:
    """Return the effect of a change of a value of `hub.json`; None if it is not known."""
    return next((text for pattern, text in SETTINGS if re.fullmatch(pattern, path)), None)
