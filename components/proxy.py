"""The proxy, which routes all requests to the hub or to notebooks."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components import service_names
from components.disruption_budget import DisruptionBudget, DisruptionBudgetArgs
from components.dynamic.certificate_check import CERTIFICATE_KEY, PRIVATE_KEY_KEY
from components.dynamic.token import Token, TokenArgs
from components.metadata import NO_WAIT, labels, selector
from components.node_purpose import core_nodes
from components.pod import container_security, from_secret, placed, pod_metadata, pod_security, probe, requirements
from hub.contract import PROXY_API_PORT, PROXY_PORT, PROXY_TOKEN_VARIABLE
from settings import Settings

HEALTH_PATH: Final = "/_chp_healthz"
"""Path of the proxy's health check, which does not depend on the hub."""
TOKEN_KEY: Final = "token"  # noqa: S105 the name of a key
"""Key of the Secret with the token of the proxy's API."""

DRAIN_SECONDS: Final = 60
"""Connection draining of Google's load balancer: time for requests to a terminating proxy."""
ENDPOINT_REMOVAL_SECONDS: Final = 5
"""Time until a terminating proxy gets no new requests from inside the cluster."""
REQUEST_GRACE_SECONDS: Final = 25
"""Time after that for the requests in progress."""

MAX_HEADER_BYTES: Final = 80 * 1024
"""Maximum size of a request's headers: 64 KiB of cookies, as some browsers and companies send, and the rest."""

_CODE: Final = "/opt/proxy"
_ROUTES_FOLDER: Final = "/var/lib/proxy"
_TLS_FOLDER: Final = "/etc/proxy/tls"
_TLS_OPTIONS: Final = (
    f"--ssl-cert={_TLS_FOLDER}/{CERTIFICATE_KEY}",
    f"--ssl-key={_TLS_FOLDER}/{PRIVATE_KEY_KEY}",
    f"--redirect-port={service_names.PROXY_REDIRECT_PORT}",
    "--redirect-to=443",
)
_TLS_ENVIRONMENT: Final = {"NODE_OPTIONS": f"--import={_CODE}/https.mjs", "TLS_FOLDER": _TLS_FOLDER}
"""Lets the proxy load a renewed certificate while it runs."""


@dataclass(frozen=True, kw_only=True)
class ProxyArgs:
    """Inputs of `Proxy`."""

    settings: Settings
    """The stack's settings: names, image and resources of the proxy, generation of its token."""
    namespace: pulumi.Input[str]
    """Namespace of hub and proxy."""
    tls_secret: pulumi.Input[str] | None
    """Secret of type kubernetes.io/tls; None = the proxy serves http."""


class Proxy(pulumi.ComponentResource):
    """configurable-http-proxy in a pod of its own, so that notebooks stay reachable while the hub restarts."""

    token_secret: pulumi.Output[str]
    """Name of the Secret with the token, under `TOKEN_KEY`."""

    def __init__(self, name: str, args: ProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:proxy:Proxy", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        token = Token(f"{name}-token", TokenArgs(generation=settings.secrets.proxy_token_generation), child)
        secret = core.Secret(
            f"{name}-token",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(settings, "proxy")),
            immutable=True,
            string_data={TOKEN_KEY: token.value},
            opts=child,
        )
        self.token_secret = secret.metadata.name
        # Without rights: the default ServiceAccount of the namespace may have some.
        account = core.ServiceAccount(
            f"{name}-account",
            metadata=meta.ObjectMetaArgs(
                name=f"{settings.name}-proxy", namespace=args.namespace, labels=labels(settings, "proxy")
            ),
            automount_service_account_token=False,
            opts=child,
        )
        apps.Deployment(
            f"{name}-deployment",
            metadata=meta.ObjectMetaArgs(
                name=f"{settings.name}-proxy", namespace=args.namespace, labels=labels(settings, "proxy")
            ),
            spec=apps.DeploymentSpecArgs(
                replicas=1,
                # The old proxy stays until the new one has its routes, so that running notebooks stay reachable.
                strategy=apps.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=apps.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
                ),
                revision_history_limit=3,
                selector=meta.LabelSelectorArgs(match_labels=selector(settings, "proxy")),
                template=core.PodTemplateSpecArgs(
                    metadata=pod_metadata(settings, "proxy", settings.proxy.pod),
                    spec=_pod(args, token_secret=self.token_secret, account=account.metadata.name),
                ),
            ),
            opts=child,
        )
        core.Service(
            f"{name}-api",
            metadata=meta.ObjectMetaArgs(
                name=service_names.proxy_api(settings),
                namespace=args.namespace,
                labels=labels(settings, "proxy"),
                annotations=NO_WAIT,
            ),
            spec=core.ServiceSpecArgs(
                type="ClusterIP",
                selector=selector(settings, "proxy"),
                ports=[core.ServicePortArgs(name="api", port=PROXY_API_PORT, target_port="api")],
            ),
            opts=child,
        )
        if settings.proxy.pod.disruption_budget:
            budget = DisruptionBudgetArgs(settings=settings, namespace=args.namespace, component="proxy")
            DisruptionBudget(f"{name}-disruption", budget, child)
        self.register_outputs({"token_secret": self.token_secret})


