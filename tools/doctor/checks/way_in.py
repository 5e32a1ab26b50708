"""Checks of the way from a browser to the hub: Services, address, DNS, certificate, answer, OAuth callback."""

import ipaddress
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from components.dynamic import route_check
from settings import Settings, callback_of, certificate_errors
from tools.doctor.facts import Facts
from tools.doctor.findings import Finding

_SOON: Final = timedelta(days=14)
"""Time before the end of a certificate from which on it is told. cert-manager renews 30 days before the end of 90."""
_BY_NAME: Final = {"github", "oidc"}
"""Sign-in methods whose provider knows the callback URL."""
_PARTS: Final = {"lb": "proxy", "api": "hub", "proxy-api": "proxy"}
"""Services by their suffix, with the component of their pods."""


def services(facts: Facts) -> Iterator[Finding]:
    """Find Services that lead to no pod, though it is ready."""
    ready = {pod.metadata.component for pod in facts.pods if pod.ready}
    if "slices" in facts.unread:
        return
    for suffix, component in _PARTS.items():
        name = f"{facts.settings.name}-{suffix}"
        of_service = [one for one in facts.slices if one.metadata.labels.get("kubernetes.io/service-name") == name]
        has_endpoint = any(end.conditions.ready for one in of_service for end in one.endpoints)
        is_there = any(one.metadata.name == name for one in facts.services)
        if is_there and component in ready and not has_endpoint:
            yield Finding(
                title=f"Service {name} leads to no pod, though the {component} is ready",
                fix="Its selector or the pod's labels were changed: pulumi up --refresh",
            )


def address(facts: Facts) -> Iterator[Finding]:
    """Find out why the cluster serves the hub at no address, or at another one than the stack names."""
    settings = facts.settings
    endpoint, name, namespace = settings.endpoint, settings.name, settings.namespace
    there = facts.public_addresses
    if endpoint.type == "load-balancer" and any(one.metadata.name == f"{name}-lb" for one in facts.services):
        if not there:
            yield Finding(
                title=f"Service {name}-lb has no address",
                why=facts.events_of("Service", f"{name}-lb"),
                fix="The cluster has no load balancer for it, or the address is taken: docs/endpoint.md",
            )
        elif endpoint.address is not None and endpoint.address not in there:
            yield Finding(
                title=f"Service {name}-lb has the address {', '.join(there)}, and the stack file {endpoint.address}",
                fix="pulumi up; the controller of load balancers takes the address only if it is reserved and free",
            )
    if endpoint.type == "ingress" and "ingresses" not in facts.unread:
        if all(one.metadata.name != name for one in facts.ingresses):
            yield Finding(title=f"There is no Ingress {name}", fix="pulumi up --refresh")
        elif not there:
            yield Finding(
                title=f"No controller has written an address into Ingress {name}",
                why=facts.events_of("Ingress", name),
                fix=f"See whether one runs for its class: kubectl -n {namespace} describe ingress {name}",
                severity="warning",
            )
    yield from _routes(facts)


def _routes(facts: Facts) -> Iterator[Finding]:
    """Find what a Gateway and cert-manager say in their conditions."""
    settings = facts.settings
    name, gateway = settings.name, settings.endpoint.gateway
    if settings.endpoint.type == "http-route" and gateway is not None and "route" not in facts.unread:
        props = {
            "name": name,
            "namespace": settings.namespace,
            "gateway": gateway.name,
            "gateway_namespace": gateway.namespace or settings.namespace,
        }
        if facts.route is None:
            yield Finding(title=f"There is no HTTPRoute {name}", fix="pulumi up --refresh")
        elif problem := route_check.refusal(props, facts.route):
            title, _, fix = problem.rpartition(". ")
            yield Finding(title=title, fix=fix)
    if settings.endpoint.type == "gateway" and "gateway" not in facts.unread:
        if facts.gateway is None:
            yield Finding(title=f"There is no Gateway {name}", fix="pulumi up --refresh")
        elif problems := facts.gateway.unmet("Accepted", "Programmed"):
            yield Finding(
                title=f"Google's load balancer for Gateway {name} is not made",
                why=(*problems, *facts.events_of("Gateway", name)),
                fix=f"A new one takes some minutes. Otherwise: kubectl -n {settings.namespace} describe gateway {name}",
            )
    if settings.endpoint.cert_manager is not None and "issued" not in facts.unread:
        problems = ("it does not exist",) if facts.issued is None else facts.issued.unmet("Ready")
        if problems:
            yield Finding(
                title=f"cert-manager has not issued Certificate {name}-tls",
                why=problems,
                fix=f"kubectl -n {settings.namespace} describe certificate,certificaterequest,order,challenge; "
                "docs/https.md#cert-manager",
            )


def dns(facts: Facts) -> Iterator[Finding]:
    """Compare the host name with the address."""
    site = facts.site
    if site is None or _is_address(site.host):
        return
    there = facts.public_addresses
    record = ", ".join(
        f"{site.host}. {'A' if _is_address(one) and ':' not in one else 'AAAA' if _is_address(one) else 'CNAME'} {one}"
        for one in there
    )
    create = f"Create the DNS record: {record}" if record else "Create a DNS record with the address of the hub"
    zone = facts.settings.endpoint.dns_zone
    if zone is not None:
        create = f"The zone {zone.name} has to be the one that the domain's name servers serve: dig NS {zone.domain}"
    if site.lookup_error is not None:
        yield Finding(title=f"DNS has no address of {site.host}", why=(site.lookup_error,), fix=create)
    elif site.version is None and there and all(map(_is_address, there)) and not {*there} & {*site.addresses}:
        # Where a hub answers, DNS may lead to another proxy in front of it.
        yield Finding(
            title=f"DNS leads {site.host} to {', '.join(site.addresses)}, where no hub answers; it is at "
            f"{', '.join(there)}",
            fix=f"Change the DNS record: {record}. A resolver may keep the old one for its time to live",
        )


