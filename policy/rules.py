"""The rules: pure functions of a resource's type and properties that return violations, each with its fix.

Pod Security is not among them: both namespaces enforce `restricted` by their labels.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

from policy.pods import Properties, as_map, containers

Check = Callable[[str, Properties], Iterator[str]]
"""From type token and properties to violations, each a sentence."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule for single resources."""

    name: str
    description: str
    check: Check
    mandatory: bool = True
    """Whether a violation fails the preview; else it is advice."""


def bounded_memory(type_: str, props: Properties) -> Iterator[str]:
    """Find containers without memory limit, or without requests: they take the node's memory from other pods."""
    return _unset(type_, props, ("limits", "memory"), ("requests", "memory"), ("requests", "cpu"))


def bounded_storage(type_: str, props: Properties) -> Iterator[str]:
    """Find containers without limit or request of ephemeral storage: they fill the node's disk."""
    return _unset(type_, props, ("limits", "ephemeral-storage"), ("requests", "ephemeral-storage"))


def _unset(type_: str, props: Properties, *wanted: tuple[str, str]) -> Iterator[str]:
    """Find containers without one of the wanted limits or requests, each given as its kind and resource."""
    for container in containers(type_, props):
        resources = as_map(container.get("resources"))
        for kind, resource in wanted:
            if resource not in as_map(resources.get(kind)):
                yield f"Container {container.get('name')} has no resources.{kind}.{resource}: set it."


def pinned_image(type_: str, props: Properties) -> Iterator[str]:
    """Find images without a tag or with `latest`: they change without a diff."""
    for container in containers(type_, props):
        image = str(container.get("image") or "")
        tag = re.search(r":([^:/@]+)$|@sha256:", image)
        if tag is None or tag[1] == "latest":
            yield f"Container {container.get('name')} runs {image}, which may change: set a version tag or a digest."


def no_rights_for_everybody(type_: str, props: Properties) -> Iterator[str]:
    """Find bindings of a role to groups that everybody is in."""
    if not re.fullmatch(r"kubernetes:rbac\.authorization\.k8s\.io/v1:(Cluster)?RoleBinding", type_):
        return
    everybody = {"system:authenticated", "system:unauthenticated", "system:anonymous", "system:serviceaccounts"}
    for subject in cast("Sequence[Properties]", props.get("subjects") or ()):
        if subject.get("name") in everybody:
            yield f"{subject['name']} is everybody: name users or ServiceAccounts instead."


def https_only(type_: str, props: Properties) -> Iterator[str]:
    """Find load balancers and Gateways that serve plain http to the whole internet."""
    spec = as_map(props.get("spec"))
    annotations = as_map(as_map(props.get("metadata")).get("annotations"))
    if re.fullmatch(r"kubernetes:gateway\.networking\.k8s\.io/\w+:Gateway", type_):
        listeners = cast("Sequence[Properties]", spec.get("listeners") or ())
        if not any(listener.get("protocol") == "HTTPS" for listener in listeners):
            yield "The Gateway has no HTTPS listener: add one, or delete the Gateway."
    elif (
        type_ == "kubernetes:core/v1:Service"
        and spec.get("type") == "LoadBalancer"
        and not spec.get("loadBalancerSourceRanges")
        and annotations.get("networking.gke.io/load-balancer-type") != "Internal"
        and not str(spec.get("loadBalancerIP") or "").startswith("127.")
        and (plain := _plain_ports(cast("Sequence[Properties]", spec.get("ports") or ())))
    ):
        yield (
            f"Port {', '.join(plain)} is open to the whole internet without https: "
            "set endpoint.tlsSecret, endpoint.type gateway or endpoint.sourceRanges."
        )


def _plain_ports(ports: Sequence[Properties]) -> list[str]:
    """Return the ports without https. Port 80 beside an https port redirects, unless both lead to the same listener."""
    targets = [port.get("targetPort") for port in ports if _is_https(port)]
    return [
        f"{port.get('port'):.0f}"
        for port in ports
        if not _is_https(port) and (port.get("port") != 80 or not targets or port.get("targetPort") in {None, *targets})
    ]


def _is_https(port: Properties) -> bool:
    # The name is what people chose. A port 443 that is called http is what it says.
    name = port.get("appProtocol") or port.get("name") or ("https" if port.get("port") == 443 else "")
    return "https" in str(name).lower()


def closed_network(type_: str, props: Properties) -> Iterator[str]:
    """Find NetworkPolicies that open all pods of a namespace to everybody, or everything to them."""
    if type_ != "kubernetes:networking.k8s.io/v1:NetworkPolicy":
        return
    spec = as_map(props.get("spec"))
    if any(as_map(spec.get("podSelector")).values()):
        return
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in cast("Sequence[Properties]", spec.get(direction) or ()):
            if not rule.get(peers):
                yield f"An {direction} rule for all pods of the namespace has no '{peers}': name peers or pods."


def protected_cluster(type_: str, props: Properties) -> Iterator[str]:
    """Find clusters without deletion protection."""
    if type_ == "gcp:container/cluster:Cluster" and props.get("deletionProtection") is False:
        yield "`pulumi destroy` can delete the cluster and all homes: set protect to true, unless it is temporary."


RULES: Final = (
    Rule(
        name="bounded-memory",
        description="Containers have memory limits and requests.",
        check=bounded_memory,
    ),
    Rule(
        name="bounded-storage",
        description="Containers have limits and requests of ephemeral storage.",
        check=bounded_storage,
    ),
    Rule(name="pinned-images", description="Images have a version tag or a digest.", check=pinned_image),
    Rule(
        name="no-rights-for-everybody",
        description="No role is bound to everybody.",
        check=no_rights_for_everybody,
    ),
    Rule(
        name="closed-network",
        description="NetworkPolicies do not open a whole namespace to everybody.",
        check=closed_network,
    ),
    Rule(
        name="https-only",
        description="The whole internet gets https only.",
        check=https_only,
        mandatory=False,
    ),
    Rule(
        name="protected-cluster",
        description="Clusters have deletion protection.",
        check=protected_cluster,
        mandatory=False,
    ),
)
