"""Workload Identity: pods act as Google service accounts, without keys."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import serviceaccount

from components.rbac import DEFAULT_SERVICE_ACCOUNT, service_account_name
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentityArgs:
    """Inputs of `WorkloadIdentity`."""

    settings: Settings
    """The stack's settings: project, namespaces, and the Google service accounts, which must exist."""


class WorkloadIdentity(pulumi.ComponentResource):
    """IAM grants that let the ServiceAccounts of hub and notebooks act as Google service accounts."""

    members: pulumi.Output[list[str]]
    """IAM members of these ServiceAccounts; known once they have the grants."""

    def __init__(self, name: str, args: WorkloadIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/workload_identity:WorkloadIdentity", name, None, opts)
        settings, identity = args.settings, args.settings.identity
        accounts = {
            "hub": (identity.hub_service_account, f"{settings.namespace}/{settings.name}"),
            "notebooks": (
                identity.notebook_service_account,
                f"{settings.notebooks_namespace}/{DEFAULT_SERVICE_ACCOUNT}",
            ),
            **{
                f"notebooks-{entry.name}": (
                    entry.google_service_account,
                    f"{settings.notebooks_namespace}/{service_account_name(entry)}",
                )
                for entry in identity.notebooks
            },
        }
        grants = [
            serviceaccount.IAMMember(
                f"{name}-{part}",
                service_account_id=f"projects/{_project_of(email)}/serviceAccounts/{email}",
                role="roles/iam.workloadIdentityUser",
                member=f"serviceAccount:{settings.gcp.workload_pool}[{account}]",
                opts=pulumi.ResourceOptions(parent=self),
            )
            for part, (email, account) in accounts.items()
            if email is not None
        ]
        self.members = pulumi.Output.all(*(grant.member for grant in grants))
        self.register_outputs({"members": self.members})


def _project_of(email: str) -> str:
    """Return the project in the e-mail of a service account, `hub@<project>.iam.gserviceaccount.com`."""
    return email.partition("@")[2].partition(".")[0]
