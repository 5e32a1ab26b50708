"""Checks the class of an Ingress in each preview, and waits for the address that its controller reports."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import pulumi
from pulumi import dynamic
from pulumi.runtime.known_types import is_unknown

from components.dynamic.api_client import ApiClientArgs
from components.dynamic.objects import UnreadableError, read, read_all
from components.dynamic.resource import Resource

TIMEOUT_SECONDS: Final = 60
"""Time in which a controller writes its address into the status of an Ingress."""
POLL_SECONDS: Final = 1
"""Time between two requests."""
_API: Final = "networking.k8s.io/v1"
_IS_DEFAULT: Final = "ingressclass.kubernetes.io/is-default-class"
"""Annotation of the IngressClass for an Ingress without one."""


class IngressCheckProvider(dynamic.ResourceProvider):
    """Reads the classes and the Ingress. It changes nothing."""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Reject a class that the cluster does not have: no controller would serve the Ingress."""
        if any(is_unknown(news.get(name)) for name in ("kubeconfig", "context")):  # the cluster does not exist yet
            return dynamic.CheckResult(inputs=news, failures=[])
        failures = [dynamic.CheckFailure(property_="ingress_class", reason=error) for error in class_errors(news)]
        return dynamic.CheckResult(inputs=news, failures=failures)

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Wait for the address."""
        return dynamic.CreateResult(id_=f"{props['namespace']}/{props['name']}", outs=_waited(props))

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Report a change, and so another wait, if the Ingress is another one or has changed."""
        names = ("namespace", "name", "ingress_class", "generation")
        return dynamic.DiffResult(changes=any(_olds.get(name) != _news.get(name) for name in names))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Wait again."""
        return dynamic.UpdateResult(outs=_waited(_news))


@dataclass(frozen=True, kw_only=True)
class IngressCheckArgs(ApiClientArgs):
    """Inputs of `IngressCheck`."""

    name: str
    """Name of the Ingress."""
    ingress_class: str | None
    """Name of its IngressClass; None = the cluster's default."""
    generation: pulumi.Input[int | None]
    """`metadata.generation` of the Ingress, which rises with each change of its spec."""


class IngressCheck(Resource, provider=IngressCheckProvider):
    """An Ingress whose controller has reported an address."""

    warning: pulumi.Output[str | None]
    """What is not as it should be; None = nothing."""
    tried: pulumi.Output[float]
    """Time of the wait, in seconds since the epoch."""

    def __init__(self, name: str, args: IngressCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {**vars(args), "warning": None, "tried": None}
        super().__init__(name, inputs, opts)
        started = time.time()

        def tell(values: Mapping[str, Any]) -> None:
            # Once: the state also has the warning in each later `pulumi up`.
            if values["warning"] and values["tried"] >= started:
                pulumi.log.warn(values["warning"], self)

        pulumi.Output.all(warning=self.warning, tried=self.tried).apply(tell)


def class_errors(props: Mapping[str, Any]) -> list[str]:
    """Return why no controller would serve the Ingress; nothing if that is unknown.

    Args:
        props: The inputs of `IngressCheck`.
    """
    try:
        classes = read_all(props, {"apiVersion": _API, "kind": "IngressClass"})
    except UnreadableError:
        # Previews of pull requests may not be allowed to read them. `pulumi up` checks again, with the rights to do so.
        return []
    wanted = props.get("ingress_class")
    names = sorted(str(one["metadata"]["name"]) for one in classes)
    there = f"it has {', '.join(names)}" if names else "it has none; install an Ingress controller first"
    if wanted is None:
        if any(_is_default(one) for one in classes):
            return []
        return [
            (
                "endpoint.ingressClass: is not set, and the cluster has no default IngressClass; "
                f"{there}: pulumi config set endpoint.ingressClass NAME"
            )
        ]
    if wanted in names:
        return []
    return [f"endpoint.ingressClass: the cluster has no IngressClass {wanted}; {there}: kubectl get ingressclasses"]


def warning_after(props: Mapping[str, Any], *, sleep: Callable[[float], None] = time.sleep) -> str | None:
    """Return what is wrong after the wait for the address of the Ingress; None if it has one.

    Args:
        props: The inputs of `IngressCheck`.
        sleep: Waits for some seconds.
    """
    namespace, name = props["namespace"], props["name"]
    wanted = {"apiVersion": _API, "kind": "Ingress", "metadata": {"name": name, "namespace": namespace}}
    for _ in range(int(TIMEOUT_SECONDS / POLL_SECONDS)):
        try:
            found = read(props, wanted)
        except UnreadableError as error:
            return f"endpoint.type: it is not known whether a controller serves Ingress {name}: {error}"
        if found and _addresses(found):
            return None
        sleep(POLL_SECONDS)
    return (
        f"endpoint.type: after {TIMEOUT_SECONDS} seconds, no controller has written an address into the status of "
        f"Ingress {name}. Either none runs for its class (kubectl -n {namespace} describe ingress {name}), or it never "
        "writes it, like Traefik without providers.kubernetesIngress.publishedService. Open the hub to find out"
    )


def _is_default(ingress_class: Mapping[str, Any]) -> bool:
    annotations = cast("Mapping[str, str]", ingress_class["metadata"].get("annotations") or {})
    return annotations.get(_IS_DEFAULT) == "true"


def _addresses(ingress: Mapping[str, Any]) -> list[Any]:
    status = cast("Mapping[str, Any]", ingress.get("status") or {})
    balancer = cast("Mapping[str, Any]", status.get("loadBalancer") or {})
    return cast("list[Any]", balancer.get("ingress") or [])


def _waited(props: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs of the resource after a wait."""
    return {**props, "warning": warning_after(props), "tried": time.time()}
