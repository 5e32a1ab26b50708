"""The proxy that all requests pass: to the hub, or past it to the notebooks."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.given_certificate import CERTIFICATE_KEY, PRIVATE_KEY_KEY
from components.metadata import labels, selector
from components.node_purpose import core_nodes
from components.pod import container_security, from_secret, pod_security, probe, requirements
from components.token import Token, TokenArgs
from hub.contract import PROXY_API_PORT, PROXY_PORT, PROXY_TOKEN_VARIABLE
from settings import Settings

REDIRECT_PORT: Final = 8080
"""Where a proxy with a certificate listens for http, to send people to https."""
HEALTH_PATH: Final = "/_chp_healthz"
"""Where the proxy tells that it is well, hub or no hub."""
TOKEN_KEY: Final = "token"  # noqa: S105 the name of a key
"""Key of the Secret that holds the token with which the hub gives its orders."""

DRAIN_SECONDS: Final = 60
"""How long Google's load balancer lets a proxy that goes finish what it has begun."""
_FAREWELL: Final = 5
"""Seconds in which the rest of the cluster learns that a proxy gets no requests any more."""
_AT_WORK: Final = 25
"""Seconds that a proxy has after that for the requests which it has."""

_TLS_FOLDER: Final = "/etc/proxy/tls"
_TLS_OPTIONS: Final = (
    f"--ssl-cert={_TLS_FOLDER}/{CERTIFICATE_KEY}",
    f"--ssl-key={_TLS_FOLDER}/{PRIVATE_KEY_KEY}",
    f"--redirect-port={REDIRECT_PORT}",
    "--redirect-to=443",
)
_TLS_ENVIRONMENT: Final = {"NODE_OPTIONS": "--import=/opt/proxy/https.mjs", "TLS_FOLDER": _TLS_FOLDER}
"""Makes the proxy take a renewed certificate over while it runs."""


def api_url(settings: Settings) -> str:
    """Returns where the hub reaches the proxy's API. It follows from the settings, so nobody waits to learn it."""
    return f"http://{settings.name}-proxy-api:{PROXY_API_PORT}"


@dataclass(frozen=True, kw_only=True)
class ProxyArgs:
    """Inputs of `Proxy`."""

    settings: Settings
    """The stack's settings: names, the proxy's image and resources, the generation of the secrets."""
    namespace: pulumi.Input[str]
    """Namespace of hub and proxy."""
    hub_url: str
    """Where the proxy sends requests for which it has no other place. It starts and is ready without a hub there."""
    tls_secret: pulumi.Input[str] | None = None
    """Secret with certificate and key, of type kubernetes.io/tls; none = the proxy speaks http."""


class Proxy(pulumi.ComponentResource):
    """configurable-http-proxy in a pod of its own, so that a restart of the hub cuts nobody's notebook off."""

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
        apps.Deployment(
            f"{name}-deployment",
            metadata=meta.ObjectMetaArgs(
                name=f"{settings.name}-proxy", namespace=args.namespace, labels=labels(settings, "proxy")
            ),
            spec=apps.DeploymentSpecArgs(
                replicas=1,
                # The old proxy stays until the new one has its routes, so that running notebooks answer throughout.
                strategy=apps.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=apps.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
                ),
                revision_history_limit=3,
                selector=meta.LabelSelectorArgs(match_labels=selector(settings, "proxy")),
                template=core.PodTemplateSpecArgs(
                    metadata=meta.ObjectMetaArgs(labels=labels(settings, "proxy")),
                    spec=_pod(args, token_secret=self.token_secret),
                ),
            ),
            opts=child,
        )
        core.Service(
            f"{name}-api",
            metadata=meta.ObjectMetaArgs(
                name=f"{settings.name}-proxy-api", namespace=args.namespace, labels=labels(settings, "proxy")
            ),
            spec=core.ServiceSpecArgs(
                type="ClusterIP",
                selector=selector(settings, "proxy"),
                ports=[core.ServicePortArgs(name="api", port=PROXY_API_PORT, target_port="api")],
            ),
            opts=child,
        )
        self.register_outputs({"token_secret": self.token_secret})


def _program(settings: Settings) -> list[str]:
    if settings.auth.type != "iap":
        return ["configurable-http-proxy"]
    # Whoever has what IAP says about a visitor can sign in as that visitor: it is not for people's notebooks.
    hub_only = "--import=/opt/proxy/hub-only-headers.mjs"
    return ["node", hub_only, "/opt/proxy/node_modules/.bin/configurable-http-proxy"]


def _pod(args: ProxyArgs, *, token_secret: pulumi.Output[str]) -> core.PodSpecArgs:
    has_tls = args.tls_secret is not None
    # Google's load balancer sends requests to the pod itself, and hears later than the cluster that it goes.
    farewell = DRAIN_SECONDS if args.settings.endpoint.type == "gateway" else _FAREWELL
    # The whole folder: a single file would never be renewed.
    mounts = [core.VolumeMountArgs(name="tls", mount_path=_TLS_FOLDER, read_only=True)]
    source = core.SecretVolumeSourceArgs(secret_name=args.tls_secret, default_mode=0o440)
    volumes = [core.VolumeArgs(name="tls", secret=source)]
    return core.PodSpecArgs(
        automount_service_account_token=False,
        enable_service_links=False,
        node_selector=core_nodes(args.settings),
        security_context=pod_security(user=65534),
        termination_grace_period_seconds=farewell + _AT_WORK,
        containers=[
            core.ContainerArgs(
                name="proxy",
                image=args.settings.proxy.image,
                # As args, so that the image's own entry point (tini) stays.
                args=[
                    *_program(args.settings),
                    "--ip=",
                    f"--port={PROXY_PORT}",
                    "--api-ip=",
                    f"--api-port={PROXY_API_PORT}",
                    f"--default-target={args.hub_url}",
                    f"--error-target={args.hub_url}/hub/error",
                    *(_TLS_OPTIONS if has_tls else ()),
                ],
                env=[
                    from_secret(PROXY_TOKEN_VARIABLE, secret=token_secret, key=TOKEN_KEY),
                    core.EnvVarArgs(name="OTHER_PROXY", value=api_url(args.settings)),
                    *(core.EnvVarArgs(name=name, value=value) for name, value in _TLS_ENVIRONMENT.items() if has_tls),
                ],
                lifecycle=core.LifecycleArgs(
                    post_start=core.LifecycleHandlerArgs(
                        exec_=core.ExecActionArgs(command=["node", "/opt/proxy/copy-routes.mjs"])
                    ),
                    pre_stop=core.LifecycleHandlerArgs(sleep=core.SleepActionArgs(seconds=farewell)),
                ),
                ports=[
                    core.ContainerPortArgs(name="https" if has_tls else "http", container_port=PROXY_PORT),
                    *([core.ContainerPortArgs(name="redirect", container_port=REDIRECT_PORT)] if has_tls else ()),
                    core.ContainerPortArgs(name="api", container_port=PROXY_API_PORT),
                ],
                startup_probe=probe(HEALTH_PATH, port=PROXY_PORT, period=1, failures=120, https=has_tls),
                readiness_probe=probe(HEALTH_PATH, port=PROXY_PORT, period=5, failures=3, https=has_tls),
                liveness_probe=probe(HEALTH_PATH, port=PROXY_PORT, period=10, failures=6, https=has_tls),
                resources=requirements(args.settings.proxy.resources),
                security_context=container_security(),
                volume_mounts=mounts if has_tls else None,
            )
        ],
        volumes=volumes if has_tls else None,
    )
