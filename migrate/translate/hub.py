"""`hub`: the hub's pod, database and pages, and `hub.config` of other classes than authenticators."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from migrate.plan import Kind, Plan
from migrate.translate.hub_volumes import volumes
from migrate.translate.pods import options, resources
from migrate.translate.server import IS_SECRET, named, text_of
from migrate.translate.storage import files
from migrate.values import Key, is_map, list_of, map_of

_SAME: Final[Mapping[str, str]] = {
    "hub.args": "the program starts the hub",
    "hub.command": "the program starts the hub",
    "hub.consecutiveFailureLimit": "the hub never stops itself for servers that fail",
    "hub.containerSecurityContext": "Pod Security restricted, with a read-only root",
    "hub.cookieSecret": "made by the stack; `secrets.cookieGeneration` renews it",
    "hub.deploymentStrategy": "a StatefulSet of one pod",
    "hub.enabled": "always",
    "hub.fsGid": "the hub's volume belongs to its own user",
    "hub.lifecycle": "none is needed",
    "hub.livenessProbe": "probes of the stack, with a startup probe",
    "hub.podSecurityContext": "Pod Security restricted",
    "hub.readinessProbe": "probes of the stack",
    "hub.revisionHistoryLimit": "1",
    "hub.service": "a Service of the stack, only inside of the cluster",
    "hub.serviceAccount": "made by the stack; a Google identity is `identity.hubServiceAccount`",
    "hub.uid": "the image's own user",
    "hub.existingSecret": "the stack makes the keys; those of the sign-in are secrets of the stack",
}
"""Keys for which nothing is set."""
_HUB_TRAITS: Final[Mapping[str, str]] = {
    "admin_access": "admins may enter servers with the scope `access:servers` of `hub.roles`",
    "cleanup_servers": "servers go on while the hub restarts",
    "cleanup_proxy": "the proxy goes on while the hub restarts",
    "upgrade_db": "the hub upgrades its database, after a backup",
    "hub_ip": "made by the stack",
    "hub_connect_ip": "made by the stack",
}
_CONTAINERS: Final = "one container in the hub's pod: run the program as a Deployment, with a token by `hub.services`"
_IMAGE: Final = (
    "the hub's image has the versions of this project: build further packages on top of it (`hub.packages`, "
    "docs/hub-pod.md#packages)"
)
_OF_CHART: Final = re.compile(r"(?:^|/)k8s-hub(?:-slim)?$")
"""Image of the chart, also from a mirror."""
_SPAWNER: Final = "another spawner: this project's has what the settings say; a subclass of it needs `hub.replaceGuard`"
_CLASSES_HERE: Final = {
    "JupyterHub",
    "KubeSpawner",
    "Spawner",
    "ConfigurableHTTPProxy",
    "Proxy",
    "Application",
    "Pagination",
}
"""Classes of the hub's image that code can configure."""


def pod(plan: Plan) -> None:
    """Translate image, resources, placement, environment, files and volumes of the hub's pod."""
    if _OF_CHART.search(str(plan.get("hub.image.name") or "k8s-hub")):
        plan.same("the chart's own image: this project's has the same programs", "hub.image.name", "hub.image.tag")
    plan.refuse(_IMAGE, "hub.image.name", "hub.image.tag")
    options(plan, "hub", "hub.pod")
    resources(plan, "hub.resources", "hub.resources")
    _environment(plan)
    files(plan, ("hub", "extraFiles"), "hub.files")
    volumes(plan)
    for path in ("hub.extraContainers", "hub.initContainers"):
        if list_of(plan.get(path)):
            plan.refuse(_CONTAINERS, path)
        plan.same("none", path)


def _environment(plan: Plan) -> None:
    for name, value, path in named(plan.get("hub.extraEnv"), ("hub", "extraEnv")):
        reference = map_of(map_of(map_of(value).get("valueFrom")).get("secretKeyRef"))
        if reference:
            ref = {"secret": reference.get("name"), "key": reference.get("key")}
            plan.update("hub.secretKeyRefs", {name: ref}, path)
        elif is_map(value):
            plan.refuse("a value of a ConfigMap or of the pod: write it into `hub.environment`", path)
        elif IS_SECRET.search(name):
            plan.secret("auth.secretEnvironment", {name: text_of(value)}, path)
        else:
            plan.update("hub.environment", {name: text_of(value)}, path)
    plan.same("none", "hub.extraEnv")


