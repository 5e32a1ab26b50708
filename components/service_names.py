"""Names, ports and URLs of the Services inside the cluster, as the settings determine them."""

from typing import Final

from hub.contract import HUB_PORT, PROXY_API_PORT
from settings import Settings

PROXY_REDIRECT_PORT: Final = 8080
"""Container port on which a proxy with a certificate redirects http to https."""


def hub_api(settings: Settings) -> str:
    """Return the name of the Service that proxy and notebooks reach the hub by.

    It has a cluster IP, which the headless Service of the pod's name has not: while the hub restarts, connections to a
    cluster IP are refused at once, and those to the address of a deleted pod hang for a minute.
    """
    return f"{settings.name}-api"


def hub_pod(settings: Settings) -> str:
    """Return the name of the headless Service of the hub's pod."""
    return f"{settings.name}-0"


def proxy_api(settings: Settings) -> str:
    """Return the name of the Service of the proxy's API."""
    return f"{settings.name}-proxy-api"


def public(settings: Settings) -> str:
    """Return the name of the Service of the proxy that browsers reach."""
    return f"{settings.name}-lb"


def hub_url(settings: Settings) -> str:
    """Return the URL of the hub for proxy and notebooks."""
    return f"http://{hub_api(settings)}.{settings.namespace}:{HUB_PORT}"


def proxy_api_url(settings: Settings) -> str:
    """Return the URL of the proxy's API for the hub."""
    return f"http://{proxy_api(settings)}:{PROXY_API_PORT}"
