"""The rules: pure functions of a resource's type and properties, which tell what is wrong and how to mend it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

from policy import pods
from policy.pods import Properties, as_map
from policy.restricted import restricted

Check = Callable[[str, Properties], Iterator[str]]
"""Of a type and properties, each violation as a sentence."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule."""

    name: str
    description: str
    check: Check
    mandatory: bool = True
    """Whether it fails the preview; otherwise it is advice."""


def _containers(type_: str, props: Properties) -> Iterator[Properties]:
    for pod in pods.of(type_, props):
        yield from pod.containers


def bounded_memory(type_: str, props: Properties) -> Iterator[str]:
    """A container without a limit takes the node's memory from the others."""
    for container in _containers(type_, props):
        resources = as_map(container.get("resources"))
        for kind, resource in (("limits", "memory"), ("requests", "memory"), ("requests", "cpu")):
            if resource not in as_map(resources.get(kind)):
                yield f"Container {container.get('name')} has no resources.{kind}.{resource}: set it."


def pinned_image(type_: str, props: Properties) -> Iterator[str]:
    """An image without a tag, or with `latest`, is another one tomorrow, and no diff shows it."""
    for container in _containers(type_, props):
        image = str(container.get("image") or "")
        tag = re.search(r":([^:/@]+)$|@sha256:", image)
        if tag is None or tag[1] == "latest":
            yield f"Container {container.get('name')} runs {image}, which is another one tomorrow: name a version."


def no_rights_for_everybody(type_: str, props: Properties) -> Iterator[str]:
    """Rights in the cluster are given to somebody, never to all."""
    if not re.fullmatch(r"kubernetes:rbac\.authorization\.k8s\.io/v1:(Cluster)?RoleBinding", type_):
        return
    everybody = {"system:authenticated", "system:unauthenticated", "system:anonymous", "system:serviceaccounts"}
    for subject in cast("Sequence[Properties]", props.get("subjects") or ()):
        if subject.get("name") in everybody:
            yield f"{subject['name']} is everybody: name the users or accounts that are meant."


def narrow_entrance(type_: str, props: Properties) -> Iterator[str]:
    """A load balancer that speaks http to the whole internet."""
    spec = as_map(props.get("spec"))
    annotations = as_map(as_map(props.get("metadata")).get("annotations"))
    if (
        type_ == "kubernetes:core/v1:Service"
        and spec.get("type") == "LoadBalancer"
        and not spec.get("loadBalancerSourceRanges")
        and annotations.get("networking.gke.io/load-balancer-type") != "Internal"
        and not str(spec.get("loadBalancerIP") or "").startswith("127.")
    ):
        yield "Everybody may come here without https: use endpoint.type gateway, or set endpoint.sourceRanges."


def kept_cluster(type_: str, props: Properties) -> Iterator[str]:
    """A cluster with people's homes is not deleted by mistake."""
    if type_ == "gcp:container/cluster:Cluster" and props.get("deletionProtection") is False:
        yield "The cluster may be deleted by one `pulumi destroy`: set protect to true, unless it is meant to go."


RULES: Final = (
    Rule(name="bounded-memory", description="Containers say what memory and CPU they need.", check=bounded_memory),
    Rule(name="restricted-pods", description="Pods keep to the restricted Pod Security Standard.", check=restricted),
    Rule(name="pinned-images", description="Images have a version.", check=pinned_image),
    Rule(
        name="no-rights-for-everybody",
        description="No role is bound to everybody.",
        check=no_rights_for_everybody,
    ),
    Rule(
        name="narrow-entrance",
        description="Plain http is not for the whole internet.",
        check=narrow_entrance,
        mandatory=False,
    ),
    Rule(name="kept-cluster", description="Clusters are protected.", check=kept_cluster, mandatory=False),
)