def _program(settings: Settings) -> list[str]:
    modules = [
        *(["json-log.mjs"] if settings.monitoring.logs == "json" else []),
        "pages.mjs",
        # With IAP's header of a visitor one can sign in as that visitor, so it must not reach notebooks.
        *(["hub-only-headers.mjs"] if settings.auth.type == "iap" else []),
    ]
    return [
        "node",
        f"--max-http-header-size={MAX_HEADER_BYTES}",
        *(f"--import={_CODE}/{module}" for module in modules),
        f"{_CODE}/node_modules/.bin/configurable-http-proxy",
    ]


def _kept_connections(settings: Settings) -> list[str]:
    # Google's load balancer keeps idle connections for 600 s, nginx for 60 s, Envoy for an hour if nobody closes them.
    # If the proxy closed one first (its default is 5 s), a request could fail with 502.
    # https://cloud.google.com/load-balancing/docs/https#timeouts_and_retries
    return ["--keep-alive-timeout=620000"] if settings.endpoint.is_behind_a_proxy else []


def _forwarded_headers(settings: Settings) -> list[str]:
    # By default the proxy appends its own values to X-Forwarded-Proto and others. The hub reads the last one, so its
    # cookies would not be secure if https ends before the proxy.
    ends_before = settings.https_url is not None and not settings.endpoint.has_tls
    return ["--no-x-forward"] if ends_before else []


def _drain_seconds(settings: Settings) -> int:
    # Google's load balancer sends requests to the pod directly, and learns later than the cluster that it terminates.
    return DRAIN_SECONDS if settings.is_behind_google else ENDPOINT_REMOVAL_SECONDS


def _pod(args: ProxyArgs, *, token_secret: pulumi.Output[str], account: pulumi.Output[str]) -> core.PodSpecArgs:
    has_tls, hub_url = args.tls_secret is not None, service_names.hub_url(args.settings)
    path, drain_seconds = args.settings.hub.path, _drain_seconds(args.settings)
    mounts = [core.VolumeMountArgs(name="routes", mount_path=_ROUTES_FOLDER)]
    volumes = [core.VolumeArgs(name="routes", empty_dir=core.EmptyDirVolumeSourceArgs(size_limit="64Mi"))]
    if has_tls:
        # The whole folder: Kubernetes does not update a single mounted file (subPath).
        mounts.append(core.VolumeMountArgs(name="tls", mount_path=_TLS_FOLDER, read_only=True))
        source = core.SecretVolumeSourceArgs(secret_name=args.tls_secret, default_mode=0o440)
        volumes.append(core.VolumeArgs(name="tls", secret=source))
    spec = core.PodSpecArgs(
        service_account_name=account,
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=pod_security(user=65534),
        termination_grace_period_seconds=drain_seconds + REQUEST_GRACE_SECONDS,
        containers=[
            core.ContainerArgs(
                name="proxy",
                image=args.settings.proxy.image,
                image_pull_policy=args.settings.proxy.pod.image_pull_policy,
                # Not as command: the image's entry point, tini, stays.
                args=[
                    *_program(args.settings),
                    "--ip=",
                    f"--port={PROXY_PORT}",
                    "--api-ip=",
                    f"--api-port={PROXY_API_PORT}",
                    f"--default-target={hub_url}",
                    f"--error-target={hub_url}{path}/hub/error",
                    f"--storage-backend={_CODE}/routes.mjs",
                    *_kept_connections(args.settings),
                    *_forwarded_headers(args.settings),
                    *(_TLS_OPTIONS if has_tls else ()),
                ],
                env=[
                    from_secret(PROXY_TOKEN_VARIABLE, secret=token_secret, key=TOKEN_KEY),
                    # Where routes.mjs finds the routes of the last process, and of the pod that this one replaces.
                    core.EnvVarArgs(name="ROUTES_FILE", value=f"{_ROUTES_FOLDER}/routes.json"),
                    core.EnvVarArgs(name="OTHER_PROXY", value=service_names.proxy_api_url(args.settings)),
                    # The hub's own route, which its modules tell from those of notebooks.
                    *([core.EnvVarArgs(name="HUB_ROUTE", value=path)] if path else ()),
                    *(core.EnvVarArgs(name=name, value=value) for name, value in _TLS_ENVIRONMENT.items() if has_tls),
                ],
                lifecycle=core.LifecycleArgs(
                    pre_stop=core.LifecycleHandlerArgs(sleep=core.SleepActionArgs(seconds=drain_seconds))
                ),
                ports=[
                    core.ContainerPortArgs(name="https" if has_tls else "http", container_port=PROXY_PORT),
                    *(
                        [core.ContainerPortArgs(name="redirect", container_port=service_names.PROXY_REDIRECT_PORT)]
                        if has_tls
                        else ()
                    ),
                    core.ContainerPortArgs(name="api", container_port=PROXY_API_PORT),
                ],
                startup_probe=probe(HEALTH_PATH, port=PROXY_PORT, period=1, failures=120, https=has_tls),
                readiness_probe=probe(HEALTH_PATH, port=PROXY_PORT, period=5, failures=3, https=has_tls),
                liveness_probe=probe(HEALTH_PATH, port=PROXY_PORT, period=10, failures=6, https=has_tls),
                resources=requirements(args.settings.proxy.resources, autopilot=args.settings.cluster.autopilot),
                security_context=container_security(),
                volume_mounts=mounts,
            )
        ],
        volumes=volumes,
    )
    return placed(spec, args.settings.proxy.pod, core_nodes(args.settings))
