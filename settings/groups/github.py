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
    """Client ID of the GitHub OAuth app, such as `Iv1.0123456789abcdef`. Required with `auth.type: github`."""
    client_secret: Secret | None = None
    """Client secret of the GitHub OAuth app. Required with `auth.type: github`."""
    organizations: Annotated[tuple[GitHubOrganization, ...], Field(examples=[["physics", "maths:staff"]])] = ()
    """GitHub organizations (`org`) and teams (`org:team`) whose members can sign in."""
    admin_teams: Annotated[tuple[GitHubOrganization, ...], Field(examples=[["physics:hub-admins"]])] = ()
    """GitHub teams (`org:team`) and organizations (`org`) whose members can sign in and are admins. Who leaves them is
    no longer an admin."""
    url: PublicUrl = "https://github.com"
    """URL of GitHub, of a GitHub Enterprise Server, or of GitHub Enterprise Cloud with data residency, such as
    `https://octocorp.ghe.com`."""
    recheck_minutes: Annotated[WholeNumber, Field(ge=0, le=1440)] = 5
    """Minutes between checks whether a signed-in user is still allowed; the server of a user who is not is stopped. 0
    means never: access then lasts until the session ends."""
