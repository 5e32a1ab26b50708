"""Roles in the hub's API: of the idle culler, and of users and their servers where a setting needs more scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hub.named_servers import SHARING_SCOPES
from hub.sign_in_token import OWN_SCOPE

if TYPE_CHECKING:
    from traitlets.config import Config

    from hub.contract import HubConfig

IDLE_CULLER: Final = "idle-culler"
"""Name of the service, and of its role."""

_CULLER_SCOPES: Final = ("list:users", "read:users:activity", "read:servers", "delete:servers", "read:tokens")
_USER_SCOPES: Final = ("self",)
"""JupyterHub's own for the role `user`."""
_SERVER_SCOPES: Final = ("users:activity!user", "access:servers!server")
"""JupyterHub's own for the role `server`."""


def configure(c: Config, config: HubConfig) -> None:
    """Set the roles. JupyterHub does not start with a role that is there twice, so they are made in one place."""
    roles: list[dict[str, Any]] = []
    if config.stops_servers:
        roles.append({"name": IDLE_CULLER, "scopes": list(_CULLER_SCOPES), "services": [IDLE_CULLER]})
    token = [OWN_SCOPE] if config.sign_in_token else []
    shares = SHARING_SCOPES if config.sharing else ()
    if token or shares:
        roles.append({"name": "user", "scopes": [*_USER_SCOPES, *shares, *token]})
    if token:
        roles.append({"name": "server", "scopes": [*_SERVER_SCOPES, *token]})
    if roles:
        c.JupyterHub.load_roles = roles
