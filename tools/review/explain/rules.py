"""Tables of the summary: the effect of a change on users, by kind of resource and by input."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from components.metadata import MARK
from hub.contract import COOKIE_SECRET_VARIABLE, CRYPT_KEY_VARIABLE
from settings.types import quantity
from tools.review.explain.hub_fields import HUB_FIELDS
from tools.review.log.model import Change, Resource

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
        short = (value if len(value) <= _MAX_LENGTH else f"{value[:_MAX_LENGTH]}…" for value in self.values)
        return self.text.format(*map(quote, short))


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
    "BackupPlan": "its schedule and its backups stay in Google Cloud, and are charged",
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
    "Ingress": "the hub is unreachable through it, unless something else exposes it",
    "HTTPRoute": "the hub is unreachable through it, unless another route serves the host name",
    "ManagedZone": "its names do not resolve, and a new zone has other name servers",
    "RecordSet": "its name does not resolve, unless another record has it",
    "Certificate": "https does not work until a new certificate is issued",
}
"""By kind, the effect of a replacement or deletion; the worst first."""
_OF_CAPACITY: Final = r"(Deployment|DaemonSet|PriorityClass) \S+-capacity-\S+"
"""Kind and logical name of placeholders and pulls of images."""
ENDS_ALL: Final = {"kubernetes", "Cluster", "Namespace"}
"""Kinds whose loss makes restarts irrelevant."""


def is_of_capacity(kind: str, logical_name: str) -> bool:
    """Return whether a resource is one of the placeholders or pulls of images, which nobody uses."""
    return re.fullmatch(_OF_CAPACITY, f"{kind} {logical_name}") is not None


def is_loss(found: Resource) -> bool:
    """Return whether something may be lost with this resource."""
    if is_of_capacity(found.kind, found.logical_name):
        return False
    if found.kind == "ServiceAccount" and found.name != "notebooks":
        return False
    is_google_api = found.type.startswith("gcp:projects/")  # its kind is Service too
    return found.operation in {"replace", "delete"} and found.kind in LOSSES and not is_google_api


def _grows(change: Change) -> bool:
    """Return whether a quantity does not decrease."""
    try:
        return quantity.parse(str(change.old)) <= quantity.parse(str(change.new))
    except ValueError:
        return False


class Rule(NamedTuple):
    """The effect of some changes."""

    changes: str
    """Regular expression for operation, kind, logical name and path: `update Service tf-hub-lb spec.type`. A new
    ConfigMap or Secret with other content is an update, and a path in `hub.json` follows that of the file."""
    weight: Weight = "notice"
    text: str = ""
    """With `{name}` of the resource, the `{item}` of a list that changes, and the values `{old}` and `{new}`. Empty:
    users notice nothing, or there is another note."""
    holds: Callable[[Change], bool] = lambda _: True
    """Whether the rule holds for a value."""


_WORKLOAD: Final = r"update (StatefulSet|Deployment) \S+ spec\.template\.spec\."
_SIZE: Final = r"update PersistentVolumeClaim \S+ spec\.resources\.requests\.storage"
HOSTS: Final = Rule(
    r"update (Gateway|HTTPRoute|Ingress) \S+ "
    r"spec\.(listeners\[.*\]\.hostname|hostnames\[.*\]|rules\[.*\]\.host|tls\[.*\]\.hosts\b.*)"
)
"""Host names of the hub, which are noted with its URL."""
RULES: Final = (
    Rule(
        r"create (Account|Address|ConfigMap|GlobalAddress|Namespace|NodePool|PersistentVolumeClaim|Repository|Secret"
        r"|ServiceAccount|StorageClass|Token) .*"
    ),
    Rule(r"update \S+ \S+ metadata\.labels\[app\.kubernetes\.io/.*\]"),  # selects nothing: pods have their own
    Rule(rf"update \S+ \S+ metadata\.annotations\[{re.escape(MARK)}\]"),
    Rule(r"update Token \S+-cookie .*", "notice", "All users have to sign in again."),
    # Data encrypted with the last key can still be read; the pods that read the proxy's token restart.
    Rule(r"update Token \S+-(crypt-key|proxy-token) .*"),
    Rule(rf"update Secret (\S+-proxy-token .*|\S+ data\.({COOKIE_SECRET_VARIABLE}|{CRYPT_KEY_VARIABLE}))"),
    Rule(r"update ConfigMap \S+ data\[hub\.json\] folders"),  # an empty list; its items follow
    *(
        Rule(rf"update ConfigMap \S+ data\[hub\.json\] {re.escape(field)}\b.*", "notice", text)
        for field, text in HUB_FIELDS.items()
    ),
    Rule(
        r"update Secret \S+-notebooks-environment .*",
        "notice",
        "Servers that start afterwards have other values of secret environment variables.",
    ),
    Rule(r"update ConfigMap \S+ data\[extra_config\.py\]", "notice", "The Python code in hub.extraConfig changes."),
    Rule(r"\w+ ConfigMap \S+-pages-announcement .*", "notice", "The announcement on the pages of the hub changes."),
    Rule(r"update ConfigMap \S+-pages-files .*", "notice", "Logo or templates of the hub's pages change."),
    Rule(
        r"update ConfigMap \S+ data\[.*\.(py|html)\]",
        "unknown",
        "The hub's code changes: see the diff for the effect on users.",
    ),
    Rule(
        r"(update|replace) kubernetes \S+ context",
        "danger",
        "Another kubeconfig context is used: {old} → {new}. If it leads to another cluster, `pulumi up` fails and "
        "changes nothing.",
    ),
    Rule(
        r"update Cluster \S+ maintenancePolicy\b.*",
        "notice",
        "The maintenance windows change. GKE upgrades the nodes in them: running servers are stopped then.",
    ),
    Rule(
        r"update Service \S+ spec\.loadBalancerSourceRanges\b.*",
        "notice",
        "The IP ranges that can reach the hub change.",
    ),
    Rule(
        r"update Service \S+ spec\.loadBalancerIP",
        "notice",
        "Service {name} gets another IP address: {old} → {new}. Update DNS.",
    ),
    Rule(
        r"update Service \S+ spec\.type",
        "danger",
        "The type of Service {name} changes: the hub may become unreachable.",
    ),
    Rule(
        rf"\w+ {_OF_CAPACITY} .*",
        "notice",
        "The spare capacity or the pre-pulled images change. Running servers stay.",
    ),
    Rule(
        r"update StatefulSet \S+ spec\.template\.spec\.containers\[.*\]\.image",
        "notice",
        "The image of the hub changes: {old} → {new}. A newer JupyterHub upgrades the database at its first start, and "
        "an older one then refuses it: make a backup before.",
    ),
    Rule(
        r"update Deployment \S+ spec\.template\.spec\.containers\[.*\]\.image",
        "notice",
        "The image of the proxy changes: {old} → {new}.",
    ),
    # References to objects whose own change is explained.
    Rule(rf"{_WORKLOAD}volumes\[.*\]\.(configMap\.name|secret\.secretName)"),
    Rule(rf"{_WORKLOAD}containers\[.*\]\.env\[.*\]\.valueFrom\.(secretKeyRef|configMapKeyRef)\.name"),
    Rule(rf"{_WORKLOAD}containers\[.*\]\.envFrom\[.*\]\.(secretRef|configMapRef)\.name"),
    Rule(rf"{_WORKLOAD}containers\[.*\]\.imagePullPolicy"),
    Rule(rf"{_WORKLOAD}containers\[.*\]\.resources\..*", holds=_grows),
    Rule(_SIZE, "notice", "The volume {name} is expanded: {old} → {new}. It cannot shrink again.", _grows),
    Rule(
        _SIZE,
        "danger",
        "The volume {name} would shrink: {old} → {new}. Kubernetes rejects that, so `pulumi up` fails.",
    ),
    Rule(r"\w+ (PrometheusRule|Rules) \S+-monitoring-rules .*", "notice", "The alert rules of the hub change."),
    Rule(r"\w+ \w+ \S+-monitoring-(token|role|binding|pods|check)\b.*"),  # only what reads the metrics uses them
    Rule(
        r"update Cluster \S+ monitoringConfig\b.*",
        "notice",
        "Google's collectors of metrics start or stop on the nodes, where they take some memory.",
    ),
    Rule(r"\w+ ResourceQuota .*", "notice", "The resource quota of all notebooks changes."),
    Rule(
        r"\w+ NetworkPolicy .*",
        "notice",
        "Who may connect to whom changes, also for running notebooks: see the diff of the policies.",
    ),
    Rule(
        r"update (Ingress|HTTPRoute|Service) \S+ metadata\.annotations\b.*",
        "notice",
        "An annotation for the controller in front of the hub changes.",
    ),
    Rule(
        r"update (Ingress \S+ spec\.ingressClassName|HTTPRoute \S+ spec\.parentRefs\b.*)",
        "notice",
        "Another controller or Gateway leads to the hub: its address may be another one. Update DNS.",
    ),
    Rule(rf"{_WORKLOAD}containers\[.*\]\.env\[HUB_ROUTE\].*"),  # goes with base_url
)
"""The first that matches counts for a change. The effect of a change without a rule is not known."""
