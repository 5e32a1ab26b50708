"""NetworkPolicies of both namespaces: the allowed connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.networking import v1 as networking

from components import service_names
from components.dynamic.connection_check import ConnectionCheck, ConnectionCheckArgs
from components.metadata import labels, selector
from components.network_rules import (
    Peers,
    chosen,
    of_namespace,
    ranges,
    tcp,
    to_chosen,
    to_dns,
    to_internet,
    to_metadata_server,
)
from components.node_purpose import core_nodes
from hub.contract import HUB_PORT, IDENTITY_LABEL, NOTEBOOK_PORT, PROXY_API_PORT, PROXY_PORT
from settings import Settings

_ACME_SOLVER: Final = {"acme.cert-manager.io/http01-solver": "true"}
"""Labels of the pods of cert-manager that prove the possession of a host name."""
_ACME_PORT: Final = 8089

Egress = list["networking.NetworkPolicyEgressRuleArgs"]
Ingress = list["networking.NetworkPolicyIngressRuleArgs"]


@dataclass(frozen=True, kw_only=True)
class NetworkPoliciesArgs:
    """Inputs of `NetworkPolicies`."""

    settings: Settings
    """The stack's settings: names, destinations, and what needs connections."""
    namespace: pulumi.Input[str]
    """Namespace of hub and proxy."""
    notebooks_namespace: pulumi.Input[str]
    """Namespace of the notebooks."""
    database_address: pulumi.Input[str] | None
    """IP address of a database on Cloud SQL; None = another database."""
    kubeconfig: pulumi.Input[str] | None = None
    """Kubeconfig of a GKE cluster; None = the user's own."""
    running: Sequence[pulumi.Resource]
    """Hub and proxy, to which connections are tried once they run."""


