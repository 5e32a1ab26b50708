"""Google's Identity-Aware Proxy (IAP) before the gateway: who may pass, and how the hub knows what it says."""

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
"""Key of the Secret under which GKE looks for the client secret."""


@dataclass(frozen=True, kw_only=True)
class IdentityAwareProxyArgs:
    """Inputs of `IdentityAwareProxy`."""

    settings: Settings
    """The stack's settings: project, host name, OAuth client, people."""
    namespace: pulumi.Input[str]
    """Namespace of the gateway's policy, in which GKE looks for the client secret."""
    services: pulumi.Resource | None
    """The APIs that must be enabled before the project is asked for its number."""


class IdentityAwareProxy(pulumi.ComponentResource):
    """People's right to pass IAP at the hub's host name, and the OAuth client with which they sign in there."""

    secret_name: pulumi.Output[str]
    """Name of the Secret with the client secret."""
    audience: pulumi.Output[str]
    """For whom IAP's word is: the gateway's backend service, or as long as that is not set, what the names of all
    backend services of the project begin with (`/` is then the last character)."""

    def __init__(self, name: str, args: IdentityAwareProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/iap:IdentityAwareProxy", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        secret = core.Secret(
            f"{name}-client",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(settings, "proxy")),
            # Another secret is another name, and so a change of the policy, which GKE sees.
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
                # GKE chooses the name of the backend service, so the right is one for all of the project; the condition
                # makes it one for this hub.
                condition=iap.WebTypeComputeIamMemberConditionArgs(
                    title=f"JupyterHub at {settings.endpoint.hostname}"[:100],
                    expression=f'request.host == "{settings.endpoint.hostname}"',
                ),
                opts=child,
            )
        project = organizations.get_project_output(
            project_id=settings.gcp.project_id,
            opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[args.services] if args.services else None),
        )
        self.audience = project.number.apply(
            lambda number: f"/projects/{number}/global/backendServices/{settings.iap.backend_service or ''}"
        )
        self.register_outputs({"audience": self.audience})


def _client_secret(settings: Settings) -> str:
    secret = settings.iap.client_secret
    return "" if secret is None else secret.get_secret_value()  # the checks have seen that it is set


def _members(settings: Settings) -> list[str]:
    by_name = [f"user:{email}" for email in (*settings.auth.allowed_users, *settings.auth.admin_users)]
    return list(dict.fromkeys([*settings.iap.members, *by_name]))
