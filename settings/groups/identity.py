"""Keys `identity.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.accounts import GitHubOrganization, GoogleServiceAccount, UserName
from settings.types.model import Model
from settings.types.names import AccountName

_PHYSICS = {
    "name": "physics",
    "googleServiceAccount": "physics@my-project-123.iam.gserviceaccount.com",
    "organizations": ["example-org:physics"],
}


class NotebookIdentity(Model):
    """A Google service account that the notebooks of some people act as."""

    name: AccountName
    """What it is called in Kubernetes: ServiceAccount `notebooks-<name>`. Each another."""
    google_service_account: GoogleServiceAccount
    """The account, which exists already."""
    users: tuple[UserName, ...] = ()
    """People whose notebooks act as it."""
    organizations: tuple[GitHubOrganization, ...] = ()
    """GitHub organizations `org` and teams `org:team` whose members' notebooks act as it; for `auth.type` `github`."""


class IdentitySettings(Model):
    """Google service accounts that pods act as, on GKE only."""

    hub_service_account: GoogleServiceAccount | None = None
    """Google service account that the hub acts as (Workload Identity). Not set: none."""
    notebook_service_account: GoogleServiceAccount | None = None
    """Google service account that notebooks act as, except those of `identity.notebooks`. Not set: none."""
    notebooks: Annotated[tuple[NotebookIdentity, ...], Field(examples=[[_PHYSICS]])] = ()
    """Google service accounts of groups: the notebooks of `users` or, with GitHub, of members of `organizations` (org
    or org:team) act as `googleServiceAccount`. The first entry that matches wins, and a user name wins over an
    organization."""
