"""docs/objects.md: what each component creates, from the registrations of stacks."""

import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping

from tests.doubles.monitor import Record, Registration
from tests.stacks import CLOUD_SQL, GATEWAY, GKE, IAP, INGRESS, ROUTE, record_gke, record_hub

_HEAD = """\
<!-- Written from what the program registers: WRITE_EXAMPLES=1 python -m pytest tests/unit/docs. Do not edit it. -->
# Objects

What a stack creates, by component. With another `name` or `namespace`, these are in place of `tf-hub` and `jupyterhub`.
Pulumi completes a name that ends with …, and a change creates a new object. Resources of Google Cloud have such names,
too, and are listed by their names in the stack. `pulumi stack --show-urns` lists those of one stack.

The hub creates the pods `jupyter-<person>` and the claims `claim-<person>`, in the namespace `jupyterhub-notebooks`.
"""
_SETTINGS: Mapping[str, Mapping[str, object]] = {
    "clusterAdmin.user": {"clusterAdmin.user": "user@example.org"},
    "endpoint.type: ingress, endpoint.certManager": INGRESS,
    "endpoint.type: http-route": ROUTE,
    "hub.files": {"hub.files": {"/etc/krb5.conf": "[libdefaults]"}},
    "hub.pod.disruptionBudget": {"hub.pod": {"disruptionBudget": True}},
    "hub.services": {"hub.services": [{"name": "grader", "scopes": ["list:users"], "namespace": "grader"}]},
    "monitoring.metrics: prometheus-operator": {"monitoring.metrics": "prometheus-operator"},
    "notebook.files": {"notebook.files": {"/etc/jupyter/settings.json": "{}"}},
    "notebook.folders": {
        "notebook.folders": [{"name": "data", "path": "/data", "storage": {"size": "10Gi", "storageClass": "nfs"}}]
    },
    "notebook.prepull": {"notebook.prepull": True},
    "notebook.quota": {"notebook.quota": {"pods": 50}},
    "notebook.secretEnvironment": {"notebook.secretEnvironment": {"DB_PASSWORD": "secret"}},
    "notebook.spare": {"notebook.spare": [{"servers": 2}]},
    "pages.announcement": {"pages.announcement": "Maintenance"},
}
"""By name, changes of settings on any cluster that add objects."""
_ON_GKE: Mapping[str, tuple[Mapping[str, object], ...]] = {
    "endpoint.type: gateway": (GATEWAY,),
    "auth.type: iap": (GATEWAY, IAP),
    "database.type: cloud-sql": (CLOUD_SQL,),
    "backup.days": ({"backup.days": 30},),
    "monitoring.metrics: managed-prometheus": ({"monitoring.metrics": "managed-prometheus"},),
    "identity.notebooks": (
        {
            "identity.notebooks": [
                {
                    "name": "ada",
                    "googleServiceAccount": "ada-data@my-project-123.iam.gserviceaccount.com",
                    "users": ["ada"],
                }
            ]
        },
    ),
    "notebook.storage, on Filestore": ({"notebook.storage": {"size": "20Gi", "disk": "filestore"}},),
    "registry.create": ({"registry.create": True},),
    "registry.remotes": ({"registry.remotes": ["quay.io"]},),
    "endpoint.sourceRanges, with endpoint.type: gateway": (GATEWAY, {"endpoint.sourceRanges": ["203.0.113.0/24"]}),
}
"""The same on GKE; the last changes are those that add objects to the others."""


def page() -> str:
    """Return the page."""
    plain, created = record_hub(), record_gke()
    lines = [_HEAD, "## On any cluster", "", *_table(_made(plain))]
    lines += ["", "## On any cluster, by settings", ""]
    lines += _tables({name: (record_hub(changes), plain) for name, changes in _SETTINGS.items()})
    lines += ["", f"## On GKE, in addition, with `cluster.mode: {GKE['cluster.mode']}`", ""]
    lines += _table(_added(created, plain))
    lines += ["", "## On GKE, by settings", ""]
    lines += _tables(
        {name: (record_gke(*base, changes), record_gke(*base)) for name, (*base, changes) in _ON_GKE.items()}
    )
    return "\n".join([*lines, ""])


def _tables(records: Mapping[str, tuple[Record, Record]]) -> Iterator[str]:
    yield from ("| setting | component | objects |", "| --- | --- | --- |")
    for name, (changed, base) in records.items():
        for component, _, objects in _rows(_added(changed, base)):
            yield f"| `{name}` | {component} | {objects} |"


def _table(made: Iterable[tuple[str, str]]) -> list[str]:
    rows = [" | ".join(row) for row in _rows(made)]
    return ["| component | what it is | objects |", "| --- | --- | --- |", *(f"| {row} |" for row in rows)]


def _rows(made: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield component, its docstring, and its objects."""
    by_component: dict[str, list[str]] = {}
    for component, shown in sorted(made):
        by_component.setdefault(component, []).append(shown)
    for component, objects in by_component.items():
        _, module, name = component.split(":")
        of_class = getattr(importlib.import_module(f"components.{module.replace('/', '.')}"), name)
        yield f"`{name}`", _first_sentence(of_class), ", ".join(objects)


def _first_sentence(of_class: type) -> str:
    paragraph = (inspect.getdoc(of_class) or "").partition("\n\n")[0]
    return " ".join(paragraph.split()).partition(". ")[0].rstrip(".")


def _added(changed: Record, base: Record) -> set[tuple[str, str]]:
    return _made(changed) - _made(base)


def _made(of: Record) -> set[tuple[str, str]]:
    """Return each object with the type of its component."""
    types = {one.urn: one.type for one in of.components}
    return {
        (types[one.parent], _shown(one))
        for one in of.resources
        if one.parent in types and one.type.startswith(("kubernetes:", "gcp:"))
    }


def _shown(one: Registration) -> str:
    metadata = one.inputs.get("metadata")
    if metadata is None:
        return f"{one.kind} `{one.name}`"
    return f"{one.kind} `{metadata.get('name', f'{one.name}-…')}`"
