"""The pictures of the documentation as graphs, read from what the program registers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.monitor import Record, Registration

_FONT = {"fontname": "Helvetica", "fontsize": 11}


@dataclass
class Graph:
    """A directed graph, with its nodes in groups."""

    attributes: Mapping[str, object] = field(default_factory=dict[str, object])
    """Attributes of Graphviz."""
    groups: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    """By title of the group, the class of each node by its label; the group without a title has no frame."""
    edges: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict[tuple[str, str], tuple[str, str]])
    """By their ends, class and label of the edges."""

    def add(self, group: str, label: str, kind: str) -> None:
        """Add a node."""
        self.groups.setdefault(group, {})[label] = kind

    def connect(self, source: str, target: str, kind: str, label: str = "") -> None:
        """Add an edge, or another label to the one that is there, unless it is a loop."""
        if source != target:
            former = self.edges.get((source, target), ("", ""))[1]
            labels = {*former.split(", "), *label.split(", ")} - {""}
            self.edges[source, target] = (kind, ", ".join(sorted(labels, key=lambda text: (text.isdigit(), text))))

    def viz(self) -> dict[str, Any]:
        """Return the graph in the format of viz.js, in an order that does not depend on that of the registrations."""
        groups = [
            {
                "name": f"cluster_{number}" if title else "outside",
                "graphAttributes": {"label": title, "class": "group"},
                "nodes": [{"name": label, "attributes": {"class": kind}} for label, kind in sorted(nodes.items())],
            }
            for number, (title, nodes) in enumerate(sorted(self.groups.items()))
        ]
        edges = [
            {"tail": source, "head": target, "attributes": {"class": kind, "label": label}}
            for (source, target), (kind, label) in sorted(self.edges.items())
        ]
        return {
            "graphAttributes": {**_FONT, "bgcolor": "transparent", "nodesep": 0.25, **self.attributes},
            "nodeAttributes": {**_FONT, "shape": "box", "style": "rounded,filled", "height": 0.4, "margin": "0.2,0.08"},
            "edgeAttributes": {**_FONT, "fontsize": 9, "arrowsize": 0.7},
            "subgraphs": groups,
            "edges": edges,
        }


_WORKLOADS = ("Deployment", "StatefulSet")
_SHOWN = {*_WORKLOADS, "Service", "PersistentVolumeClaim", "ConfigMap", "Secret", "Gateway"}
_BROWSER = "browser"
_SERVERS = "notebook servers\na pod per person"
_HOMES = "homes\na claim per person"
_CREATED = {"pods": _SERVERS, "persistentvolumeclaims": _HOMES}
"""What the hub creates, by the resource in its Role."""

_Edge = tuple[str, str, str, str]
"""Source, target, class and label."""


def objects(of: Record) -> Graph:
    """Return the objects of a hub, with connections, what pods read, and what the hub creates."""
    graph = Graph({"ranksep": 0.45, "newrank": True})
    graph.add("", _BROWSER, "person")
    for one in sorted(of.kubernetes, key=lambda one: one.urn):  # the class of an edge is that of its last object
        if one.kind in _SHOWN:
            kind = "workload" if one.kind in _WORKLOADS else "object"
            graph.add(f"namespace {_place(one)[0]}", _label(one), kind)
        for edge in _EDGES[one.kind](of, one) if one.kind in _EDGES else ():
            graph.connect(*edge)
    notebooks = f"namespace {_place(of.one('Role'))[0]}"
    graph.add(notebooks, _SERVERS, "workload")
    graph.add(notebooks, _HOMES, "object")
    graph.connect(_SERVERS, _HOMES, "reads")
    return graph


def _of_pods(of: Record, one: Registration) -> Iterator[_Edge]:
    """Yield the objects that the pods of a controller read, from volumes and variables."""
    pod = one.inputs["spec"]["template"]["spec"]
    names = [
        (kind, volume[part][key])
        for volume in pod["volumes"]
        for part, kind, key in (
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
            ("persistentVolumeClaim", "PersistentVolumeClaim", "claimName"),
        )
        if part in volume
    ]
    variables = [variable.get("valueFrom", {}) for container in pod["containers"] for variable in container["env"]]
    names += [("Secret", source["secretKeyRef"]["name"]) for source in variables if "secretKeyRef" in source]
    for kind, name in names:
        for found in of.of(kind):
            if _place(found) == (_place(one)[0], name):
                yield _label(one), _label(found), "reads", ""


def _of_service(of: Record, one: Registration) -> Iterator[_Edge]:
    spec = one.inputs["spec"]
    for pods in _selected(of, _place(one)[0], spec["selector"]):
        yield _label(one), pods, "traffic", _ports(spec["ports"], "targetPort")


def _of_gateway(_of: Record, one: Registration) -> Iterator[_Edge]:
    yield _BROWSER, _label(one), "traffic", _ports(one.inputs["spec"]["listeners"], "port")


def _of_route(of: Record, one: Registration) -> Iterator[_Edge]:
    spec = one.inputs["spec"]
    for backend in (backend for rule in spec["rules"] for backend in rule.get("backendRefs", ())):
        gateway = of.one("Gateway", spec["parentRefs"][0]["name"])
        yield _label(gateway), _label(of.one("Service", backend["name"])), "traffic", ""


def _of_policy(of: Record, one: Registration) -> Iterator[_Edge]:
    """Yield the connections between pods that a NetworkPolicy opens to the pods that it selects."""
    spec = one.inputs["spec"]
    for rule in spec.get("ingress", ()):
        for peer in rule.get("from", ()):
            other = peer.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name", "")
            for source in _selected(of, other, peer.get("podSelector", {}).get("matchLabels", {})):
                for target in _selected(of, _place(one)[0], spec["podSelector"].get("matchLabels", {})):
                    yield source, target, "traffic", _ports(rule["ports"], "port")


def _of_binding(of: Record, one: Registration) -> Iterator[_Edge]:
    """Yield what the pods with a role create."""
    role = of.one("Role", one.inputs["roleRef"]["name"])
    accounts = [account["name"] for account in one.inputs["subjects"]]
    for rule in role.inputs["rules"]:
        for resource in rule["resources"] if "create" in rule["verbs"] else ():
            for workload in (found for kind in _WORKLOADS for found in of.of(kind)):
                if workload.inputs["spec"]["template"]["spec"]["serviceAccountName"] in accounts:
                    yield _label(workload), _CREATED[resource], "creates", "creates"


_EDGES: Mapping[str, Callable[[Record, Registration], Iterator[_Edge]]] = {
    **dict.fromkeys(_WORKLOADS, _of_pods),
    "Service": _of_service,
    "Gateway": _of_gateway,
    "HTTPRoute": _of_route,
    "NetworkPolicy": _of_policy,
    "RoleBinding": _of_binding,
}


def _place(one: Registration) -> tuple[str, str]:
    """Return namespace and name of an object, also of one that Pulumi names."""
    metadata: Mapping[str, str] = one.answer["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _label(one: Registration) -> str:
    """Return kind and name of an object; without the suffix of a name that Pulumi generates."""
    return f"{one.kind}\n{one.inputs['metadata'].get('name', one.name)}"


def _selected(of: Record, namespace: str, labels: Mapping[str, str]) -> Iterator[str]:
    """Yield the pods of a namespace with these labels: those of controllers, and the ones that the hub creates."""
    for one in (one for kind in _WORKLOADS for one in of.of(kind)):
        found = one.inputs["spec"]["template"]["metadata"]["labels"]
        if _place(one)[0] == namespace and labels.items() <= found.items():
            yield _label(one)
    if namespace == _place(of.one("Role"))[0]:
        yield _SERVERS


def _ports(entries: Iterable[Mapping[str, Any]], key: str) -> str:
    ports = (entry[key] for entry in entries)
    return ", ".join(port if isinstance(port, str) else str(int(port)) for port in ports)


def components(of: Record) -> Graph:
    """Return the components of a stack, and which of them wait for which others."""
    graph = Graph({"rankdir": "LR", "ranksep": 0.7})
    labels = {one.urn: _described(of, one) for one in of.components if one.kind != "JupyterHub"}
    for one in of.components:
        if one.urn in labels:
            google = one.type.startswith("jupyterhub:gke/")
            graph.add("Google Cloud" if google else "Kubernetes", labels[one.urn], "workload" if google else "object")
    before = waits(of)
    for source, targets in before.items():
        indirect = {further for target in targets for further in reached(before, target)}
        for target in targets - indirect:
            graph.connect(labels[source], labels[target], "waits")
    return graph


def waits(of: Record) -> Mapping[str, set[str]]:
    """Return by the URN of a component those that it waits for itself, or that its resources wait for."""
    found = {one.urn: one for one in of.resources}
    inner = {one.urn for one in of.components if one.kind != "JupyterHub"}
    found_waits: dict[str, set[str]] = {urn: set() for urn in inner}
    for one in of.resources:
        source = one.parent if one.custom else one.urn
        # A resource is registered after its provider and its parent, so it waits for what these wait for.
        before = [one, *filter(None, (found.get(urn) for urn in (one.provider.rpartition("::")[0], one.parent)))]
        for urn in frozenset[str]().union(*(earlier.dependencies for earlier in before)):
            target = found[urn].parent if found[urn].custom else urn
            if source in inner and target in inner - {source}:
                found_waits[source].add(target)
    return found_waits


def reached(edges: Mapping[str, set[str]], start: str) -> set[str]:
    """Return the nodes that a path leads to."""
    found: set[str] = set()
    ahead = [*edges[start]]
    while ahead:
        if (node := ahead.pop()) not in found:
            found.add(node)
            ahead += edges[node]
    return found


def _described(of: Record, component: Registration) -> str:
    kinds = sorted({one.kind for one in of.resources if one.parent == component.urn and one.custom})
    return "\n".join([component.kind, *kinds])


def allowed(table: str) -> Graph:
    """Return the connections of the table in docs/network.md; destinations with the same sources are one node."""
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    sources = [name.removeprefix("from ") for name in head[1:]]
    reached: dict[tuple[str, ...], list[str]] = {}
    for destination, *cells in rows:
        allowed_from = tuple(source for source, cell in zip(sources, cells, strict=True) if cell == "yes")
        reached.setdefault(allowed_from, []).append(destination.replace("`", ""))
    graph = Graph({"rankdir": "LR", "ranksep": 1.2})
    for source in sources:
        graph.add("from", source, "workload")
    for allowed_from, destinations in reached.items():
        label = "\n".join(destinations)
        graph.add("to", label, "object" if allowed_from else "closed")
        for source in allowed_from:
            graph.connect(source, label, "traffic")
    return graph