class NetworkPolicies(pulumi.ComponentResource):
    """NetworkPolicies that close both namespaces in both directions, and open what the settings need.

    Once the hub runs, a pod tries an allowed and a forbidden connection, and a warning tells what is not as it should.
    """

    names: pulumi.Output[Sequence[str]]
    """Names of the policies."""

    def __init__(self, name: str, args: NetworkPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:network_policies:NetworkPolicies", name, None, opts)
        settings = args.settings
        made: list[networking.NetworkPolicy] = []

        def policy(
            part: str,
            component: str,
            pods: meta.LabelSelectorArgs,
            *,
            ingress: Ingress | None = None,
            egress: Egress | None = None,
        ) -> None:
            made.append(
                networking.NetworkPolicy(
                    f"{name}-{part}",
                    metadata=meta.ObjectMetaArgs(
                        name=f"{settings.name}-{part}",
                        namespace=args.notebooks_namespace if component == "notebooks" else args.namespace,
                        labels=labels(settings, component),
                    ),
                    spec=networking.NetworkPolicySpecArgs(
                        pod_selector=pods, policy_types=["Ingress", "Egress"], ingress=ingress, egress=egress
                    ),
                    opts=pulumi.ResourceOptions(parent=self),
                )
            )

        everything = meta.LabelSelectorArgs()
        policy("closed", "hub", everything)
        policy("hub", "hub", _component(settings, "hub"), ingress=_to_hub(args), egress=_from_hub(args))
        if to_database := _to_database(args):
            policy("database", "hub", _component(settings, "hub"), egress=to_database)
        policy("proxy", "proxy", _component(settings, "proxy"), ingress=_to_proxy(args), egress=_from_proxy(args))
        if settings.endpoint.tls_secret is not None or settings.endpoint.cert_manager is not None:
            solver = networking.NetworkPolicyIngressRuleArgs(ports=tcp(_ACME_PORT))
            policy("acme", "proxy", meta.LabelSelectorArgs(match_labels=_ACME_SOLVER), ingress=[solver])
        policy("notebooks", "notebooks", everything, ingress=_to_notebooks(args), egress=_from_notebooks(args))
        if settings.identity.notebooks and not settings.notebooks_have_identity:
            of_some = meta.LabelSelectorRequirementArgs(key=IDENTITY_LABEL, operator="Exists")
            policy(
                "metadata",
                "notebooks",
                meta.LabelSelectorArgs(match_expressions=[of_some]),
                egress=[to_metadata_server()],
            )
        self.names = pulumi.Output.all(*(one.metadata.name for one in made))
        ConnectionCheck(
            f"{name}-check",
            ConnectionCheckArgs(
                context=settings.kubernetes.context,
                kubeconfig=args.kubeconfig,
                namespace=args.notebooks_namespace,
                labels=labels(settings, "notebooks"),
                image=settings.hub.image,
                node_selector={**core_nodes(settings), **settings.hub.pod.node_selector},
                tolerations=[one.model_dump(by_alias=True, exclude_none=True) for one in settings.hub.pod.tolerations],
                # Those of the hub are in another namespace.
                image_pull_secrets=settings.notebook.image_pull_secrets,
                allowed=f"{service_names.hub_api(settings)}.{settings.namespace}:{HUB_PORT}",
                forbidden=f"{service_names.proxy_api(settings)}.{settings.namespace}:{PROXY_API_PORT}",
                generations=pulumi.Output.all(*(one.metadata.generation for one in made)).apply(_joined),
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[*made, *args.running]),
        )
        self.register_outputs({"names": self.names})


def _joined(generations: Sequence[int | None]) -> str:
    # Without the right to a dry run, a preview does not know that of a changed policy.
    return ",".join("?" if one is None else str(one) for one in generations)


def _component(settings: Settings, component: str) -> meta.LabelSelectorArgs:
    return meta.LabelSelectorArgs(match_labels=selector(settings, component))


def _to_hub(args: NetworkPoliciesArgs) -> Ingress:
    hub = args.settings.hub
    namespaces = {service.namespace for service in hub.services if service.namespace is not None}
    namespaces |= set(args.settings.monitoring.readers)
    callers = [
        *_hub_and_proxy(args),
        *of_namespace(args.notebooks_namespace),
        *chosen(hub.ingress),
        *(peer for namespace in sorted(namespaces) for peer in of_namespace(namespace)),
    ]
    return [networking.NetworkPolicyIngressRuleArgs(from_=callers, ports=tcp(HUB_PORT))]


def _from_hub(args: NetworkPoliciesArgs) -> Egress:
    settings = args.settings
    rules = [
        to_dns(settings),
        _to(args, "proxy", PROXY_API_PORT),
        _to(args, "hub", HUB_PORT),
        _to_servers(args),
        # The API server and the sign-in have no fixed addresses, and an API server on a node is in no range.
        networking.NetworkPolicyEgressRuleArgs(ports=tcp(*settings.ports_of_hub)),
    ]
    if settings.identity.hub_service_account is not None:
        rules.append(to_metadata_server())
    if settings.monitoring.has_metrics and settings.endpoint.has_tls:
        # The hub looks at the certificate of its URL, which in the cluster leads to the proxy's pod.
        rules.append(_to(args, "proxy", PROXY_PORT))
    return [*rules, *_to_services(settings), *map(to_chosen, settings.hub.egress)]


def _to_services(settings: Settings) -> Egress:
    # The hub asks them whether they run, and the proxy sends people to them.
    found = (service.destination for service in settings.hub.services)
    return [to_chosen(destination) for destination in found if destination is not None]


def _to_database(args: NetworkPoliciesArgs) -> Egress:
    settings = args.settings
    if args.database_address is not None:
        address = pulumi.Output.concat(args.database_address, "/32")
        return [networking.NetworkPolicyEgressRuleArgs(to=ranges(address), ports=tcp(settings.database.port))]
    if settings.database.type == "postgresql":
        # The host may be a name, and a pod. The port is a part of a secret, and makes the whole policy secret.
        return [networking.NetworkPolicyEgressRuleArgs(ports=tcp(pulumi.Output.secret(settings.database.port)))]
    return []


def _to_proxy(args: NetworkPoliciesArgs) -> Ingress:
    return [
        # From anywhere: load balancers, health checks and gateways have the addresses of nodes, of Google or of pods.
        networking.NetworkPolicyIngressRuleArgs(ports=tcp(*_public_ports(args.settings))),
        # A new proxy copies the routes of the one that it replaces.
        networking.NetworkPolicyIngressRuleArgs(from_=_hub_and_proxy(args), ports=tcp(PROXY_API_PORT)),
    ]


def _from_proxy(args: NetworkPoliciesArgs) -> Egress:
    return [
        to_dns(args.settings),
        _to(args, "hub", HUB_PORT),
        _to(args, "proxy", PROXY_API_PORT),
        _to_servers(args),
        *_to_services(args.settings),
        *map(to_chosen, args.settings.proxy.egress),
    ]


def _to_notebooks(args: NetworkPoliciesArgs) -> Ingress:
    return [networking.NetworkPolicyIngressRuleArgs(from_=_hub_and_proxy(args), ports=tcp(NOTEBOOK_PORT))]


def _from_notebooks(args: NetworkPoliciesArgs) -> Egress:
    settings = args.settings
    rules = [to_dns(settings), _to(args, "hub", HUB_PORT)]
    if settings.endpoint.type in {"load-balancer", "node-port"}:
        # In the cluster, its address leads to the proxy's pod.
        rules.append(_to(args, "proxy", *_public_ports(settings)))
    if settings.notebook.internet:
        rules.append(to_internet(settings))
    if settings.notebooks_have_identity:
        rules.append(to_metadata_server())
    return [*rules, *map(to_chosen, settings.notebook.egress)]


def _hub_and_proxy(args: NetworkPoliciesArgs) -> Peers:
    return [
        peer
        for component in ("hub", "proxy")
        for peer in of_namespace(args.namespace, selector(args.settings, component))
    ]


def _to(args: NetworkPoliciesArgs, component: str, *ports: int) -> "networking.NetworkPolicyEgressRuleArgs":
    peers = of_namespace(args.namespace, selector(args.settings, component))
    return networking.NetworkPolicyEgressRuleArgs(to=peers, ports=tcp(*ports))


def _to_servers(args: NetworkPoliciesArgs) -> "networking.NetworkPolicyEgressRuleArgs":
    return networking.NetworkPolicyEgressRuleArgs(to=of_namespace(args.notebooks_namespace), ports=tcp(NOTEBOOK_PORT))


def _public_ports(settings: Settings) -> tuple[int, ...]:
    redirect = (service_names.PROXY_REDIRECT_PORT,) if settings.endpoint.has_tls else ()
    return (PROXY_PORT, *redirect)