def database(plan: Plan) -> None:
    """Translate kind, size and address of the database."""
    kind = plan.get("hub.db.type")
    if kind == "postgres":
        plan.set("database.type", "postgresql", "hub.db.type")
        url = urlsplit(str(plan.get("hub.db.url") or ""))
        if (password := plan.get("hub.db.password")) and url.password is None:
            user = url.username or "jupyterhub"
            url = url._replace(netloc=f"{user}:{password}@{url.netloc.rpartition('@')[2]}")
        plan.secret("database.url", urlunsplit(url), "hub.db.url", "hub.db.password")
        plan.task("Copy the database, so that no two hubs have one: docs/migrate.md#postgresql.")
    elif kind in ("mysql", "sqlite-memory", "other"):
        plan.refuse("`database.type` is sqlite on a volume, postgresql or cloud-sql", "hub.db")
    storage: dict[str, object] = {}
    if size := plan.get("hub.db.pvc.storage"):
        storage["size"] = str(size)
    if name := plan.get("hub.db.pvc.storageClassName"):
        storage |= {"size": storage.get("size", "1Gi"), "storageClass": name}
    if storage:
        plan.set("hub.storage", storage, "hub.db.pvc.storage", "hub.db.pvc.storageClassName")
    plan.same("kept with its namespace; `hub.keepDatabase`", "hub.db.pvc")
    plan.same("upgraded by the hub, after a backup", "hub.db.upgrade")
    plan.same("SQLite on a volume", "hub.db")


def limits(plan: Plan) -> None:
    """Translate base URL, limits, named servers and other switches of the hub."""
    if (url := plan.get("hub.baseUrl")) not in (None, "/"):
        plan.set("hub.baseUrl", str(url).rstrip("/"), "hub.baseUrl")
    for path, key in (("concurrentSpawnLimit", "concurrentStarts"), ("activeServerLimit", "activeServers")):
        if (number := plan.get(f"hub.{path}")) is not None:
            plan.set(f"hub.{key}", number, f"hub.{path}")
    most = plan.get("hub.namedServerLimitPerUser")
    if plan.get("hub.allowNamedServers"):
        number = most if isinstance(most, int) and most > 0 else 100
        plan.set(
            "notebook.namedServers", {"max": min(100, number)}, "hub.allowNamedServers", "hub.namedServerLimitPerUser"
        )
    plan.same("no named servers", "hub.allowNamedServers", "hub.namedServerLimitPerUser", "hub.baseUrl")
    _switches(plan)
    _pages(plan)
    for path, why in _SAME.items():
        plan.same(why, path)


def _switches(plan: Plan) -> None:
    if plan.get("hub.authenticatePrometheus") is False:
        plan.refuse("metrics need a token: `monitoring.metrics` gives it to Prometheus", "hub.authenticatePrometheus")
    plan.same("always with a token", "hub.authenticatePrometheus")
    for path, trait, default in (
        ("hub.shutdownOnLogout", "shutdown_on_logout", False),
        ("hub.redirectToServer", "redirect_to_server", True),
    ):
        if (value := plan.get(path)) is not None and value is not default:
            plan.write(trait, f"c.JupyterHub.{trait} = {value!r}\n", path)
        plan.same("the default", path)


def _pages(plan: Plan) -> None:
    variables = map_of(plan.get("hub.templateVars"))
    for name, value in variables.items():
        if name.startswith("announcement") and value:
            plan.set("pages.announcement", " ".join(re.sub(r"<[^>]*>", "", str(value)).split()), "hub.templateVars")
    if rest := {name: value for name, value in variables.items() if not name.startswith("announcement")}:
        plan.write("templateVars", f"c.JupyterHub.template_vars.update({rest!r})\n", "hub.templateVars")
    if list_of(plan.get("hub.templatePaths")):
        plan.refuse("give the text of the templates in `pages.templates`", "hub.templatePaths")
    plan.same("none", "hub.templateVars", "hub.templatePaths")


def config(plan: Plan) -> None:
    """Translate `hub.config` of other classes: a line of code each, unless the stack sets it."""
    for section, traits in map_of(plan.get("hub.config")).items():
        if section.endswith("Authenticator"):
            continue
        lines: list[str] = []
        for name, value in map_of(traits).items():
            path: Key = ("hub", "config", section, name)
            if path not in plan.answers and not _is_of_stack(plan, path, value):
                lines.append(f"c.{section}.{name} = {value!r}\n")
                plan.answer(Kind.CODE, "`hub.extraConfig`", path)
        if lines:
            plan.write(f"hub.config.{section}", "".join(lines))
            if section not in _CLASSES_HERE:
                plan.task(f"Install the package with the class {section} in the hub's image: docs/hub-pod.md.")


def _is_of_stack(plan: Plan, path: Key, value: object) -> bool:
    """Answer for a trait that the stack sets, or that has a setting."""
    _, _, section, name = path
    is_spawner = section in {"KubeSpawner", "Spawner"}
    if section == "JupyterHub" and name in _HUB_TRAITS:
        plan.same(_HUB_TRAITS[name], path)
    elif name == "spawner_class":
        plan.refuse(_SPAWNER, path)
    elif is_spawner and name == "delete_pvc":
        plan.set("notebook.keepHomes", not value, path)
    elif is_spawner and name in {"working_dir", "events_enabled", "notebook_dir"}:
        plan.same("servers start in the home, and show their events", path)
    else:
        return False
    return True
