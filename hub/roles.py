"""Roles in the hub's API: of the idle culler, of services and their users, and those of the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hub.named_servers import SHARING_SCOPES
from hub.sign_in_token import OWN_SCOPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from traitlets.config import Config

    from hub.contract import HubConfig
    from hub.contract_services import Service

IDLE_CULLER: Final = "idle-culler"
"""Name of the service, and of its role."""

_CULLER_SCOPES: Final = ("list:users", "read:users:activity", "read:servers", "delete:servers", "read:tokens")
_OF_ALL: Final = {"user": ("self",), "server": ("users:activity!user", "access:servers!server")}
"""JupyterHub's own scopes of the roles that all users and servers have."""


def configure(c: Config, config: HubConfig) -> None:
    """Set the roles. JupyterHub does not start with a role that is there twice, so they are made in one place."""
    roles = [*_of_all(config), *_of_services(config.services), *_of_stack(config)]
    if config.stops_servers:
        roles.append({"name": IDLE_CULLER, "scopes": list(_CULLER_SCOPES), "services": [IDLE_CULLER]})
    if roles:
        c.JupyterHub.load_roles = roles


def _of_all(config: HubConfig) -> Iterator[dict[str, Any]]:
    """Yield the roles `user` and `server`, if a setting adds scopes to them."""
    token = [OWN_SCOPE] if config.sign_in_token else []
    added = {
        "user": [
            *(SHARING_SCOPES if config.sharing else ()),
            *token,
            *(_access(service) for service in config.services if service.has_page and not _members(service)),
        ],
        # A server's token never has a scope that its user has not.
        "server": [*token, *(_access(service) for service in config.services if service.from_notebooks)],
    }
    for name, scopes in added.items():
        of_stack = [scope for role in config.roles if role.name == name for scope in role.scopes]
        if scopes or of_stack:
            yield {"name": name, "scopes": _unique([*_OF_ALL[name], *scopes, *of_stack])}


def _of_services(services: Iterable[Service]) -> Iterator[dict[str, Any]]:
    """Yield the role of each service that has scopes, and that of its users."""
    for service in services:
        if service.scopes:
            name = f"service-{service.name}"
            yield {"name": name, "scopes": list(service.scopes), "services": [service.name]}
        if service.has_page and (members := _members(service)):
            yield {"name": f"users-of-{service.name}", "scopes": [_access(service)], **members}


def _of_stack(config: HubConfig) -> Iterator[dict[str, Any]]:
    for role in config.roles:
        if role.name not in _OF_ALL:
            yield {
                "name": role.name,
                "description": role.description,
                "scopes": list(role.scopes),
                "users": list(role.users),
                "groups": list(role.groups),
                "services": list(role.services),
            }


def _access(service: Service) -> str:
    return f"access:services!service={service.name}"


def _members(service: Service) -> dict[str, list[str]]:
    """Return who may use a service; empty: everybody."""
    return {"users": list(service.users), "groups": list(service.groups)} if service.users or service.groups else {}


def _unique(scopes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(scopes))
