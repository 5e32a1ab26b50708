"""Rules of the endpoint and of the public URL."""

from collections.abc import Mapping
from typing import Final

from settings.groups.cluster import ClusterSettings
from settings.groups.endpoint import EndpointSettings
from settings.rules.cluster import gke_only_errors
from settings.rules.effects import without_effect
from settings.types.addresses import host_of

_BY_STACK: Final = ("load-balancer", "gateway")
_WITH_CERTIFICATE: Final = ("load-balancer", "ingress")
_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "address": ("load-balancer",),
    "hostname": (*_BY_STACK, "ingress", "http-route"),
    "source_ranges": _BY_STACK,
    "internal": ("load-balancer",),
    "dns_zone": _BY_STACK,
    "security_policy": ("gateway",),
    "tls_secret": _WITH_CERTIFICATE,
    "tls_certificate": _WITH_CERTIFICATE,
    "tls_key": _WITH_CERTIFICATE,
    "cert_manager": _WITH_CERTIFICATE,
    "ingress_class": ("ingress",),
    "gateway": ("http-route",),
    "annotations": ("load-balancer", "ingress", "http-route", "node-port"),
    "load_balancer_class": ("load-balancer",),
    "node_port": ("node-port",),
}
"""Types of endpoints that have a key, by its field."""
_CERTIFICATE: Final = ("tls_secret", "tls_certificate", "tls_key", "cert_manager")
_ADDRESS: Final = ("address", "internal", "dns_zone", "source_ranges")
_OTHERS_ADDRESS: Final = "the address is that of {}, and so is who may reach it"
_HINTS: Final[Mapping[str, Mapping[str, str]]] = {
    "load-balancer": {"security_policy": "a load balancer has endpoint.sourceRanges"},
    "gateway": {
        "address": "for a gateway the stack reserves a global address",
        "internal": "a gateway is always public",
        **dict.fromkeys(_CERTIFICATE, "a gateway has a certificate by Google"),
        "gateway": "an existing Gateway is endpoint.type http-route",
    },
    "ingress": dict.fromkeys(_ADDRESS, f"{_OTHERS_ADDRESS.format('the controller')} (endpoint.annotations)"),
    "http-route": {
        **dict.fromkeys(_ADDRESS, _OTHERS_ADDRESS.format("the Gateway")),
        **dict.fromkeys(_CERTIFICATE, "the certificate is that of the Gateway's listener"),
    },
    "node-port": {
        "hostname": "set publicUrl alone",
        **dict.fromkeys(_CERTIFICATE, "https is for your own reverse proxy"),
    },
}
"""What a type of endpoint has instead, by type and field."""
_HOSTNAME_NEEDED: Final[Mapping[str, str]] = {
    "gateway": "the certificate of a gateway needs it",
    "ingress": "by it the controller tells sites apart",
    "http-route": "by it the Gateway tells sites apart",
}
"""Why a type of endpoint needs a host name."""
_OF_GKE: Final = ("gce", "gce-internal")


def effect_errors(endpoint: EndpointSettings) -> list[str]:
    """Report keys that have no effect without an endpoint."""
    if endpoint.type != "none":
        return []
    names = [name for name in EndpointSettings.model_fields if name != "type"]
    return without_effect("endpoint", endpoint, names, "with endpoint.type none")


def type_errors(endpoint: EndpointSettings) -> list[str]:
    """Report keys of other types of endpoints."""
    if endpoint.type == "none":
        return []
    fields = EndpointSettings.model_fields
    errors: list[str] = []
    for name, types in _TYPES.items():
        if endpoint.type in types or getattr(endpoint, name) == fields[name].default:
            continue
        key, hint = f"endpoint.{fields[name].alias}", _HINTS.get(endpoint.type, {}).get(name)
        allowed = " or ".join(filter(None, (", ".join(types[:-1]), types[-1])))
        errors.append(
            f"{key}: is for endpoint.type {allowed}{f'; {hint}' if hint else ''}; remove it: pulumi config rm {key}"
        )
    return errors


