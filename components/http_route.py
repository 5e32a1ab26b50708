"""An HTTPRoute that attaches the hub to an existing Gateway."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta import v1 as meta

from components.dynamic.route_check import API, RouteCheck, RouteCheckArgs
from components.gke.backend_policies import BackendPoliciesArgs, backend_policies
from components.metadata import labels
from settings import Settings

_NO_LIMIT: Final = "0s"
"""Time limit of requests; some Gateways would otherwise end each download after 15 s."""


@dataclass(frozen=True, kw_only=True)
class HttpRouteArgs:
    """Inputs of `HttpRoute`."""

    settings: Settings
    """The stack's settings: names, host name, path, Gateway and annotations."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy's public Service."""
    service: pulumi.Input[str]
    """Name of that Service, which listens on port 80."""
    kubeconfig: pulumi.Input[str] | None
    """Kubeconfig of a GKE cluster; None = the user's own."""


class HttpRoute(pulumi.ComponentResource):
    """An HTTPRoute for the hub's host name and path, and the wait until the Gateway accepts it.

    The objects are custom resources, which have no typed args; the API server validates them.
    """

    route_name: pulumi.Output[str]
    """Name of the HTTPRoute."""

    def __init__(self, name: str, args: HttpRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:http_route:HttpRoute", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        gateway = settings.endpoint.gateway
        assert gateway is not None, "settings.rules.endpoint demands it"  # noqa: S101 for the type checker

        def route(part: str, suffix: str, spec: dict[str, Any]) -> CustomResource:
            return CustomResource(
                f"{name}-{part}",
                api_version=API,
                kind="HTTPRoute",
                metadata=meta.ObjectMetaArgs(
                    name=f"{settings.name}{suffix}",
                    namespace=args.namespace,
                    labels=labels(settings, "proxy"),
                    annotations=settings.endpoint.annotations or None,
                ),
                spec=spec,
                opts=child,
            )

        spec = _spec(args, gateway.listener, _to_hub(args))
        made = route("route", "", spec)
        self.route_name = made.id.apply(lambda _: settings.name)
        if gateway.http_listener is not None:
            route("redirect", "-redirect", _spec(args, gateway.http_listener, _REDIRECT))
        if settings.is_behind_google:
            backend_policies(
                name, BackendPoliciesArgs(settings=settings, namespace=args.namespace, service=args.service), child
            )
        RouteCheck(
            f"{name}-check",
            RouteCheckArgs(
                context=settings.kubernetes.context,
                kubeconfig=args.kubeconfig,
                namespace=args.namespace,
                name=settings.name,
                gateway=gateway.name,
                gateway_namespace=gateway.namespace or args.namespace,
                listener=gateway.listener,
                http_listener=gateway.http_listener,
                hostname=str(settings.endpoint.hostname),
                spec=pulumi.Output.json_dumps(spec, sort_keys=True),
            ),
            pulumi.ResourceOptions(parent=self, depends_on=made),
        )
        self.register_outputs({"route_name": self.route_name})


_REDIRECT: Final = {"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]}


def _to_hub(args: HttpRouteArgs) -> dict[str, Any]:
    rule: dict[str, Any] = {"backendRefs": [{"name": args.service, "port": 80}]}
    # Google's Gateways have a policy for it.
    return rule if args.settings.is_behind_google else {**rule, "timeouts": {"request": _NO_LIMIT}}


def _spec(args: HttpRouteArgs, listener: str | None, rule: dict[str, Any]) -> dict[str, Any]:
    """Return the spec of a route at one listener of the Gateway, or at all that accept it."""
    settings = args.settings
    gateway = settings.endpoint.gateway
    parent = {
        "name": gateway.name if gateway else None,
        "namespace": gateway.namespace if gateway else None,
        "sectionName": listener,
    }
    return {
        "parentRefs": [{key: value for key, value in parent.items() if value is not None}],
        "hostnames": [settings.endpoint.hostname],
        "rules": [{"matches": [{"path": {"type": "PathPrefix", "value": settings.hub.base_url}}], **rule}],
    }
