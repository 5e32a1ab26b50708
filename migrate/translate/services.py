"""`hub.services`, `hub.loadRoles` and groups."""

from typing import Final

from migrate.plan import Plan
from migrate.values import Key, is_map, list_of, map_of, texts_of

_OF_SERVICE: Final = {"url": "url", "oauth_redirect_uri": "redirectUrl"}
_NEVER_TOKENS: Final = "tokens are made by the stack: take the new one from the output `service_tokens`"


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
