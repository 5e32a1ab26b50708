"""Checks an existing Gateway in each preview, and waits until it accepts the HTTPRoute of the hub."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import pulumi
from pulumi import dynamic
from pulumi.runtime.known_types import is_unknown

from components.dynamic.api_client import ApiClientArgs
from components.dynamic.objects import UnreadableError, read
from components.dynamic.resource import Resource

TIMEOUT_SECONDS: Final = 120
"""Time in which the controller of a Gateway accepts a route."""
POLL_SECONDS: Final = 1
"""Time between two requests."""
_REFUSED_SECONDS: Final = 10
"""Time for which a route may not be accepted, for example while its Service is new to the controller."""
API: Final = "gateway.networking.k8s.io/v1"
"""API of Gateways and routes."""
_NAMESPACE_NAME: Final = "kubernetes.io/metadata.name"

Object = Mapping[str, Any]


class RouteCheckProvider(dynamic.ResourceProvider):
    """Reads the Gateway and the route. It changes nothing."""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Reject a Gateway that is not there, or that would not accept the route."""
        if any(map(is_unknown, news.values())):  # the cluster or the namespace does not exist yet
            return dynamic.CheckResult(inputs=news, failures=[])
        failures = [dynamic.CheckFailure(property_="gateway", reason=error) for error in gateway_errors(news)]
        return dynamic.CheckResult(inputs=news, failures=failures)

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Return once the route is accepted.

        Raises:
            RouteError: It is not. The state then holds no such resource, so the next `pulumi up` waits again.
        """
        wait(props)
        return dynamic.CreateResult(id_=f"{props['namespace']}/{props['name']}", outs=props)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Report a change, and so another wait, if the route has changed."""
        names = ("namespace", "name", "spec")
        return dynamic.DiffResult(changes=any(_olds.get(name) != _news.get(name) for name in names))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Wait like `create`."""
        wait(_news)
        return dynamic.UpdateResult(outs=_news)


@dataclass(frozen=True, kw_only=True)
class RouteCheckArgs(ApiClientArgs):
    """Inputs of `RouteCheck`."""

    name: str
    """Name of the HTTPRoute."""
    gateway: str
    """Name of the Gateway."""
    gateway_namespace: pulumi.Input[str]
    """Namespace of the Gateway."""
    listener: str | None
    """Name of its listener for the hub; None = any."""
    http_listener: str | None
    """Name of its listener that redirects to https; None = there is no redirect."""
    hostname: str
    """Host name of the hub."""
    spec: pulumi.Input[str]
    """Spec of the HTTPRoute as JSON: after a change, the Gateway has to accept it again."""


class RouteCheck(Resource, provider=RouteCheckProvider):
    """An HTTPRoute that its Gateway has accepted."""

    def __init__(self, name: str, args: RouteCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, vars(args), opts)


class RouteError(Exception):
    """The route is not accepted. The text has the reason that the Gateway gives."""


def gateway_errors(props: Mapping[str, Any]) -> list[str]:
    """Return why the Gateway would not accept the route; nothing if that is unknown.

    Args:
        props: The inputs of `RouteCheck`.
    """
    where = f"Gateway {props['gateway']} in namespace {props['gateway_namespace']}"
    try:
        gateway = _read(props, API, "Gateway", props["gateway"], props["gateway_namespace"])
        if gateway is None:
            return [
                (
                    f"endpoint.gateway: there is no {where}, or the cluster has no Gateway API: "
                    "kubectl get gateways --all-namespaces"
                )
            ]
        namespace = _read(props, "v1", "Namespace", props["namespace"], None)
    except UnreadableError:
        # Previews of pull requests may not be allowed to read them. `pulumi up` checks again, with the rights to do so.
        return []
    labels = cast("Mapping[str, str] | None", namespace and (namespace["metadata"].get("labels") or {}))
    listeners = cast("Sequence[Object]", gateway["spec"].get("listeners") or [])
    of_hub = _listeners(listeners, props.get("listener"))
    errors = _missing(listeners, props, where)
    refusals = [_refusal(listener, props, where, labels) for listener in of_hub]
    if refusals and all(refusals):
        errors += dict.fromkeys(refusal for refusal in refusals if refusal)
    return errors


def wait(props: Mapping[str, Any], *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Return once the Gateway has accepted the route.

    Args:
        props: The inputs of `RouteCheck`.
        sleep: Waits for some seconds.

    Raises:
        RouteError: It does not accept the route for `_REFUSED_SECONDS`, or no controller writes a status in
            `TIMEOUT_SECONDS`.
    """
    name, namespace = props["name"], props["namespace"]
    where = f"Gateway {props['gateway']} in namespace {props['gateway_namespace']}"
    refused = 0.0
    for _ in range(int(TIMEOUT_SECONDS / POLL_SECONDS)):
        try:
            route = _read(props, API, "HTTPRoute", name, namespace)
        except UnreadableError as error:
            raise RouteError(f"It is not known whether {where} accepts HTTPRoute {name}: {error}") from None
        problem = refusal(props, route)
        if problem is None and _conditions(route, props).get("Accepted", {}).get("status") == "True":
            return
        refused = refused + POLL_SECONDS if problem else 0
        if problem and refused >= _REFUSED_SECONDS:
            raise RouteError(problem)
        sleep(POLL_SECONDS)
    raise RouteError(
        f"{where} has not accepted HTTPRoute {name} after {TIMEOUT_SECONDS} seconds, and gives no reason. Does the "
        f"controller of its GatewayClass run? kubectl -n {props['gateway_namespace']} describe gateway "
        f"{props['gateway']}"
    )


