"""Keys `identity.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.accounts import GitHubOrganization, GoogleServiceAccount, UserName
from settings.types.choices import GroupName
from settings.types.model import Model
from settings.types.names import AccountName

_PHYSICS = {
    "name": "physics",
    "googleServiceAccount": "physics@my-project-123.iam.gserviceaccount.com",
    "organizations": ["example-org:physics"],
}


class NotebookIdentity(Model):
    """A Google service account for the notebooks of some users."""

    name: AccountName
    """Unique name; the Kubernetes ServiceAccount is `notebooks-<name>`. At most 53 characters."""
    google_service_account: GoogleServiceAccount
    """Email of the existing account, such as `physics@my-project-123.iam.gserviceaccount.com`."""
    users: tuple[UserName, ...] = ()
    """Users whose notebooks use the account."""
    organizations: tuple[GitHubOrganization, ...] = ()
    """GitHub organizations (`org`) and teams (`org:team`) whose members' notebooks use the account, with `auth.type:
    github`."""
    groups: tuple[GroupName, ...] = ()
    """Groups of the hub, as the sign-in gives them or as they are on the admin page, whose members' notebooks use the
    account."""


class IdentitySettings(Model):
    """Google service accounts of the pods (Workload Identity). GKE only."""

    hub_service_account: GoogleServiceAccount | None = None
    """Email of the hub's Google service account, such as `jupyterhub@my-project-123.iam.gserviceaccount.com`. Not set:
    none."""
    notebook_service_account: GoogleServiceAccount | None = None
    """Email of the Google service account of all notebooks that `identity.notebooks` does not list, such as
    `notebooks@my-project-123.iam.gserviceaccount.com`. Not set: none."""
    notebooks: Annotated[tuple[NotebookIdentity, ...], Field(examples=[[_PHYSICS]])] = ()
    """Google service accounts for the notebooks of some users. A user name takes precedence over organizations and
    groups; of several of these, the first entry applies."""
