"""Keys `github.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.accounts import GitHubOrganization
from settings.types.addresses import PublicUrl
from settings.types.model import Model
from settings.types.secret import Secret
from settings.types.text import Line, WholeNumber


class GitHubSettings(Model):
    """Sign-in with GitHub."""

    client_id: Line | None = None
    """Client ID of the GitHub OAuth app, for `auth.type: github`."""
    client_secret: Secret | None = None
    """Client secret of the GitHub OAuth app."""
    organizations: tuple[GitHubOrganization, ...] = ()
    """GitHub organizations (org) and teams (org:team) whose members may sign in."""
    url: PublicUrl = "https://github.com"
    """URL of GitHub, or of a GitHub Enterprise Server."""
    recheck_minutes: Annotated[WholeNumber, Field(ge=0, le=1440)] = 5
    """Minutes between checks whether a signed-in user is still allowed. Who is not loses the running server too. 0
    means never: access then lasts until the session ends."""
