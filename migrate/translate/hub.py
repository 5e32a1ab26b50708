"""`hub`: the hub's pod, database, services and roles, and `hub.config` of other classes than authenticators."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from migrate.plan import Kind, Plan
from migrate.translate import amounts
from migrate.translate.server import IS_SECRET, named, names_of, text_of, tolerations_of
from migrate.translate.storage import file_text
from migrate.values import Key, is_map, list_of, map_of, texts_of
from settings.types.quantity import parse

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
_LIMITS: Final = {"hub.resources": "1Gi", "proxy.resources": "256Mi"}
"""Memory limits of the stack."""
_CONTAINERS: Final = "one container in the hub's pod: run the program as a Deployment, with a token by `hub.services`"
_IMAGE: Final = (
    "the hub's image has the versions of this project: build further packages on top of it (`hub.packages`, "
    "docs/hub-pod.md#packages)"
)
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
_OF_SERVICE: Final = {"url": "url", "oauth_redirect_uri": "redirectUrl"}
_NEVER_TOKENS: Final = "tokens are made by the stack: take the new one from the output `service_tokens`"


def pod(plan: Plan) -> None:
    """Translate image, resources, placement, environment, files and volumes of the hub's pod."""
    if any(plan.get(f"hub.image.{part}") for part in ("name", "tag")):
        plan.refuse(_IMAGE, "hub.image.name", "hub.image.tag")
    options(plan, "hub", "hub.pod")
    resources(plan, "hub.resources", "hub.resources")
    _environment(plan)
    _files(plan)
    _volumes(plan)
    for path in ("hub.extraContainers", "hub.initContainers"):
        if list_of(plan.get(path)):
            plan.refuse(_CONTAINERS, path)
        plan.same("none", path)


def options(plan: Plan, path: str, key: str) -> None:
    """Translate placement, labels, priority and evictions of a pod of the stack."""
    parts: dict[str, object] = {}
    found: list[str | Key] = []

    def part(name: str, value: object, *paths: str) -> None:
        if value:
            parts[name] = value
            found.extend(paths)
        plan_paths.extend(paths)

    plan_paths: list[str] = []
    for name, field in (("nodeSelector", "nodeSelector"), ("labels", "labels"), ("annotations", "annotations")):
        texts = {label: text_of(value) for label, value in map_of(plan.get(f"{path}.{name}")).items()}
        part(field, {label: text for label, text in texts.items() if not _is_of_helm(label)}, f"{path}.{name}")
    own = [*list_of(plan.get(f"{path}.tolerations")), *list_of(plan.get("scheduling.corePods.tolerations"))]
    part("tolerations", tolerations_of(own), f"{path}.tolerations")
    part("imagePullPolicy", plan.get(f"{path}.image.pullPolicy"), f"{path}.image.pullPolicy")
    secrets = [*names_of(plan.get(f"{path}.image.pullSecrets")), *names_of(plan.get("imagePullSecrets"))]
    part("imagePullSecrets", secrets, f"{path}.image.pullSecrets")
    priority = map_of(plan.get(f"{path}.extraPodSpec")).get("priorityClassName")
    part("priorityClass", priority, f"{path}.extraPodSpec.priorityClassName")
    part("disruptionBudget", bool(map_of(plan.get(f"{path}.pdb")).get("enabled")), f"{path}.pdb.enabled")
    if parts:
        plan.update(key, parts, *found)
    plan.same("the default", *plan_paths, f"{path}.pdb")
    if map_of(plan.get(f"{path}.extraPodSpec")).keys() - {"priorityClassName"}:
        plan.refuse("fields of the pod: Pod Security and this program set them", f"{path}.extraPodSpec")
    plan.same("none", f"{path}.extraPodSpec")


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


def _is_of_helm(label: str) -> bool:
    return label.startswith(
        ("helm.sh/", "prometheus.io/", "azure.workload.identity/", "hub.jupyter.org/network-access")
    )


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


def _files(plan: Plan) -> None:
    for name, one in map_of(plan.get("hub.extraFiles")).items():
        key: Key = ("hub", "extraFiles", name)
        parts = map_of(one)
        path = str(parts.get("mountPath", ""))
        text = file_text(parts, path)
        if text is None:
            plan.refuse("a binary file: put it into the image (docs/hub-pod.md)", key)
        elif "/jupyterhub_config.d/" in path:
            plan.write(path.rpartition("/")[2], text, key)
        else:
            plan.update("hub.files", {path: text}, key)
    plan.same("none", "hub.extraFiles")