def certificate(facts: Facts) -> Iterator[Finding]:
    """Find what browsers do not accept in the certificate, or soon will not."""
    site, settings = facts.site, facts.settings
    pem = site.certificate if site else None
    if site is None or not site.url.startswith("https://"):
        return
    where, renew = f"The certificate of {site.host}", _renewal(settings)
    if pem is None:
        if site.error is not None and (site.addresses or facts.public_addresses):
            yield Finding(title=f"{where} is not seen: there is no TLS connection", why=(site.error,), fix=renew)
        return
    errors = certificate_errors(pem, hostname=None if _is_address(site.host) else site.host)
    for error in errors:
        yield Finding(title=f"{where} {error}", fix=renew)
    end = load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    if not errors and end - facts.now < _SOON:
        yield Finding(title=f"{where} expires on {end:%Y-%m-%d}", fix=renew, severity="warning")
    if not errors and site.verify_error is not None:
        yield Finding(
            title=f"{where} is not accepted by this machine",
            why=(site.verify_error,),
            fix="If its CA is your own, browsers have to know it. Otherwise the intermediate certificates are missing: "
            "they belong behind the certificate, in the same file",
            severity="warning",
        )
    kept = facts.secret_certificate
    if kept is not None and _first(kept) not in {None, _first(pem)} and not certificate_errors(kept, hostname=None):
        yield Finding(
            title=f"{where} is not the one in Secret {settings.endpoint.tls_secret}",
            fix="The proxy takes a renewed one within two minutes. If it stays so: "
            f"kubectl -n {settings.namespace} rollout restart deployment/{settings.name}-proxy",
            severity="warning",
        )


def answer(facts: Facts) -> Iterator[Finding]:
    """Find out whether a hub answers at its URL."""
    site, endpoint = facts.site, facts.settings.endpoint
    if site is None:
        return
    if not facts.serves:
        return  # the reason is a finding about a pod
    restricted = endpoint.internal or endpoint.source_ranges
    if site.error is not None:
        yield Finding(
            title=f"Nothing answers at {site.url}",
            why=(site.error,),
            fix="Only some networks reach it (endpoint.internal, endpoint.sourceRanges): look from one of them"
            if restricted
            else "Look at the address, firewalls and what is in front of the hub: docs/endpoint.md",
            severity="warning" if restricted else "error",
        )
    elif site.status is not None and site.status >= 400 and site.version is None:
        yield Finding(
            title=f"Something else than the hub answers at {site.url}, with status {site.status}",
            why=tuple(site.text.splitlines()[:3]),
            fix="The proxy does not reach the hub, or another program has this address: docs/endpoint.md",
        )


def callback(facts: Facts) -> Iterator[Finding]:
    """Compare the OAuth callback that the hub uses with the one of its URL."""
    content = facts.hub_files.get("hub.json")
    if facts.site is None or content is None or facts.settings.auth.type not in _BY_NAME:
        return
    sign_in: Mapping[str, Any] = json.loads(content)["sign_in"]
    used, right = sign_in["callback_url"], callback_of(facts.site.url)
    if used is not None and used != right:
        yield Finding(
            title=f"The hub sends the OAuth callback {used}, and its URL is {facts.site.url}",
            fix=f"pulumi up, and register {right} at the provider (export oauth_callback_url)",
        )
    elif used is None and urlsplit(facts.site.url).scheme == "http" and facts.settings.auth.type == "oidc":
        yield Finding(
            title="The hub has no fixed URL, so its OAuth callback changes with its address",
            fix="Set endpoint.hostname or endpoint.address",
            severity="warning",
        )


def registered(facts: Facts) -> str | None:
    """Return the callback URL that has to be registered at the provider; None if there is none, or it is not known."""
    if facts.site is None or facts.settings.auth.type not in _BY_NAME:
        return None
    return callback_of(facts.site.url)


def _renewal(settings: Settings) -> str:
    endpoint = settings.endpoint
    if endpoint.cert_manager is not None:
        return f"See why cert-manager does not renew it: kubectl -n {settings.namespace} describe certificate"
    if endpoint.tls_secret is not None:
        return (
            f"Put a new one into the Secret: kubectl -n {settings.namespace} create secret tls {endpoint.tls_secret} "
            "--cert=certificate.pem --key=key.pem --dry-run=client -o yaml | kubectl apply -f -"
        )
    if endpoint.tls_certificate is not None:
        return "Set endpoint.tlsCertificate and endpoint.tlsKey to a new one: docs/https.md#renew-the-certificate"
    if endpoint.type == "gateway":
        return "Google issues it once the DNS records are right, which takes up to an hour: docs/https.md"
    return "Whoever runs what is in front of the hub renews it: docs/endpoint.md"


def _first(pem: str) -> bytes | None:
    try:
        return load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    except ValueError:
        return None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
