"""The purposes of GitHub Actions in Google Cloud, each with the roles that it needs and no more."""

from dataclasses import dataclass
from typing import Final

IAM_ADMIN: Final = "roles/resourcemanager.projectIamAdmin"
"""The role that may change the project's IAM policy."""


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """A purpose of a workflow's sign-in; each has a service account of its own."""

    name: str
    """Name of the purpose, which the federation derives from the workflow's token."""
    display_name: str
    """Display name of its service account."""
    roles: tuple[str, ...]
    """Its roles in the project."""
    grants: tuple[str, ...] = ()
    """The only roles that it may grant and revoke with `IAM_ADMIN`."""
    permissions: tuple[str, ...] = ()
    """Permissions in the project for which every predefined role is too broad."""
    writes_state: bool = False
    """Whether it may write Pulumi's state; all read it."""


PREVIEW: Final = Purpose(
    name="preview",
    display_name="Previews of pull requests",
    # A preview compares the program with the state. In the cluster it reads the API's schema, which every signed-in
    # user may; where a server-side dry run is forbidden, Pulumi computes the difference itself.
    roles=("roles/container.clusterViewer",),
    # The DNS endpoint of the control plane requires the first. The program reads the CA certificates of a Cloud SQL
    # instance, which are public.
    permissions=("container.clusters.connect", "cloudsql.instances.listServerCas"),
)
"""For code of pull requests, before approval."""

DRIFT: Final = Purpose(
    name="drift",
    display_name="Looks for changes that were not made by a deployment",
    # It reads every resource, also the hub's Secrets in the cluster: no read-only role includes those.
    roles=("roles/viewer", "roles/iam.securityReviewer"),
    permissions=(*PREVIEW.permissions, "container.secrets.get"),
)
"""For code of the deployed branch only."""

DEPLOY: Final = Purpose(
    name="deploy",
    display_name="Deployments that somebody has approved",
    # docs/gke.md names the same.
    roles=(
        "roles/artifactregistry.admin",
        "roles/certificatemanager.owner",
        "roles/cloudsql.admin",
        "roles/compute.networkAdmin",
        "roles/compute.securityAdmin",
        "roles/container.admin",
        "roles/dns.admin",
        "roles/gkebackup.admin",
        "roles/iam.serviceAccountAdmin",
        "roles/iam.serviceAccountUser",
        "roles/iap.admin",
        IAM_ADMIN,
        "roles/servicedirectory.editor",
        "roles/serviceusage.serviceUsageAdmin",
    ),
    # Without this limit, it could give itself every role. The stack grants only this one, to the nodes.
    grants=("roles/container.defaultNodeServiceAccount",),
    writes_state=True,
)
"""For jobs of the deployed branch that the environment's reviewers have approved."""

PURPOSES: Final = (PREVIEW, DRIFT, DEPLOY)
"""All of them."""
