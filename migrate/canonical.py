"""One name for each setting of the chart: traits, keys of older charts and code that only assigns become its keys."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from migrate.values import Key, at, is_map, leaves, list_of, map_of, put

_SPAWNER_TRAITS: Final[Mapping[str, str]] = {
    "cmd": "cmd",
    "cpu_guarantee": "cpu.guarantee",
    "cpu_limit": "cpu.limit",
    "default_url": "defaultUrl",
    "environment": "extraEnv",
    "extra_annotations": "extraAnnotations",
    "extra_containers": "extraContainers",
    "extra_labels": "extraLabels",
    "extra_pod_config": "extraPodConfig",
    "extra_resource_guarantees": "extraResource.guarantees",
    "extra_resource_limits": "extraResource.limits",
    "fs_gid": "fsGid",
    "image_pull_policy": "image.pullPolicy",
    "image_pull_secrets": "image.pullSecrets",
    "init_containers": "initContainers",
    "lifecycle_hooks": "lifecycleHooks",
    "mem_guarantee": "memory.guarantee",
    "mem_limit": "memory.limit",
    "node_selector": "nodeSelector",
    "pod_name_template": "podNameTemplate",
    "profile_list": "profileList",
    "service_account": "serviceAccountName",
    "start_timeout": "startTimeout",
    "storage_access_modes": "storage.dynamic.storageAccessModes",
    "storage_capacity": "storage.capacity",
    "storage_class": "storage.dynamic.storageClass",
    "tolerations": "extraTolerations",
    "uid": "uid",
}
"""Traits of KubeSpawner, and the keys below `singleuser` that the chart makes them of."""
_HUB_TRAITS: Final[Mapping[str, str]] = {
    "active_server_limit": "activeServerLimit",
    "allow_named_servers": "allowNamedServers",
    "authenticate_prometheus": "authenticatePrometheus",
    "base_url": "baseUrl",
    "concurrent_spawn_limit": "concurrentSpawnLimit",
    "load_roles": "loadRoles",
    "named_server_limit_per_user": "namedServerLimitPerUser",
    "redirect_to_server": "redirectToServer",
    "services": "services",
    "shutdown_on_logout": "shutdownOnLogout",
    "template_paths": "templatePaths",
    "template_vars": "templateVars",
}
"""Traits of JupyterHub, and the keys below `hub`."""
_SPAWNERS: Final = {"KubeSpawner", "Spawner"}
_OLD_KEYS: Final[Mapping[str, Key]] = {
    "auth.type": ("JupyterHub", "authenticator_class"),
    "auth.admin.users": ("Authenticator", "admin_users"),
    "auth.admin.access": ("JupyterHub", "admin_access"),
    "auth.whitelist.users": ("Authenticator", "allowed_users"),
    "auth.allowlist.users": ("Authenticator", "allowed_users"),
    "auth.blacklist.users": ("Authenticator", "blocked_users"),
    "auth.dummy.password": ("DummyAuthenticator", "password"),
    "auth.state.enabled": ("Authenticator", "enable_auth_state"),
    "auth.github.clientId": ("GitHubOAuthenticator", "client_id"),
    "auth.github.clientSecret": ("GitHubOAuthenticator", "client_secret"),
    "auth.github.callbackUrl": ("GitHubOAuthenticator", "oauth_callback_url"),
    "auth.github.orgWhitelist": ("GitHubOAuthenticator", "allowed_organizations"),
    "auth.google.clientId": ("GoogleOAuthenticator", "client_id"),
    "auth.google.clientSecret": ("GoogleOAuthenticator", "client_secret"),
    "auth.google.callbackUrl": ("GoogleOAuthenticator", "oauth_callback_url"),
    "auth.google.hostedDomain": ("GoogleOAuthenticator", "hosted_domain"),
    "auth.google.loginService": ("GoogleOAuthenticator", "login_service"),
    "auth.cilogon.clientId": ("CILogonOAuthenticator", "client_id"),
    "auth.cilogon.clientSecret": ("CILogonOAuthenticator", "client_secret"),
    "auth.cilogon.callbackUrl": ("CILogonOAuthenticator", "oauth_callback_url"),
}
"""Keys of charts before 0.10, and class and trait below `hub.config`."""
_TEMPLATE: Final = re.compile(r"\$?\$\{[^}\s]*\}|\{\{|\bX{3,}\b")


@dataclass
class Canonical:
    """Values below one name each, and where each comes from."""

    values: dict[str, object] = field(default_factory=dict[str, object])
    snippets: dict[str, str] = field(default_factory=dict[str, str])
    """What is left of `hub.extraConfig`, by name, in the order in which the chart runs it."""
    origins: dict[Key, str] = field(default_factory=dict[Key, str])
    """By path of a value: its name in the files, if it is another one."""
    templates: dict[Key, str] = field(default_factory=dict[Key, str])
    """Values that another program fills in: no value to translate."""

    def name_of(self, leaf: Key) -> str:
        """Return the name of a value in the files."""
        return self.origins.get(leaf, ".".join(leaf))


def canonical(values: Mapping[str, object]) -> Canonical:
    """Return the values with one name for each setting."""
    result = Canonical()
    code = map_of(at(values, "hub.extraConfig"))
    if isinstance(text := at(values, "hub.extraConfig"), str):
        code = {"extraConfig": text}
    for leaf in leaves(values):
        value = at(values, leaf)
        if leaf[:2] == ("hub", "extraConfig") or (leaf == ("auth", "type") and value == "custom"):
            continue
        key = _canonical_key(leaf, values)
        if _is_template(value):
            result.templates[leaf] = str(value)
            continue
        # The chart lets hub.config take precedence over its other keys.
        if key != leaf or at(result.values, key) is None:
            _place(result, key, value, ".".join(leaf))
    for name in sorted(code):
        left = _without_assignments(str(code[name]), name, result)
        if left.strip():
            result.snippets[name] = left
    return result


def _place(result: Canonical, key: Key, value: object, origin: str) -> None:
    put(result.values, key, value)
    for leaf in leaves(value) if is_map(value) else ((),):
        if ".".join((*key, *leaf)) != origin:
            result.origins[*key, *leaf] = origin


def _canonical_key(leaf: Key, values: Mapping[str, object]) -> Key:
    match leaf:
        case ("hub", "config", section, trait, *rest):
            return (*(_key_of(section, trait) or leaf[:4]), *rest)
        case ("auth", "custom", "config", *rest):
            return ("hub", "config", class_of(str(at(values, "auth.custom.className"))), *rest)
        case ("auth", "custom", "className"):
            return ("hub", "config", "JupyterHub", "authenticator_class")
        case ("auth", *_):
            for length in range(len(leaf), 1, -1):
                if (new := _OLD_KEYS.get(".".join(leaf[:length]))) is not None:
                    return ("hub", "config", *new, *leaf[length:])
            return leaf
        case _:
            return leaf


def class_of(path: str) -> str:
    """Return the name of a class without its module."""
    return path.rpartition(".")[2]


def _key_of(section: str, trait: str) -> Key | None:
    if section in _SPAWNERS and trait in _SPAWNER_TRAITS:
        return ("singleuser", *_SPAWNER_TRAITS[trait].split("."))
    if section == "JupyterHub" and trait in _HUB_TRAITS:
        return ("hub", _HUB_TRAITS[trait])
    return None


def _without_assignments(text: str, name: str, result: Canonical) -> str:
    """Take `c.KubeSpawner.mem_limit = "2G"` and the like out of code: these are values as good as the chart's."""
    try:
        statements = ast.parse(text).body
    except SyntaxError:
        return text
    lines = text.splitlines(keepends=True)
    for statement in reversed(statements):
        if (found := _assignment(statement)) is None:
            continue
        key, value = found
        if _is_template(value) or _is_used_elsewhere(statement, statements):
            continue
        _place(result, key, value, f"hub.extraConfig.{name} (line {statement.lineno})")
        del lines[statement.lineno - 1 : statement.end_lineno]
    left = "".join(lines)
    return left if any(line.strip() and not line.lstrip().startswith("#") for line in left.splitlines()) else ""


