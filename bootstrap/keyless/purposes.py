"""For what GitHub Actions acts in Google Cloud, and with which rights: no more than each purpose needs."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a workflow signs in for; each has an account of its own."""

    name: str
    """Name of the purpose, as the federation tells it from the workflow's token."""
    described: str
    """What it is, for people who read a list of accounts."""
    roles: tuple[str, ...]
    """Its roles in the project."""
    permissions: tuple[str, ...] = ()
    """Permissions in the project that come in no role without more than is needed."""
    writes_state: bool = False
    """Whether it may write Pulumi's state; all read it."""


PREVIEW: Final = Purpose(
    name="preview",
    described="Previews of pull requests",
    # A preview compares the program with the state. In the cluster it asks which kinds there are, which everybody may
    # who is signed in; what it may not try out there, Pulumi works out itself.
    roles=("roles/container.clusterViewer",),
    # The program looks up who signs for the server of a database on Cloud SQL; those certificates are public.
    permissions=("cloudsql.instances.listServerCas",),
)
"""Code of a pull request, which nobody has approved yet, acts as this one."""

DRIFT: Final = Purpose(
    name="drift",
    described="Looks for changes that were not made by a deployment",
    # It reads every resource, the hub's Secrets in the cluster too: no role reads those and writes nothing.
    roles=("roles/viewer", "roles/iam.securityReviewer"),
    permissions=(*PREVIEW.permissions, "container.secrets.get"),
)
"""Only code of the deployed branch acts as this one."""

DEPLOY: Final = Purpose(
    name="deploy",
    described="Deployments that somebody has approved",
    # docs/gke.md names the same. Whoever may change the project's IAM policy can give themselves all else.
    roles=(
        "roles/artifactregistry.admin",
        "roles/certificatemanager.owner",
        "roles/cloudsql.admin",
        "roles/compute.networkAdmin",
        "roles/compute.securityAdmin",
        "roles/container.admin",
        "roles/dns.admin",
        "roles/iam.serviceAccountAdmin",
        "roles/iam.serviceAccountUser",
        "roles/iap.admin",
        "roles/resourcemanager.projectIamAdmin",
        "roles/servicedirectory.editor",
        "roles/serviceusage.serviceUsageAdmin",
    ),
    writes_state=True,
)
"""Only a job of the deployed branch whose environment's reviewers have approved it acts as this one."""

PURPOSES: Final = (PREVIEW, DRIFT, DEPLOY)
"""All of them."""
