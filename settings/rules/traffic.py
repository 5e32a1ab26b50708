"""Rules of the NetworkPolicies: what they must let through, and settings that have no effect without them."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from pydantic import JsonValue

from settings.groups.auth import AuthSettings
from settings.groups.cluster import ClusterSettings
from settings.groups.hub import HubSettings
from settings.groups.identity import IdentitySettings
from settings.groups.network import NetworkSettings
from settings.groups.notebook import NotebookSettings
from settings.groups.proxy import ProxySettings
from settings.rules.effects import without_effect
from settings.types.traffic import Destination

HTTPS: Final = 443
_API_SERVERS: Final = (6443, 8443, 16443)
"""Ports of API servers beside `HTTPS`, which GKE, EKS and AKS have: kubeadm, k3s and kind; minikube; MicroK8s."""
_PORTS: Final = {"http": 80, "https": HTTPS, "ldap": 389, "ldaps": 636}
"""By scheme of a URL, its port."""
_URL: Final = re.compile(rf"\b({'|'.join(_PORTS)})://[A-Za-z0-9.-]+(?::([0-9]{{1,5}}))?")
_PORT_TRAIT: Final = re.compile(r"(?:.*_)?port")


def ports_of_hub(cluster: ClusterSettings, sign_in_url: str | None = None) -> tuple[int, ...]:
    """Return the TCP ports at which the hub reaches any address: of Kubernetes' API, and of the sign-in."""
    # Google's keys for IAP, and most providers of a custom class, are at 443 too.
    ports = {HTTPS, *(() if cluster.on_gke else _API_SERVERS)}
    if sign_in_url is not None:
        ports.add(_port_of(sign_in_url))
    return tuple(sorted(ports))


def effect_errors(
    network: NetworkSettings, notebook: NotebookSettings, hub: HubSettings, proxy: ProxySettings
) -> list[str]:
    """Report keys that have no effect without policies, or without the internet."""
    if not network.policies:
        why = "with network.policies false"
        return [
            *without_effect("network", network, ("private_ranges",), why),
            *without_effect("notebook", notebook, ("internet", "egress"), why),
            *without_effect("hub", hub, ("egress", "ingress"), why),
            *without_effect("proxy", proxy, ("egress",), why),
        ]
    if not notebook.internet:
        return without_effect("network", network, ("private_ranges",), "with notebook.internet false")
    return []


def notebook_errors(notebook: NotebookSettings, identity: IdentitySettings, network: NetworkSettings) -> list[str]:
    """Report what servers need of the internet, if they do not reach it."""
    if notebook.internet or not network.policies:
        return []
    accounts = {
        "identity.notebookServiceAccount": identity.notebook_service_account,
        "identity.notebooks": identity.notebooks,
    }
    needs = {
        **{
            f"notebook.content[{index}].repository": _port_of(entry.repository)
            for index, entry in enumerate(notebook.content)
        },
        **{
            f"notebook.folders[{index}].bucket": HTTPS
            for index, folder in enumerate(notebook.folders)
            if folder.bucket is not None
        },
        **{key: HTTPS for key, value in accounts.items() if value},
    }
    return [
        f"{key}: needs port {port} of the internet, but notebook.internet is false; allow the addresses of its server "
        "in notebook.egress, remove it, or: pulumi config rm notebook.internet"
        for key, port in needs.items()
        if not _has_port(port, notebook.egress)
    ]


def sign_in_errors(
    auth: AuthSettings, hub: HubSettings, network: NetworkSettings, cluster: ClusterSettings
) -> list[str]:
    """Report a provider of a custom class that the hub would not reach."""
    if not network.policies or auth.type != "custom":
        return []
    reached = ports_of_hub(cluster)
    return [
        f"{key}: names port {port}, which network.policies closes to the hub; allow it in hub.egress: "
        "[{range: 10.20.0.7/32, ports: [PORT]}], or namespace and pods in the cluster"
        for key, port in _ports_in(dict(auth.custom_traits), "auth.customTraits")
        if port not in reached and not _has_port(port, hub.egress)
    ]


def service_errors(hub: HubSettings, proxy: ProxySettings, network: NetworkSettings, namespace: str) -> list[str]:
    """Report services that hub and proxy would not reach."""
    if not network.policies:
        return []
    errors: list[str] = []
    for index, service in enumerate(hub.services):
        if service.port is None or all(_has_port(service.port, group.egress) for group in (hub, proxy)):
            continue
        place = f"hub.services[{index}].url"
        if service.destination is None:
            errors.append(
                f"{place}: is no name of a Service with its namespace, such as http://grader.grading, and "
                f"network.policies closes port {service.port} to hub and proxy; give that name, or allow its address "
                "in hub.egress and proxy.egress"
            )
        elif service.destination.namespace in {namespace, f"{namespace}-notebooks"}:
            errors.append(
                f"{place}: is in a namespace of this hub, which network.policies closes; run the service in another one"
            )
    return errors


def extra_config_warnings(hub: HubSettings, network: NetworkSettings, cluster: ClusterSettings) -> list[str]:
    """Report URLs in the operator's own code that the hub may not reach. The code may use them for pages alone."""
    if not network.policies or hub.extra_config is None:
        return []
    reached = ports_of_hub(cluster)
    ports = sorted({port for _, port in _ports_in(hub.extra_config, "hub.extraConfig")})
    return [
        f"hub.extraConfig: has a URL with port {port}, which network.policies closes to the hub; if the hub itself "
        "connects to it, allow it in hub.egress, and for a service behind the proxy in proxy.egress too"
        for port in ports
        if port not in reached and not _has_port(port, hub.egress)
    ]


def _has_port(port: int, destinations: Iterable[Destination]) -> bool:
    return any(destination.has_port(port) for destination in destinations)


def _port_of(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or _PORTS[parts.scheme]


def _ports_in(value: JsonValue, key: str) -> Iterator[tuple[str, int]]:
    """Yield the ports that a value names: those of URLs, and numbers whose names end with `port`."""
    if isinstance(value, str):
        for found in _URL.finditer(value):
            yield key, int(found[2] or _PORTS[found[1]])
    elif isinstance(value, dict):
        for name, part in value.items():
            inner = f"{key}.{name}"
            if _PORT_TRAIT.fullmatch(name) and str(part).isdigit():
                yield inner, int(str(part))
            else:
                yield from _ports_in(part, inner)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _ports_in(part, f"{key}[{index}]")