def _volumes(plan: Plan) -> None:
    volumes = {str(map_of(one).get("name")): map_of(one) for one in list_of(plan.get("hub.extraVolumes"))}
    for one in list_of(plan.get("hub.extraVolumeMounts")):
        mount = map_of(one)
        volume = volumes.get(str(mount.get("name")), {})
        claim = map_of(volume.get("persistentVolumeClaim")).get("claimName")
        place = {
            "claim": claim,
            "configMap": map_of(volume.get("configMap")).get("name"),
            "secret": map_of(volume.get("secret")).get("secretName"),
        }
        source = {name: value for name, value in place.items() if value}
        if "/jupyterhub_config.d" in str(mount.get("mountPath")):
            plan.refuse(
                "code in an object: give its text in `hub.extraConfig`", "hub.extraVolumes", "hub.extraVolumeMounts"
            )
        elif source and not mount.get("subPath"):
            entry = {"name": mount.get("name"), "path": str(mount.get("mountPath")).rstrip("/"), **source}
            writable = {"writable": True} if claim and not mount.get("readOnly") else {}
            plan.add("hub.volumes", [{**entry, **writable}], "hub.extraVolumes", "hub.extraVolumeMounts")
            plan.task(f"Create {', '.join(map(str, source.values()))} in the hub's namespace, for hub.volumes.")
        else:
            why = "`hub.volumes` mounts whole claims, ConfigMaps and Secrets; templates and logos are `pages.*`"
            plan.refuse(why, "hub.extraVolumes", "hub.extraVolumeMounts")
    plan.same("mounted nowhere", "hub.extraVolumes", "hub.extraVolumeMounts")


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


def people(plan: Plan) -> None:
    """Translate services, roles and groups."""
    roles = map_of(plan.get("hub.loadRoles")) or {
        str(map_of(one).get("name")): one for one in list_of(plan.get("hub.loadRoles"))
    }
    services = map_of(plan.get("hub.services")) or {
        str(map_of(one).get("name")): one for one in list_of(plan.get("hub.services"))
    }
    of_roles = {service for one in roles.values() for service in texts_of(map_of(one).get("services"))}
    kept = {name for name, one in services.items() if _service(plan, name, map_of(one), has_role=name in of_roles)}
    for name, one in roles.items():
        _role(plan, name, map_of(one), kept)
    groups_path: Key = ("hub", "config", "JupyterHub", "load_groups")
    if groups := map_of(plan.get(groups_path)):
        by_name = {name: texts_of(map_of(one).get("users") if is_map(one) else one) for name, one in groups.items()}
        plan.set("hub.groups", by_name, groups_path)
    plan.same("none", "hub.loadRoles", "hub.services", groups_path)


def _service(plan: Plan, name: str, service: dict[str, object], *, has_role: bool) -> bool:
    path: Key = ("hub", "services", name) if is_map(plan.get("hub.services")) else ("hub", "services")
    if service.get("command"):
        plan.refuse(
            "a program in the hub's pod: run it as a Deployment or CronJob with a token by `hub.services`", path
        )
        return False
    if not has_role and not any(service.get(part) for part in ("url", "oauth_redirect_uri", "admin")):
        plan.same("neither rights nor a page", path)
        return False
    entry: dict[str, object] = {"name": str(service.get("name", name))}
    entry |= {key: service[name] for name, key in _OF_SERVICE.items() if service.get(name)}
    if service.get("display") is False:
        entry["display"] = False
    if service.get("oauth_no_confirm"):
        entry["skipConsent"] = True
    if scopes := texts_of(service.get("oauth_client_allowed_scopes")):
        entry["signInScopes"] = scopes
    if service.get("admin"):
        entry["scopes"] = ["admin:users", "admin:servers", "list:users", "read:hub"]
    plan.same(f"the client ID is service-{entry['name']}", (*path, "oauth_client_id"))
    plan.same(_NEVER_TOKENS, (*path, "apiToken"), (*path, "api_token"))
    plan.add("hub.services", [entry], path)
    plan.task(f"Give the service {entry['name']} its new token, and set `namespace` to that of its pods.")
    return True


def _role(plan: Plan, name: str, role: dict[str, object], services: set[str]) -> None:
    whole = plan.get("hub.loadRoles")
    path: Key = ("hub", "loadRoles", name) if is_map(whole) else ("hub", "loadRoles")
    entry: dict[str, object] = {"name": str(role.get("name", name)), "scopes": texts_of(role.get("scopes"))}
    if role.get("description"):
        entry["description"] = str(role["description"])
    github = plan.settings.get("auth.type") == "github"
    for kind in ("users", "groups", "services"):
        holders = texts_of(role.get(kind))
        if kind == "services":
            holders = [one for one in holders if one in services]
        if holders:
            entry["organizations" if github and kind == "groups" else kind] = holders
    if texts_of(role.get("services")) and not any(entry.get(kind) for kind in ("users", "groups", "services")):
        plan.refuse("a role of services that are not translated", path)
    elif entry["scopes"]:
        plan.add("hub.roles", [entry], path)
    else:
        plan.refuse("a role without scopes takes JupyterHub's own from all users; give them with `hub.roles`", path)


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
