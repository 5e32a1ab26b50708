"""The cluster of the stack."""

import socket
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

import pulumi

from components import kubeconfig
from components.connection import Connection, kubernetes_provider
from components.gke import connection
from components.kubeconfig import ClusterAddress
from settings import Settings
from settings.types.addresses import is_loopback

_TIMEOUT = 5
"""Seconds in which the cluster must take a connection."""
_PORTS = {"http": 80, "https": 443, "socks5": 1080}


def connect(settings: Settings) -> Connection:
    """Returns the cluster that the settings name: one of the user's kubeconfig, or one of GKE.

    Raises:
        pulumi.RunError: The kubeconfig names no such cluster, or nothing answers there. The message says how to
            mend it.
    """
    if settings.cluster.on_gke:
        return connection.connect(settings)
    address = kubeconfig.find(settings.kubernetes.context)
    # The provider would take an unreachable cluster for an empty one and preview happily, so that is looked at first.
    _reach(address)
    # Without a kubeconfig the SDK puts the variable KUBECONFIG here: a path of one machine in the state of all, and a
    # list of files is not understood. The provider reads the same files by itself.
    provider = kubernetes_provider("", context=address.context)
    admin = settings.cluster_admin
    return Connection(providers=[provider], operator=admin.user if admin.enabled else None)


def _reach(address: ClusterAddress) -> None:
    failures: list[str] = []
    for meaning, url in _ways(address):
        failure = _attempt(url)
        if failure is None:
            return
        failures.append(f"  {meaning}: {failure}\n")
    raise pulumi.RunError(
        "The Kubernetes cluster cannot be reached, so nothing was changed.\n"
        f"  kubeconfig: {', '.join(str(path) for path in address.files)}\n"
        f"  context: {address.context}\n"
        f"{''.join(failures)}"
        "To mend it, do one of these:\n"
        "  - start the local cluster: make up\n"
        "  - choose another context: pulumi config set kubernetes.context NAME\n"
        "  - fetch fresh credentials from GKE: gcloud container clusters get-credentials CLUSTER --location LOCATION\n"
        "  - join the network (VPN) of the cluster"
    )


def _ways(address: ClusterAddress) -> list[tuple[str, str]]:
    """What to try, the likeliest first. NO_PROXY, which may hold CIDRs, is left to the provider."""
    if address.proxy_url is not None:
        return [("proxy", address.proxy_url)]
    server = ("server", address.server)
    target = _host_and_port(address.server)
    if target is None or is_loopback(target[0]):
        return [server]
    proxy = getproxies_environment().get(urlsplit(address.server).scheme or "https")
    return [server] if proxy is None else [("proxy", proxy), server]


def _attempt(url: str) -> str | None:
    """Why there is no connection, or None if there is one. Host and port only: a proxy's URL may hold a password."""
    target = _host_and_port(url)
    if target is None:
        return "its URL in the kubeconfig is no URL"
    where = "{}:{}".format(*target)
    try:
        socket.create_connection(target, timeout=_TIMEOUT).close()
    except TimeoutError:
        return f"{where} gives no answer within {_TIMEOUT} s"
    except OSError as error:
        return f"{where} gives no connection: {error.strerror or error}"
    return None


def _host_and_port(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port = parts.port or _PORTS.get(parts.scheme, 443)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname else None