def missing_errors(endpoint: EndpointSettings, public_url: str | None) -> list[str]:
    """Report missing keys of the types of endpoints."""
    errors: list[str] = []
    if endpoint.hostname is None and (reason := _HOSTNAME_NEEDED.get(endpoint.type)):
        errors.append(
            f"endpoint.hostname: is not set, but {reason}: pulumi config set endpoint.hostname hub.example.org"
        )
    if endpoint.type == "http-route" and endpoint.gateway is None:
        errors.append(
            "endpoint.gateway: is not set, but endpoint.type http-route needs the Gateway of the route: "
            "pulumi config set --path '[\"endpoint.gateway\"].name' NAME"
        )
    if endpoint.type == "node-port" and public_url is None:
        errors.append(
            "publicUrl: is not set, but with endpoint.type node-port only you know it: that of your reverse proxy, or "
            "of a node with its port: pulumi config set publicUrl https://hub.example.org"
        )
    if endpoint.type == "load-balancer" and endpoint.dns_zone is not None and endpoint.hostname is None:
        errors.append(
            "endpoint.hostname: is not set, so endpoint.dnsZone gets no record; set it, or: "
            "pulumi config rm endpoint.dnsZone"
        )
    return errors


def policy_errors(endpoint: EndpointSettings) -> list[str]:
    """Report two Cloud Armor policies of a gateway."""
    if endpoint.type != "gateway" or not endpoint.source_ranges or endpoint.security_policy is None:
        return []
    return [
        (
            "endpoint.sourceRanges: makes a Cloud Armor policy, but endpoint.securityPolicy names another, and a "
            "gateway has one; add the ranges to that policy, and pulumi config rm endpoint.sourceRanges; or: "
            "pulumi config rm endpoint.securityPolicy"
        )
    ]


def class_errors(endpoint: EndpointSettings, cluster: ClusterSettings) -> list[str]:
    """Report an Ingress for GKE's own controller."""
    if endpoint.type != "ingress":
        return []
    if endpoint.ingress_class in _OF_GKE:
        problem = "is GKE's own controller"
    elif endpoint.ingress_class is None and cluster.on_gke:
        problem = "is not set, and on GKE an Ingress without a class is for GKE's own controller"
    else:
        return []
    return [
        (
            f"endpoint.ingressClass: {problem}, which cuts connections after 30 seconds; endpoint.type gateway is "
            "the same load balancer, with a certificate: pulumi config set endpoint.type gateway; for the VPC alone: "
            "endpoint.type load-balancer with endpoint.internal; or name the class of another controller: "
            "pulumi config set endpoint.ingressClass NAME"
        )
    ]


def gke_errors(endpoint: EndpointSettings, cluster: ClusterSettings) -> list[str]:
    """Report keys that need a GKE cluster."""
    if endpoint.type == "gateway" and not cluster.on_gke:
        return [
            (
                "endpoint.type: gateway works on GKE only, where cluster.mode is existing or create; set that, or: "
                "pulumi config set endpoint.type load-balancer"
            )
        ]
    if endpoint.type == "http-route" and endpoint.gateway is not None:
        return gke_only_errors(cluster, {"endpoint.gateway.google": endpoint.gateway.google})
    if endpoint.type == "load-balancer":
        return gke_only_errors(cluster, {"endpoint.dnsZone": endpoint.dns_zone})
    return []


def zone_errors(endpoint: EndpointSettings) -> list[str]:
    """Report a host name outside its DNS zone."""
    zone, hostname = endpoint.dns_zone, endpoint.hostname
    if endpoint.type == "none" or zone is None or hostname is None or f".{hostname}".endswith(f".{zone.domain}"):
        return []
    return [
        (
            "endpoint.hostname: is outside of endpoint.dnsZone.domain; choose a name in that domain, or the zone of "
            "the host name"
        )
    ]


def url_errors(public_url: str | None, endpoint: EndpointSettings) -> list[str]:
    """Report a public URL at which the hub could not be reached."""
    if public_url is None:
        return []
    remove = "; remove it, as it follows from endpoint.*: pulumi config rm publicUrl"
    if endpoint.hostname is not None and endpoint.type != "none" and host_of(public_url) != endpoint.hostname:
        return [f"publicUrl: has another host than endpoint.hostname{remove}"]
    # The listener of an existing Gateway may be for http.
    if endpoint.is_https and endpoint.type != "http-route" and not public_url.startswith("https://"):
        key = _https_key(endpoint)
        return [f"publicUrl: is not https, but {key} is{remove}"]
    return []


def _https_key(endpoint: EndpointSettings) -> str:
    if endpoint.type == "gateway":
        return "endpoint.type gateway"
    return "endpoint.tls*" if endpoint.cert_manager is None else "endpoint.certManager"
