"""Checks that the API server of a kubeconfig's context takes connections."""

import socket
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

import pulumi

from components.cluster.kubeconfig import ClusterAddress
from settings import is_loopback

TIMEOUT_SECONDS: Final = 5
"""Time in which the API server must accept a connection."""
_PORTS: Final = {"http": 80, "https": 443, "socks5": 1080}


def check(address: ClusterAddress) -> None:
    """Try to connect.

    Raises:
        pulumi.RunError: Nothing answers. The message says what was tried and how to fix it.
    """
    failures: list[str] = []
    for name, url in _targets(address):
        failure = _connection_error(url)
        if failure is None:
            return
        failures.append(f"  {name}: {failure}\n")
    raise pulumi.RunError(
        "The Kubernetes cluster cannot be reached, so nothing was changed.\n"
        f"  kubeconfig: {', '.join(str(path) for path in address.files)}\n"
        f"  context: {address.context}\n"
        f"{''.join(failures)}"
        "To fix it, do one of these:\n"
        "  - start the local cluster: make up\n"
        "  - choose another context: pulumi config set kubernetes.context NAME\n"
        "  - fetch fresh credentials from GKE: gcloud container clusters get-credentials CLUSTER --location LOCATION\n"
        "  - join the network (VPN) of the cluster"
    )


def _targets(address: ClusterAddress) -> list[tuple[str, str]]:
    """Return the URLs to try by name, the likeliest first. NO_PROXY, which may hold CIDRs, is left to the provider."""
    if address.proxy_url is not None:
        return [("proxy", address.proxy_url)]
    server = ("server", address.server)
    target = _host_and_port(address.server)
    if target is None or is_loopback(target[0]):
        return [server]
    proxy = getproxies_environment().get(urlsplit(address.server).scheme or "https")
    return [server] if proxy is None else [("proxy", proxy), server]


def _connection_error(url: str) -> str | None:
    """Return the error of a connection attempt, or None. Host and port only: the URL of a proxy may hold a password."""
    target = _host_and_port(url)
    if target is None:
        return "the URL in the kubeconfig is not valid"
    endpoint = "{}:{}".format(*target)
    try:
        socket.create_connection(target, timeout=TIMEOUT_SECONDS).close()
    except TimeoutError:
        return f"{endpoint} does not answer within {TIMEOUT_SECONDS} s"
    except OSError as error:
        return f"{endpoint} does not accept connections: {error.strerror or error}"
    return None


def _host_and_port(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port = parts.port or _PORTS.get(parts.scheme, 443)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname else None