def _assignment(statement: ast.stmt) -> tuple[Key, object] | None:
    match statement:
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Attribute(value=ast.Name(id="c"), attr=section), attr=trait)], value=value
        ):
            key = _key_of(section, trait)
            if key is None and section.endswith("Authenticator"):
                key = ("hub", "config", section, trait)
            if key is None and section == "JupyterHub" and trait in {"authenticator_class", "load_groups", "logo_file"}:
                key = ("hub", "config", section, trait)
            if key is None:
                return None
            try:
                literal: object = ast.literal_eval(value)
            except ValueError:
                return None
            return key, _plain(literal)
        case _:
            return None


def _is_used_elsewhere(statement: ast.stmt, statements: list[ast.stmt]) -> bool:
    """Return whether other statements of the code use the option: then all of them stay together."""
    target = ast.unparse(cast("ast.Assign", statement).targets[0])
    return any(target in ast.unparse(other) for other in statements if other is not statement)


def _plain(value: object) -> object:
    if isinstance(value, set):
        return sorted(str(one) for one in cast("set[object]", value))
    if isinstance(value, tuple):
        return list_of(cast("tuple[object, ...]", value))
    return map_of(value) if is_map(value) else value


def _is_template(value: object) -> bool:
    return isinstance(value, str) and _TEMPLATE.search(value) is not None
