"""The cluster of the stack, and the one Kubernetes provider for it."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

import pulumi
import pulumi_kubernetes as kubernetes

from components import kubeconfig
from components.kubeconfig import ClusterAddress
from settings import Settings
from settings.addresses import is_loopback

_TIMEOUT = 5
"""Seconds in which the cluster must take a connection."""
_PORTS = {"http": 80, "https": 443, "socks5": 1080}


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A cluster that the stack may use."""

    providers: list[pulumi.ProviderResource]
    """The Kubernetes provider, and on GKE the Google provider."""
    kubeconfig: pulumi.Output[str] | None = None
    """The kubeconfig of a GKE cluster, without credentials; none = the user's own."""
    operator: pulumi.Input[str] | None = None
    """The user who runs the stack, as the cluster knows them, and who needs to be made cluster-admin; none = nobody."""
    network: pulumi.Output[str] | None = None
    """VPC of a GKE cluster."""
    subnetwork: pulumi.Output[str] | None = None
    """Subnet of a GKE cluster, in which an internal load balancer and a database have their addresses."""
    google_services: pulumi.Resource | None = None
    """The APIs that must be enabled before anything of Google Cloud is made; none = there is nothing of it."""
    zones: pulumi.Output[Sequence[str]] | None = None
    """Zones of the nodes of a GKE cluster; with a zone as `cluster.location`, those beside it."""


def connect(settings: Settings) -> Connection:
    """Returns the cluster that the settings name: one of the user's kubeconfig, or one of GKE.

    Raises:
        pulumi.RunError: The kubeconfig names no such cluster, or nothing answers there. The message says how to
            mend it.
    """
    if settings.cluster.on_gke:
        from components.gke import connection  # noqa: PLC0415 the Google SDK is slow to load; most stacks need none

        return connection.connect(settings)
    address = kubeconfig.find(settings.kubernetes.context)
    # The provider would take an unreachable cluster for an empty one and preview happily, so that is looked at first.
    _reach(address)
    # Without a kubeconfig the SDK puts the variable KUBECONFIG here: a path of one machine in the state of all, and a
    # list of files is not understood. The provider reads the same files by itself.
    provider = kubernetes_provider("", context=address.context)
    admin = settings.cluster_admin
    return Connection(providers=[provider], operator=admin.user if admin.enabled else None)


def kubernetes_provider(kubeconfig_: pulumi.Input[str], *, context: str | None = None) -> kubernetes.Provider:
    """Returns the provider for a cluster.

    Args:
        kubeconfig_: A kubeconfig as JSON; empty = the user's own.
        context: Context of the kubeconfig; None = its current one.
    """
    return kubernetes.Provider(
        "cluster",
        context=context,
        kubeconfig=kubeconfig_,
        # A stack lives in one cluster all its life. Were the provider replaced (for another context, a renewed
        # certificate), every object would be too: homes and database with them.
        cluster_identifier=f"{pulumi.get_project()}/{pulumi.get_stack()}",
        # Set here, as each could be set otherwise by a variable of somebody's environment. An unreachable cluster is no
        # reason to forget what is in it, and server-side apply keeps Secrets out of annotations.
        delete_unreachable=False,
        skip_update_unreachable=False,
        enable_server_side_apply=True,
    )


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
