"""Rules of the endpoint and of the public URL."""

from settings.groups.cluster import ClusterSettings
from settings.groups.endpoint import EndpointSettings
from settings.rules.cluster import gke_only_errors
from settings.rules.effects import without_effect
from settings.types.addresses import host_of


def effect_errors(endpoint: EndpointSettings) -> list[str]:
    """Report keys that have no effect without an endpoint."""
    if endpoint.type != "none":
        return []
    names = [name for name in EndpointSettings.model_fields if name != "type"]
    return without_effect("endpoint", endpoint, names, "with endpoint.type none")


def gateway_errors(endpoint: EndpointSettings) -> list[str]:
    """Report keys that a gateway does not support, and missing ones."""
    if endpoint.type != "gateway":
        return []
    errors: list[str] = []
    if endpoint.hostname is None:
        errors.append(
            "endpoint.hostname: is not set, but the certificate of a gateway needs it: "
            "pulumi config set endpoint.hostname hub.example.org"
        )
    if endpoint.internal:
        errors.append(
            "endpoint.internal: is not offered with endpoint.type gateway; remove it, or: "
            "pulumi config set endpoint.type load-balancer"
        )
    if endpoint.address is not None:
        errors.append(
            "endpoint.address: is for endpoint.type load-balancer; for a gateway the stack reserves a global address; "
            "remove it: pulumi config rm endpoint.address"
        )
    if endpoint.source_ranges and endpoint.security_policy is not None:
        errors.append(
            "endpoint.sourceRanges: makes a Cloud Armor policy, but endpoint.securityPolicy names another, and a "
            "gateway has one; add the ranges to that policy, and pulumi config rm endpoint.sourceRanges; or: "
            "pulumi config rm endpoint.securityPolicy"
        )
    certificate = {
        "endpoint.tlsSecret": endpoint.tls_secret,
        "endpoint.tlsCertificate": endpoint.tls_certificate,
        "endpoint.tlsKey": endpoint.tls_key,
    }
    return errors + [
        f"{key}: is for endpoint.type load-balancer; a gateway has a certificate by Google; remove it: "
        f"pulumi config rm {key}"
        for key, value in certificate.items()
        if value is not None
    ]


def load_balancer_errors(endpoint: EndpointSettings) -> list[str]:
    """Report keys that a load balancer does not support, and missing ones."""
    if endpoint.type != "load-balancer":
        return []
    errors: list[str] = []
    if endpoint.security_policy is not None:
        errors.append(
            "endpoint.securityPolicy: is for endpoint.type gateway; a load balancer has endpoint.sourceRanges; "
            "remove it: pulumi config rm endpoint.securityPolicy"
        )
    if endpoint.dns_zone is not None and endpoint.hostname is None:
        errors.append(
            "endpoint.hostname: is not set, so endpoint.dnsZone gets no record; set it, or: "
            "pulumi config rm endpoint.dnsZone"
        )
    return errors


def gke_errors(endpoint: EndpointSettings, cluster: ClusterSettings) -> list[str]:
    """Report keys that need a GKE cluster."""
    if endpoint.type == "gateway" and not cluster.on_gke:
        return [
            (
                "endpoint.type: gateway works on GKE only, where cluster.mode is existing or create; set that, or: "
                "pulumi config set endpoint.type load-balancer"
            )
        ]
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
    if endpoint.is_https and not public_url.startswith("https://"):
        key = "endpoint.tls*" if endpoint.has_tls else "endpoint.type gateway"
        return [f"publicUrl: is not https, but {key} is{remove}"]
    return []
