"""`scheduling`, `prePuller`, `cull` and what is left: the parts around hub, proxy and servers."""

from collections.abc import Mapping
from typing import Final

from migrate.plan import Plan
from migrate.values import list_of, map_of, number_of

_SAME: Final[Mapping[str, str]] = {
    "Chart": "of Helm",
    "Release": "of Helm",
    "cull.concurrency": "not needed: idle servers are stopped one by one",
    "cull.every": "looked at each minute",
    "cull.removeNamedServers": "named servers are kept, with their homes",
    "cull.users": "users are kept, with their homes",
    "cull.adminUsers": "servers of admins are stopped, too",
    "custom": "read by code with `z2jh.get_config`, which has the values now",
    "enabled": "always",
    "fullnameOverride": "`name`",
    "global.safeToShowValues": "secrets are encrypted in stack file and state",
    "imagePullSecret.automaticReferenceInjection": "named in `notebook.imagePullSecrets`",
    "nameOverride": "`name`",
    "prePuller": "images are pulled by `notebook.prepull`, and nothing waits for them",
    "rbac": "always: the least rights that hub and checks need",
    "scheduling.corePods": "in a created cluster, `nodes.core` are the nodes of hub and proxy",
    "scheduling.podPriority": "placeholders give way to servers",
    "scheduling.userPlaceholder": "no placeholders; `notebook.spare`",
    "scheduling.userPods.nodeAffinity": "in a created cluster, `nodes.user` are the nodes of servers",
    "scheduling.userScheduler": "GKE's profile optimize-utilization fills nodes",
    "serviceAccount": "made by the stack",
    "singleuser.events": "the page shows why a server does not start",
    "singleuser.extraTolerations": "none",
    "singleuser.podNameTemplate": "pods are named `jupyter-<user>`",
}
"""Keys for which nothing is set."""


def cull(plan: Plan) -> None:
    """Translate the limits of idle and of long-running servers."""
    if plan.get("cull.enabled") is False:
        plan.set("notebook.idleMinutes", 0, "cull.enabled", "cull.timeout")
    elif timeout := number_of(plan.get("cull.timeout")):
        plan.set("notebook.idleMinutes", max(5, timeout // 60), "cull.timeout", "cull.enabled")
    plan.same("on", "cull.enabled", "cull.timeout")
    if age := number_of(plan.get("cull.maxAge")):
        plan.set("notebook.maxHours", max(1, -(-age // 3600)), "cull.maxAge")
    plan.same("no limit", "cull.maxAge")


def room(plan: Plan) -> None:
    """Translate placeholders, and the images that are pulled ahead."""
    replicas = plan.get("scheduling.userPlaceholder.replicas")
    if plan.get("scheduling.userPlaceholder.enabled") is not False and isinstance(replicas, int) and replicas:
        path = "scheduling.userPlaceholder"
        plan.set("notebook.spare", [{"servers": replicas}], f"{path}.replicas", f"{path}.enabled")
    if map_of(plan.get("prePuller.continuous")).get("enabled"):
        plan.set("notebook.prepull", True, "prePuller.continuous.enabled")  # noqa: FBT003 a setting
    if map_of(plan.get("prePuller.extraImages")):
        plan.refuse("images that servers do not use: make choices with them", "prePuller.extraImages")


def rest(plan: Plan) -> None:
    """Translate what is left, and say what nothing has to be set for."""
    if plan.get("debug.enabled"):
        plan.write("debug", "c.JupyterHub.log_level = 10\n", "debug.enabled")
    plan.same("off", "debug")
    if account := plan.get("singleuser.serviceAccountName"):
        plan.refuse(
            f"the account {account}: `identity.notebookServiceAccount` names a Google service account, and the stack "
            "makes the Kubernetes one without rights in the cluster",
            "singleuser.serviceAccountName",
        )
    if plan.get("imagePullSecret.create"):
        plan.refuse(
            "create the Secret with `kubectl create secret docker-registry`, and name it in "
            "`notebook.imagePullSecrets`, `hub.pod.imagePullSecrets` and `proxy.pod.imagePullSecrets`",
            "imagePullSecret",
        )
    plan.same("none", "imagePullSecret")
    if list_of(plan.get("extraFiles")):
        plan.refuse("no key of this chart", "extraFiles")
    for path, why in _SAME.items():
        plan.same(why, path)
