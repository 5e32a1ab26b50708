"""Services of the hub: the idle culler, and those of the stack, each with its token."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from jupyterhub import orm
from jupyterhub.app import JupyterHub

from hub import json_log, roles
from hub.contract import HUB_PORT
from hub.contract_services import token_variable
from hub.idle_culler import NEVER

if TYPE_CHECKING:
    from traitlets.config import Config

    from hub.contract import HubConfig
    from hub.contract_services import Service


def configure(c: Config, config: HubConfig) -> None:
    """Set the services.

    Raises:
        KeyError: A token is not in the environment.
    """
    services = [_of_stack(service) for service in config.services]
    if config.stops_servers:
        services.append(_idle_culler(config))
    if services:
        c.JupyterHub.services = services
    if config.groups:
        c.JupyterHub.load_groups = {name: {"users": list(users)} for name, users in config.groups.items()}


def install() -> None:
    """Delete the former tokens of services whenever the hub has stored the present ones. May be called again."""
    if JupyterHub.init_api_tokens.__module__ == __name__:
        return
    init_api_tokens = JupyterHub.init_api_tokens

    async def init_and_delete(self: JupyterHub) -> None:
        await init_api_tokens(self)
        delete_former_tokens(self)

    JupyterHub.init_api_tokens = init_and_delete


def delete_former_tokens(app: JupyterHub) -> None:
    """Delete the tokens of services that were in the configuration before, or made at an earlier start.

    JupyterHub adds the present ones, and keeps the others: a renewed token would leave the old one valid for ever.
    """
    services = app._service_map.values()  # noqa: SLF001 -- JupyterHub has no public name for them
    present = [service.api_token for service in services if service.api_token]
    of_start = ("from config", "generated at startup")
    for token in app.db.query(orm.APIToken).filter(
        orm.APIToken.service_id.is_not(None), orm.APIToken.note.in_(of_start)
    ):
        if not any(token.match(text) for text in present):
            app.log.info("Deleting a former token of the service %s", token.service.name)
            app.db.delete(token)
    app.db.commit()


def _of_stack(service: Service) -> dict[str, Any]:
    spec: dict[str, Any] = {"name": service.name, "api_token": os.environ[token_variable(service.name)]}
    if service.has_page:
        spec |= {
            "oauth_client_id": f"service-{service.name}",
            "oauth_no_confirm": service.skip_consent,
            "oauth_client_allowed_scopes": list(service.sign_in_scopes),
            "display": service.display and service.url is not None,
        }
    if service.url is not None:
        spec["url"] = service.url
    if service.redirect_url is not None:
        spec["oauth_redirect_uri"] = service.redirect_url
    return spec


def _idle_culler(config: HubConfig) -> dict[str, Any]:
    """Return a service with only the scopes to list and stop servers, and to see when they reported."""
    return {
        "name": roles.IDLE_CULLER,
        "environment": {json_log.VARIABLE: config.monitoring.logs},
        "command": [
            sys.executable,
            "-m",
            "hub.idle_culler",
            f"--timeout={config.idle_minutes * 60 or NEVER}",
            f"--max-age={config.max_hours * 3600}",
            *(
                f"--NotebookCuller.choice_hours={choice.name}={choice.max_hours}"
                for choice in config.choices
                if choice.max_hours
            ),
            "--cull-every=60",
            f"--url=http://127.0.0.1:{HUB_PORT}{config.base_url}hub/api",
        ],
    }
