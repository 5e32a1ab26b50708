"""Settings of this program that the operator's configuration replaces, and options that have no effect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from config_check import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

BROKEN: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("bind_url", "hub_bind_url", "hub_connect_url"),
        "this is the address that the stack's proxy, Services and probes use. The public URL is endpoint.hostname or "
        "publicUrl, and its path is hub.baseUrl",
    ),
    **dict.fromkeys(("api_url", "should_start"), "the proxy is a Deployment of the stack, and the hub must use that"),
    "db_url": "the database is database.type and database.url, which pods and backups follow",
    "namespace": "the hub has rights in this namespace only; it follows from the setting namespace",
    "authenticate_prometheus": "without it everybody who reaches the hub reads its metrics; monitoring.metrics makes a "
    "token for them",
    "delete_pvc": "the hub's rights follow notebook.keepHomes; set that",
}
"""Options with which the hub would not work, by name: the reason and the setting."""

GUARD: Final[Mapping[str, str]] = {
    "modify_pod_hook": "it checks each pod before Kubernetes gets it, and sets its owner and ServiceAccount",
    "apply_user_options": "it checks what people start, also by the API",
    "options_form": "it shows what people may start; set notebook.choices",
    "options_from_form": "it checks what people start",
    "spawner_class": "it calls these checks; derive the class from hub.notebook_spawner.NotebookSpawner",
    "profile_list": "a profile replaces what people choose, and its rights and sizes are not checked; set "
    "notebook.choices",
}
"""Options that are the check of what people start, by name: the reason and the setting."""

MEANT: Final = "pulumi config set hub.replaceGuard true"
"""Command that allows `hub.extraConfig` to replace the options of `GUARD`."""

SETTINGS: Final[Mapping[str, str]] = {
    "active_server_limit": "hub.activeServers",
    "admin_users": "auth.adminUsers",
    "admin_groups": "oidc.adminGroups or github.adminTeams",
    "allow_all": "auth.allowAnyoneFromTheInternet",
    "allowed_groups": "oidc.allowedGroups",
    "allowed_organizations": "github.organizations",
    "allowed_users": "auth.allowedUsers",
    "auth_refresh_age": "github.recheckMinutes or oidc.recheckMinutes",
    "auto_login": "auth.autoLogin",
    "authenticator_class": "auth.type and auth.customClass",
    "blocked_users": "auth.blockedUsers",
    "concurrent_spawn_limit": "hub.concurrentStarts",
    "cookie_max_age_days": "auth.sessionHours",
    "cpu_guarantee": "notebook.cpu",
    "cpu_limit": "notebook.cpu",
    "extra_resource_guarantees": "notebook.additionalResources",
    "extra_resource_limits": "notebook.additionalResources",
    "github_url": "github.url",
    "image": "notebook.image",
    "mem_guarantee": "notebook.memory",
    "mem_limit": "notebook.memory",
    "node_selector": "notebook.nodeSelector",
    "oauth_callback_url": "endpoint.hostname or publicUrl",
    "service_account": "identity.notebooks",
    "start_timeout": "notebook.startTimeoutSeconds",
    "storage_capacity": "notebook.storage",
    "storage_class": "notebook.storage",
    "tolerations": "notebook.tolerations",
}
"""Options with a setting of the same meaning, by name."""

FROM_SECRETS: Final[Mapping[str, str]] = {
    "JupyterHub.cookie_secret": "secrets.cookieGeneration",
    "JupyterHub.cookie_secret_file": "secrets.cookieGeneration",
    "CryptKeeper.keys": "secrets.cryptKeyGeneration",
    "ConfigurableHTTPProxy.auth_token": "secrets.proxyTokenGeneration",
    "SharedPasswordAuthenticator.user_password": "auth.userPassword",
    "SharedPasswordAuthenticator.admin_password": "auth.adminPassword",
    "GitHubOAuthenticator.client_id": "github.clientId",
    "GitHubOAuthenticator.client_secret": "github.clientSecret",
    "OidcSignIn.client_id": "oidc.clientId",
    "OidcSignIn.client_secret": "oidc.clientSecret",
}
"""Options whose values the hub gets as environment variables, and the setting that changes each."""

FREE: Final = frozenset(
    {
        *("allow_named_servers", "allowed_failed_logins", "check_common_password", "cmd", "consecutive_failure_limit"),
        *("custom_403_message", "default_url", "events_enabled", "fs_gid", "gid", "http_request_kwargs"),
        *("http_timeout", "last_activity_interval", "minimum_password_length", "uid"),
    }
)
"""Options of which this program only sets a default: another value has its effect everywhere."""

NEVER_SET: Final = ("profile_list",)
"""Options of `GUARD` that this program leaves at their defaults."""

_SECRET: Final = re.compile(
    r"(secret|passw(or)?d|passphrase|token|credentials?|(^|[_.])(pass|pw|pwd|pat)"
    r"|(access|account|api|auth|crypt|encryption|license|master|private|secret|service|shared|signing|ssh)_?key)$",
    re.IGNORECASE,
)
"""Names of secrets, by their end: `token_url`, `secretName` and `AWS_ACCESS_KEY_ID` are none."""

_NO_SECRET: Final = re.compile(
    r"|true|false|yes|no|on|off|none|null|\d{1,5}|https?://\S*|\$\(\w+\)|\$\{\w+\}|(~|\.{1,2})?(/[\w.{}-]+)+/?",
    re.IGNORECASE,
)
"""Values that are no secrets, whatever their name: switches, numbers, addresses, other variables, paths."""

_SECRET_TEXT: Final = re.compile(
    r"^\w[\w+]*://[^/@\s:]*:[^/@\s]+@|-----BEGIN [A-Z ]*PRIVATE KEY|^(gh[opsu]_|github_pat_|glpat-|xox[abp]-)\w{9}"
)
"""Secrets, whatever their name: passwords in URLs, private keys, tokens with a known beginning."""

_ARGUMENT: Final = re.compile(r"-*([A-Za-z][\w.-]*)=(.+)", re.DOTALL)
"""An argument such as `--token=a`, or a variable."""

_BY_TOKEN: Final = ("api_tokens", "service_tokens")
"""Options of JupyterHub whose keys are the tokens."""


def why(name: str, before: object, after: object) -> str | None:
    """Return why an option's new value is to be told, if it is; those of `BROKEN` and `GUARD` are mistakes.

    Args:
        name: The option.
        before: Its value by this program.
        after: Its value with the operator's configuration.
    """
    if _same(before, after) or name in FREE or (name not in SETTINGS and _is_derived(before, after)):
        return None
    if name in BROKEN:
        return f"cannot be changed: {BROKEN[name]}"
    if name in GUARD:
        return f"replaces a check of what people start: {GUARD[name]}"
    if name in SETTINGS:
        return f"replaces {SETTINGS[name]}, and the rest of the stack does not see it; set that"
    if isinstance(before, dict | list | set | tuple):
        lost = _lost(cast("Iterable[object]", before), after)
        call = ".update()" if isinstance(before, dict | set) else ".append()"
        return f"loses {', '.join(lost)}, which this program sets; to keep that, use {call}" if lost else None
    return f"replaces what this program sets ({words.shown(before)}), and what depends on it"


def without_effect(name: str) -> str:
    """Return the text for an option that each start of a server sets again."""
    setting = SETTINGS.get(name)
    return f"has no effect: what people choose in the form replaces it{f'; set {setting}' if setting else ''}"


def in_plain_text(name: str, value: object) -> str | None:
    """Return the text for a secret that is written into the configuration, such as a part of an option's value."""
    for found, _ in secrets(name, value):
        return (
            f"the value of {found} is in plain text in the ConfigMap and the stack's state; put it into "
            "auth.secretEnvironment, and read it with os.environ"
        )
    return None


