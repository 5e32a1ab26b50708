"""The connections that the NetworkPolicies of a stack allow, as cyclonus evaluates them.

`python -m tests.policy.connectivity` prints the table of docs/network.md.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from components.metadata import selector
from hub.contract import HUB_PORT, IDENTITY_LABEL, NOTEBOOK_PORT, PROXY_API_PORT, PROXY_PORT
from tests.doubles.monitor import Record
from tests.manifests import manifest
from tests.stacks import CLOUD_SQL, GATEWAY, record_gke, settings_with
from tools import toolchain
from tools.review.offline.outputs import ADDRESS

STACK: Final = (
    GATEWAY,
    CLOUD_SQL,
    {
        "identity.notebooks": [
            {"name": "ada", "googleServiceAccount": "ada-data@my-project-123.iam.gserviceaccount.com", "users": ["ada"]}
        ],
        "notebook.egress": [
            {"range": "10.20.0.0/16", "ports": [5432]},
            {"namespace": "mlflow", "pods": {"app": "mlflow"}, "ports": [5000]},
        ],
    },
)
"""Changes of the stack of the table: a Gateway, Cloud SQL, an identity of one user, and destinations."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One end of a connection: a pod, or an address without one."""

    ip: str
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def peer(self) -> dict[str, Any]:
        """The form of cyclonus."""
        if self.namespace is None:
            return {"IP": self.ip}
        of_namespace = {"kubernetes.io/metadata.name": self.namespace}
        pod = {"Namespace": self.namespace, "NamespaceLabels": of_namespace, "PodLabels": dict(self.labels)}
        return {"IP": self.ip, "Internal": pod}


_HUB, _NOTEBOOKS = "jupyterhub", "jupyterhub-notebooks"
_SETTINGS: Final = settings_with()
_SERVER: Final = {"component": "singleuser-server"}
_PROXY: Final = Place(ip="10.4.0.3", namespace=_HUB, labels=selector(_SETTINGS, "proxy"))
_OF_HUB: Final = Place(ip="10.4.0.4", namespace=_HUB, labels=selector(_SETTINGS, "hub"))
_DATABASE: Final = "10.0.0.9"
"""Address in the subnet, in place of the recorded one, which is public."""
_OTHER_SERVER: Final = Place(ip="10.4.1.9", namespace=_NOTEBOOKS, labels=_SERVER)

SOURCES: Final[Mapping[str, Place]] = {
    "notebook": Place(ip="10.4.1.1", namespace=_NOTEBOOKS, labels=_SERVER),
    "notebook with an identity": Place(
        ip="10.4.1.2", namespace=_NOTEBOOKS, labels={**_SERVER, IDENTITY_LABEL: "notebooks-ada"}
    ),
    "proxy": _PROXY,
    "hub": _OF_HUB,
    "another pod": Place(ip="10.4.2.1", namespace="default", labels={"app": "web"}),
    "load balancer": Place(ip="35.191.0.1"),
}
DESTINATIONS: Final[Mapping[str, tuple[Place, int, str]]] = {
    "another notebook, its server": (_OTHER_SERVER, NOTEBOOK_PORT, "TCP"),
    "another notebook, other ports": (_OTHER_SERVER, 5000, "TCP"),
    "hub": (_OF_HUB, HUB_PORT, "TCP"),
    "proxy, the public port": (_PROXY, PROXY_PORT, "TCP"),
    "proxy, its API": (_PROXY, PROXY_API_PORT, "TCP"),
    "kube-dns": (Place(ip="10.4.0.9", namespace="kube-system", labels={"k8s-app": "kube-dns"}), 53, "UDP"),
    "NodeLocal DNSCache": (Place(ip="169.254.20.10"), 53, "UDP"),
    "Cloud DNS": (Place(ip="169.254.169.254"), 53, "UDP"),
    "metadata server": (Place(ip="169.254.169.254"), 80, "TCP"),
    "Kubernetes' API": (Place(ip="10.0.0.2"), 443, "TCP"),
    "kubelet of a node": (Place(ip="10.0.0.7"), 10250, "TCP"),
    "database of the hub": (Place(ip=_DATABASE), 5432, "TCP"),
    "private network, in `notebook.egress`": (Place(ip="10.20.0.7"), 5432, "TCP"),
    "private network, port 443": (Place(ip="192.168.7.7"), 443, "TCP"),
    "private network, other ports": (Place(ip="192.168.7.7"), 22, "TCP"),
    "pods in `notebook.egress`": (Place(ip="10.4.3.1", namespace="mlflow", labels={"app": "mlflow"}), 5000, "TCP"),
    "other pods": (Place(ip="10.4.3.2", namespace="default", labels={"app": "web"}), 80, "TCP"),
    "internet, port 443": (Place(ip="8.8.4.4"), 443, "TCP"),
    "internet, other ports": (Place(ip="8.8.4.4"), 22, "TCP"),
}
"""By name: place, port of the pod, and protocol."""


def connections(of: Record) -> Mapping[tuple[str, str], bool]:
    """Return for each source and destination whether the policies of a stack allow the connection.

    Raises:
        ToolError: Go is missing, or the build of cyclonus failed.
    """
    toolchain.build(toolchain.CYCLONUS)
    pairs = {
        (source, destination): {
            "Source": SOURCES[source].peer,
            "Destination": place.peer,
            "ResolvedPort": port,
            "ResolvedPortName": "",
            "Protocol": protocol,
        }
        for source in SOURCES
        for destination, (place, port, protocol) in DESTINATIONS.items()
    }
    policies = {"kind": "NetworkPolicyList", "items": [manifest(one) for one in of.of("NetworkPolicy")]}
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.json" for name in ("policies", "traffic")}
        files["policies"].write_text(json.dumps(policies).replace(ADDRESS, _DATABASE))
        files["traffic"].write_text(json.dumps([*pairs.values()]))
        command = [
            toolchain.CYCLONUS.programs / "cyclonus",
            *("analyze", "--mode", "query-traffic"),
            *("--policy-path", files["policies"], "--traffic-path", files["traffic"]),
        ]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    allowed = [found == "TRUE" for found in re.findall(r"IS ALLOWED\? \|\s+(TRUE|FALSE)\s", answer)]
    return dict(zip(pairs, allowed, strict=True))


def table(of: Record) -> str:
    """Return the connections as a table in Markdown."""
    found = connections(of)
    lines = [f"| to | from {' | '.join(SOURCES)} |", f"| --- |{' :---: |' * len(SOURCES)}"]
    for destination in DESTINATIONS:
        cells = [_cell(source, destination, allowed=found[source, destination]) for source in SOURCES]
        lines.append(f"| {destination} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(source: str, destination: str, *, allowed: bool) -> str:
    ends = (SOURCES[source], DESTINATIONS[destination][0])
    if not any(place.namespace in {_HUB, _NOTEBOOKS} for place in ends):
        return ""  # not the stack's
    return "yes" if allowed else "-"


if __name__ == "__main__":
    print(table(record_gke(*STACK)))
