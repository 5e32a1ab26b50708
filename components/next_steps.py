"""What people have to do after `pulumi up`, which prints it at its end.

It says nothing that the other exports and the settings do not say, so reviews leave it out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi

from components import service_names
from components.endpoint import DnsRecord
from settings import Settings, callback_of, logout_of, lti_urls_of


@dataclass(frozen=True, kw_only=True)
class NextStepsArgs:
    """What `next_steps` needs."""

    settings: Settings
    """The stack's settings: endpoint, sign-in."""
    url: pulumi.Input[str | None]
    """URL of the hub for browsers; None = it has none."""
    dns_records: pulumi.Input[Sequence[DnsRecord]] | None
    """DNS records for a reserved address that people have to create; None = there are none."""


def next_steps(args: NextStepsArgs) -> pulumi.Output[list[str]]:
    """Return the steps, in their order; the last one is to open the hub."""
    return pulumi.Output.all(url=args.url, records=args.dns_records).apply(
        lambda known: [*_steps(args.settings, known["url"], known["records"] or ())]
    )


def _steps(settings: Settings, url: str | None, records: Sequence[DnsRecord]) -> Iterator[str]:
    for record in records:
        yield f"Create the DNS record {record['name']} {record['type']} {record['data']}"
    yield from _own_record(settings)
    if url is None:
        return
    yield from _registrations(settings, url)
    if settings.endpoint.type == "none":
        yield f"Forward a port to the hub: {settings.port_forward_command}"
    yield f"Open {url}"


def _own_record(settings: Settings) -> Iterator[str]:
    """Yield the DNS record for an address that is not known to Pulumi: on GKE, the stack reserves it."""
    endpoint, namespace = settings.endpoint, settings.namespace
    if endpoint.hostname is None or (settings.cluster.on_gke and endpoint.has_own_address):
        return
    if endpoint.address is not None:
        yield f"Create a DNS record of {endpoint.hostname} with the address {endpoint.address}"
        return
    where = {
        "load-balancer": f"kubectl -n {namespace} get service {service_names.public(settings)}",
        "ingress": f"kubectl -n {namespace} get ingress {settings.name}",
        "http-route": "kubectl get gateways --all-namespaces",
    }
    if endpoint.type in where:
        yield (
            f"Create a DNS record of {endpoint.hostname} with the address that the cluster has assigned: "
            + (where[endpoint.type])
        )


def _registrations(settings: Settings, url: str) -> Iterator[str]:
    """Yield the URLs that the provider of the sign-in has to know."""
    match settings.auth.type:
        case "github":
            yield f"Register {callback_of(url)} as callback URL of the OAuth app at {settings.github.url}"
        case "oidc":
            provider = settings.oidc.title_in_use
            yield f"Register {callback_of(url)} as redirect URI of the client at {provider}"
            if settings.oidc.logout_at_provider:
                yield f"Register {logout_of(url)} as post-logout redirect URI there"
        case "lti":
            urls = ", ".join(f"{name} {address}" for name, address in lti_urls_of(url).items())
            yield f"Register the hub as a tool of LTI 1.3 at {settings.lti.title_in_use}: {urls}"
        case "iap":
            yield (
                "Register https://iap.googleapis.com/v1/oauth/clientIds/<iap.clientId>:handleRedirect as redirect URI "
                "of the OAuth client at https://console.cloud.google.com/auth/clients"
            )
        case _:
            pass
