"""Tries the hub's configuration before any resource is asked for."""

import config_check
from components import hub, hub_config, hub_secret, proxy
from components.hub_config import HubUrls
from hub.contract import PROXY_TOKEN_VARIABLE
from settings import Settings


def urls(settings: Settings) -> HubUrls:
    """Returns where hub and proxy reach each other."""
    return HubUrls(hub=hub.connect_url(settings), proxy_api=proxy.api_url(settings))


def start(settings: Settings) -> config_check.ConfigCheck:
    """Starts to load the configuration that the hub would get, with JupyterHub's real classes, and returns at once.

    `finish` of what is returned ends the program with all mistakes.
    """
    return config_check.start(
        hub_config.files(settings, urls(settings), owner_uid="00000000-0000-0000-0000-000000000000"),
        [PROXY_TOKEN_VARIABLE, *hub_secret.variables(settings)],
        line_names={"extra_config.py": "hub.extraConfig"},
    )
