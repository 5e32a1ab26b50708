"""What the ways to the hub demand, and which URL follows from them."""

from settings.groups.cluster import ClusterSettings
from settings.groups.endpoint import EndpointSettings
from settings.rules.gke import only_on_gke
from settings.rules.tls import tls_mistakes
from settings.types.addresses import host_of, is_loopback, url_of

FORWARDED_URL = "http://localhost:8000"
"""Where a hub is reached by `kubectl port-forward`."""


def endpoint_mistakes(endpoint: EndpointSettings, cluster: ClusterSettings | None) -> list[str]:
    """Returns which keys do not go with the type of the endpoint, with the cluster (if known) or with each other."""
    if endpoint.type == "none":
        return [
            f"endpoint.{field.alias}: has no effect with endpoint.type none; remove it: "
            f"pulumi config rm endpoint.{field.alias}"
            for name, field in EndpointSettings.model_fields.items()
            if name != "type" and getattr(endpoint, name) != field.default
        ]
    of_type = _gateway_mistakes if endpoint.type == "gateway" else _load_balancer_mistakes
    return of_type(endpoint, cluster) + _name_mistakes(endpoint)


def default_url(endpoint: EndpointSettings) -> str | None:
    """Returns where people reach the hub, as far as that is known before there is an address."""
    if endpoint.type == "none":
        return FORWARDED_URL
    if endpoint.hostname is not None:
        return f"{'https' if _speaks_https(endpoint) else 'http'}://{endpoint.hostname}"
    return None if endpoint.address is None else url_of(endpoint.address)


def url_mistake(public_url: str, endpoint: EndpointSettings) -> str | None:
    """Returns why people would not get to the hub by this URL, without the URL."""
    follows = "; remove it, as it follows from endpoint.*: pulumi config rm publicUrl"
    if endpoint.hostname is not None and host_of(public_url) != endpoint.hostname:
        return f"has another host than endpoint.hostname{follows}"
    if _speaks_https(endpoint) and not public_url.startswith("https://"):
        key = "endpoint.tls*" if endpoint.has_tls else "endpoint.type gateway"
        return f"is not https, but {key} is{follows}"
    return None


def open_to_strangers(endpoint: EndpointSettings, public_url: str | None, cluster: ClusterSettings) -> list[str]:
    """Returns why `dummy` must not be used here. It lets anybody in, so nobody else may reach the hub."""
    has_local_url = public_url is not None and is_loopback(host_of(public_url))
    loopback = "loopback (127.0.0.0/8, ::1, localhost)"
    if endpoint.type == "none":
        if has_local_url:
            return []
        reason = f"so publicUrl must be {loopback}"
    elif endpoint.type == "gateway" or endpoint.internal or cluster.on_gke:
        reason = "so nobody else may reach it: pulumi config set endpoint.type none"
    elif endpoint.address is None:
        reason = (
            "so endpoint.address must be set to a loopback address; without it a cloud gives a public one: "
            "pulumi config set endpoint.address 127.100.0.10"
        )
    elif not is_loopback(endpoint.address) or not has_local_url:
        reason = f"so endpoint.address and publicUrl must be {loopback}"
    else:
        return []
    otherwise = "if strangers are meant to get in: pulumi config set auth.allowAnyoneFromTheInternet true"
    return [f"auth.type: dummy lets anybody in with any password, {reason}; {otherwise}"]


def _speaks_https(endpoint: EndpointSettings) -> bool:
    return endpoint.type == "gateway" or endpoint.has_tls


def _gateway_mistakes(endpoint: EndpointSettings, cluster: ClusterSettings | None) -> list[str]:
    mistakes: list[str] = []
    if cluster is not None and not cluster.on_gke:
        mistakes.append(
            "endpoint.type: gateway is made on GKE only, where cluster.mode is existing or create; set that, or: "
            "pulumi config set endpoint.type load-balancer"
        )
    if endpoint.hostname is None:
        mistakes.append(
            "endpoint.hostname: is not set, but the certificate of a gateway needs it: "
            "pulumi config set endpoint.hostname hub.example.org"
        )
    if endpoint.internal:
        mistakes.append(
            "endpoint.internal: is not offered with endpoint.type gateway; remove it, or: "
            "pulumi config set endpoint.type load-balancer"
        )
    if endpoint.address is not None:
        mistakes.append(
            "endpoint.address: is for endpoint.type load-balancer; a gateway gets a global address that the stack "
            "reserves; remove it: pulumi config rm endpoint.address"
        )
    if endpoint.source_ranges and endpoint.security_policy is not None:
        mistakes.append(
            "endpoint.sourceRanges: makes a Cloud Armor policy, but endpoint.securityPolicy names another, and there "
            "can be one only; put the ranges into that, and pulumi config rm endpoint.sourceRanges; or: "
            "pulumi config rm endpoint.securityPolicy"
        )
    certificate = {
        "endpoint.tlsSecret": endpoint.tls_secret,
        "endpoint.tlsCertificate": endpoint.tls_certificate,
        "endpoint.tlsKey": endpoint.tls_key,
    }
    mistakes += [
        f"{key}: is for endpoint.type load-balancer; a gateway has a certificate by Google; remove it: "
        f"pulumi config rm {key}"
        for key, value in certificate.items()
        if value is not None
    ]
    return mistakes


def _load_balancer_mistakes(endpoint: EndpointSettings, cluster: ClusterSettings | None) -> list[str]:
    mistakes: list[str] = []
    if endpoint.security_policy is not None:
        mistakes.append(
            "endpoint.securityPolicy: is for endpoint.type gateway; here endpoint.sourceRanges says who may come; "
            "remove it: pulumi config rm endpoint.securityPolicy"
        )
    if cluster is not None:
        mistakes += only_on_gke(cluster, {"endpoint.dnsZone": endpoint.dns_zone})
    if endpoint.dns_zone is not None and endpoint.hostname is None:
        mistakes.append(
            "endpoint.hostname: is not set, so that endpoint.dnsZone gets no record; set it, or: "
            "pulumi config rm endpoint.dnsZone"
        )
    return mistakes + tls_mistakes(endpoint)


def _name_mistakes(endpoint: EndpointSettings) -> list[str]:
    zone, hostname = endpoint.dns_zone, endpoint.hostname
    if zone is None or hostname is None or f".{hostname}".endswith(f".{zone.domain}"):
        return []
    return [
        "endpoint.hostname: is outside of endpoint.dnsZone.domain; choose a name in it, or the zone that has the name"
    ]
