"""The pods of hub and proxy: where they run, and with how much."""

import re
from typing import Final

from migrate.plan import Plan
from migrate.translate import amounts
from migrate.translate.server import names_of, text_of, tolerations_of
from migrate.values import list_of, map_of
from settings.types.quantity import parse

_LIMITS: Final = {"hub.resources": "1Gi", "proxy.resources": "256Mi"}
"""Memory limits of the stack."""


def options(plan: Plan, path: str, key: str) -> None:
    """Translate placement, labels, priority and evictions of a pod of the stack."""
    own = [*list_of(plan.get(f"{path}.tolerations")), *list_of(plan.get("scheduling.corePods.tolerations"))]
    secrets = [*names_of(plan.get(f"{path}.image.pullSecrets")), *names_of(plan.get("imagePullSecrets"))]
    priority = map_of(plan.get(f"{path}.extraPodSpec")).get("priorityClassName")
    given: dict[str, tuple[object, str]] = {
        **{name: (_texts(plan, f"{path}.{name}"), name) for name in ("nodeSelector", "labels", "annotations")},
        "tolerations": (tolerations_of(own), "tolerations"),
        "imagePullPolicy": (plan.get(f"{path}.image.pullPolicy"), "image.pullPolicy"),
        "imagePullSecrets": (secrets, "image.pullSecrets"),
        "priorityClass": (priority, "extraPodSpec.priorityClassName"),
        "disruptionBudget": (bool(plan.get(f"{path}.pdb.enabled")), "pdb.enabled"),
    }
    found = {name: (value, f"{path}.{source}") for name, (value, source) in given.items() if value}
    if found:
        parts = {name: value for name, (value, _) in found.items()}
        plan.update(key, parts, *(source for _, source in found.values()))
    plan.same("the default", *(f"{path}.{source}" for _, source in given.values()), f"{path}.pdb")
    if map_of(plan.get(f"{path}.extraPodSpec")).keys() - {"priorityClassName"}:
        plan.refuse("fields of the pod: Pod Security and this program set them", f"{path}.extraPodSpec")
    plan.same("none", f"{path}.extraPodSpec")


def _texts(plan: Plan, path: str) -> dict[str, object]:
    return {name: text_of(value) for name, value in map_of(plan.get(path)).items() if not _is_of_helm(name)}


def _is_of_helm(label: str) -> bool:
    return label.startswith(
        ("helm.sh/", "prometheus.io/", "azure.workload.identity/", "hub.jupyter.org/network-access")
    )


def resources(plan: Plan, path: str, key: str) -> None:
    """Translate requests and limits of hub or proxy."""
    kept: dict[str, object] = {}
    for kind in ("requests", "limits"):
        given = map_of(map_of(plan.get(path)).get(kind))
        amounts_of = {"cpu": amounts.cpu(given.get("cpu")), "memory": _kubernetes_memory(given.get("memory"))}
        if found := {name: amount for name, amount in amounts_of.items() if amount}:
            kept[kind] = found
    requested = str(map_of(kept.get("requests")).get("memory", "0"))
    if "memory" not in map_of(kept.get("limits")) and parse(requested) > parse(_LIMITS[key]):
        # The chart has no limits of its own.
        kept["limits"] = {**map_of(kept.get("limits")), "memory": requested}
    if kept:
        plan.set(key, kept, path)
    plan.same("the defaults of the stack", path)


def _kubernetes_memory(value: object) -> str | None:
    # Helm hands these to Kubernetes as they are: 1G is 10^9 bytes here and there.
    return str(value) if value and re.fullmatch(r"[0-9]+(?:\.[0-9]+)?(?:[KMGT]i?|k)?", str(value)) else None