def secrets(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield name and text of each secret in a value, at any depth; those of the hub's environment are none."""
    if isinstance(value, dict):
        fields = cast("Mapping[object, object]", value)
        for key, part in fields.items():
            if name in _BY_TOKEN:
                yield from secrets("token", key)
            elif key == "value":  # of a variable, as Kubernetes writes it
                yield from secrets(str(fields.get("name", name)), part)
            else:
                yield from secrets(str(key), part)
    elif isinstance(value, list | tuple | set):
        flag = ""
        for part in cast("Iterable[object]", value):
            yield from secrets(flag or name, part)
            flag = part.lstrip("-") if isinstance(part, str) and part.startswith("--") and "=" not in part else ""
    elif isinstance(value, str) and not words.has_stand_in(value):
        is_named = _SECRET.search(name.replace("-", "_")) and not _NO_SECRET.fullmatch(value)
        if is_named or _SECRET_TEXT.search(value):
            yield name, value
        elif argument := _ARGUMENT.fullmatch(value):
            yield from secrets(argument[1], argument[2])


def _is_derived(before: object, after: object) -> bool:
    """Return whether a class is derived from another one."""
    return isinstance(before, type) and isinstance(after, type) and issubclass(after, before)


def _same(before: object, after: object) -> bool:
    """Return whether two values are the same; methods of copied objects are."""
    functions = [cast("object", getattr(value, "__func__", value)) for value in (before, after)]
    return functions[0] == functions[1]


def _lost(before: Iterable[object], after: object) -> Sequence[str]:
    """Return what of a collection is not in another one, in words. Another value of the same name is there."""
    others = list(cast("Iterable[object]", after)) if isinstance(after, dict | list | set | tuple) else []
    return [_item(item) for item in before if item not in others]


def _item(item: object) -> str:
    if isinstance(item, dict):
        named = cast("Mapping[str, object]", item)
        item = named.get("name") or named.get("key")
    return item if isinstance(item, str) else words.shown(item)
