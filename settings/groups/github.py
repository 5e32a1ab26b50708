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
    """Client ID of the OAuth app."""
    client_secret: Secret | None = None
    """Its client secret."""
    organizations: tuple[GitHubOrganization, ...] = ()
    """Organizations `org` and teams `org:team` whose members may sign in."""
    url: PublicUrl = "https://github.com"
    """GitHub, or a GitHub Enterprise Server."""
    recheck_minutes: Annotated[WholeNumber, Field(ge=0, le=1440)] = 5
    """Minutes after which a signed-in person's right to be here is asked for again; 0 = never."""