def refusal(props: Mapping[str, Any], route: Object | None) -> str | None:
    """Return why the Gateway refuses the route, and the fix; None if it accepts it, or says nothing.

    Args:
        props: The inputs of `RouteCheck`.
        route: The HTTPRoute.
    """
    problem = _false(_conditions(route, props))
    if problem is None:
        return None
    name = props["name"]
    return (
        f"Gateway {props['gateway']} in namespace {props['gateway_namespace']} does not accept HTTPRoute {name}: "
        f"{problem['reason']}: {problem.get('message')}. "
        + _FIXES.get(str(problem["reason"]), f"See: kubectl -n {props['namespace']} describe httproute {name}")
    )


_FIXES: Final[Mapping[str, str]] = {
    "NotAllowedByListeners": "Whoever runs the Gateway has to allow the hub's namespace in allowedRoutes of the "
    "listener; or choose another one: endpoint.gateway.listener",
    "NoMatchingListenerHostname": "Choose a host name that a listener serves: endpoint.hostname",
    "NoMatchingParent": "Choose a listener that the Gateway has: endpoint.gateway.listener",
}
"""What to do, by the reason of a condition."""


def _read(props: Mapping[str, Any], version: str, kind: str, name: str, namespace: str | None) -> Object | None:
    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return read(props, {"apiVersion": version, "kind": kind, "metadata": metadata})


def _listeners(listeners: Iterable[Object], name: str | None) -> list[Object]:
    return [listener for listener in listeners if name is None or listener["name"] == name]


def _missing(listeners: Sequence[Object], props: Mapping[str, Any], where: str) -> list[str]:
    names = ", ".join(str(listener["name"]) for listener in listeners)
    wanted = {"listener": props.get("listener"), "httpListener": props.get("http_listener")}
    return [
        f"endpoint.gateway.{key}: {where} has no listener {name}; it has {names}"
        for key, name in wanted.items()
        if name is not None and not _listeners(listeners, name)
    ]


def _refusal(listener: Object, props: Mapping[str, Any], where: str, labels: Mapping[str, str] | None) -> str | None:
    """Return why a listener accepts no route of the hub; None if it may accept it."""
    name = f"listener {listener['name']} of {where}"
    if not _matches(listener.get("hostname"), props["hostname"]):
        return f"endpoint.hostname: does not match {listener['hostname']}, the hostname of {name}"
    routes = cast("Object", listener.get("allowedRoutes") or {})
    allowed = cast("Object", routes.get("namespaces") or {})
    selector = cast("Object", allowed.get("selector") or {})
    namespace = props["namespace"]
    wanted = cast("Mapping[str, str]", selector.get("matchLabels") or {})
    source = allowed.get("from", "Same")
    known = {_NAMESPACE_NAME: namespace, **(labels or {})}
    is_closed = (
        source == "None"
        or (source == "Same" and namespace != props["gateway_namespace"])
        # Labels of a namespace that is not there yet are not known, but for its name.
        or (
            source == "Selector"
            and any(known.get(key) != value for key, value in wanted.items() if labels is not None or key in known)
        )
    )
    if not is_closed:
        return None
    return (
        f"endpoint.gateway: {name} accepts no routes from namespace {namespace}. Whoever runs it has to allow them: "
        f"allowedRoutes: {{namespaces: {{from: Selector, selector: {{matchLabels: {{{_NAMESPACE_NAME}: "
        f"{namespace}}}}}}}}}"
    )


def _matches(pattern: str | None, hostname: str) -> bool:
    return not pattern or pattern == hostname or (pattern.startswith("*.") and hostname.endswith(pattern[1:]))


def _conditions(route: Object | None, props: Mapping[str, Any]) -> dict[str, Object]:
    """Return the conditions of the route at the Gateway by type, without those of an earlier generation."""
    if route is None:
        return {}
    status = cast("Object", route.get("status") or {})
    generation = route["metadata"].get("generation") or 0
    found: dict[str, Object] = {}
    for parent in cast("Sequence[Object]", status.get("parents") or []):
        if parent["parentRef"]["name"] != props["gateway"]:
            continue
        for condition in cast("Sequence[Object]", parent.get("conditions") or []):
            if (condition.get("observedGeneration") or 0) >= generation:
                found[str(condition["type"])] = condition
    return found


def _false(conditions: Mapping[str, Object]) -> Object | None:
    return next(
        (one for kind in ("Accepted", "ResolvedRefs") if (one := conditions.get(kind)) and one["status"] == "False"),
        None,
    )
