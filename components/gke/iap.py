"""Google's Identity-Aware Proxy (IAP) in front of the Gateway."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import iap, organizations
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.metadata import labels
from settings import Settings

_ROLE: Final = "roles/iap.httpsResourceAccessor"
_SECRET_KEY: Final = "key"  # noqa: S105 the name of a key
"""Key of the Secret in which GKE expects the client secret."""


@dataclass(frozen=True, kw_only=True)
class IdentityAwareProxyArgs:
    """Inputs of `IdentityAwareProxy`."""

    settings: Settings
    """The stack's settings: project, host name, OAuth client, members."""
    namespace: pulumi.Input[str]
    """Namespace of the Gateway's backend policy, in which GKE expects the Secret."""
    apis: pulumi.Resource
    """The enabled APIs; the project's number is looked up after them."""


class IdentityAwareProxy(pulumi.ComponentResource):
    """IAM grants to pass IAP at the hub's host name, and the Secret of the OAuth client."""

    secret_name: pulumi.Output[str]
    """Name of the Secret with the client secret."""
    audience: pulumi.Output[str]
    """Expected `aud` claim of IAP's tokens: the backend service, or until `iap.backendService` is set its prefix, which
    ends in `/`."""

    def __init__(self, name: str, args: IdentityAwareProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/iap:IdentityAwareProxy", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        secret = core.Secret(
            f"{name}-client",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(settings, "proxy")),
            # A new secret gets a new name, which changes the policy; GKE notices that.
            immutable=True,
            string_data={_SECRET_KEY: pulumi.Output.secret(_client_secret(settings))},
            opts=child,
        )
        self.secret_name = secret.metadata.name
        for member in _members(settings):
            iap.WebTypeComputeIamMember(
                f"{name}-{member}",
                role=_ROLE,
                member=member,
                # GKE names the backend service, so the grant covers the whole project; the condition limits it to this
                # hub.
                condition=iap.WebTypeComputeIamMemberConditionArgs(
                    title=f"JupyterHub at {settings.endpoint.hostname}"[:100],
                    expression=f'request.host == "{settings.endpoint.hostname}"',
                ),
                opts=child,
            )
        project = organizations.get_project_output(
            project_id=settings.gcp.project_id,
            opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[args.apis]),
        )
        self.audience = project.number.apply(
            lambda number: f"/projects/{number}/global/backendServices/{settings.iap.backend_service or ''}"
        )
        self.register_outputs({"audience": self.audience})


def _client_secret(settings: Settings) -> str:
    secret = settings.iap.client_secret
    return "" if secret is None else secret.get_secret_value()  # the settings require it


def _members(settings: Settings) -> list[str]:
    by_name = [f"user:{email}" for email in (*settings.auth.allowed_users, *settings.auth.admin_users)]
    return list(dict.fromkeys([*settings.iap.members, *by_name]))
