"""How people sign in, and who may."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from settings.accounts import ClassPath, GitHubOrganization, UserName
from settings.addresses import PublicUrl
from settings.model import Model
from settings.scalars import Flag, Line, WholeNumber
from settings.secret import AdminPassword, Secret, UserPassword, VariableName

_NEW_APP = "https://github.com/settings/applications/new"


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

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if self.client_id is not None and self.client_secret is None:
            msg = (
                "github.clientSecret: is not set, but github.clientId is; the two belong together: "
                "pulumi config set --secret github.clientSecret"
            )
            raise ValueError(msg)
        if self.client_secret is not None and self.client_id is None:
            msg = (
                "github.clientId: is not set, but github.clientSecret is; the two belong together: "
                "pulumi config set github.clientId ID"
            )
            raise ValueError(msg)
        return self


class AuthSettings(Model):
    """How people sign in, and who may."""

    type: Literal["github", "iap", "dummy", "shared-password", "native", "custom"]
    """`github`; `iap`: Google's Identity-Aware Proxy before a gateway; `dummy`: any name, any password;
    `shared-password`: one password for all; `native`: people sign up, and an admin lets them in; `custom`: a class of
    your own."""
    allowed_users: tuple[UserName, ...] = ()
    """People who may sign in. None means: all whom the other settings let in."""
    admin_users: tuple[UserName, ...] = ()
    """People who may sign in and see the admin page. Who is taken out of the list is no admin any more."""
    blocked_users: tuple[UserName, ...] = ()
    """People who may not sign in, whatever else lets them in."""
    session_hours: Annotated[WholeNumber, Field(ge=1, le=8760)] = 168
    """Hours after which people have to sign in again."""
    allow_anyone_from_the_internet: Flag = False
    """Whether it is meant that strangers get in."""
    user_password: UserPassword | None = None
    """The password of `shared-password`."""
    admin_password: AdminPassword | None = None
    """The admins' password: of `shared-password`, and with `native` what an admin's name can be signed up with."""
    custom_class: ClassPath | None = None
    """The authenticator's class, for `custom`. It must be in the hub image and in this environment."""
    custom_traits: Mapping[str, JsonValue] = {}
    """Values of that class's traits."""
    secret_environment: Mapping[VariableName, Secret] = {}
    """Environment variables of the hub's pod with secrets for that class, such as `OAUTH_CLIENT_SECRET`."""


def missing_parts(auth: AuthSettings, github: GitHubSettings) -> list[str]:
    """Returns what the chosen way of signing in lacks, each with its key and how to mend it."""
    missing: list[str] = []
    if auth.type == "github":
        if github.client_id is None and github.client_secret is None:
            missing += [
                f"github.clientId: is not set; register an app ({_NEW_APP}): pulumi config set github.clientId ID",
                "github.clientSecret: is not set: pulumi config set --secret github.clientSecret",
            ]
        lets_in = (github.organizations, auth.allowed_users, auth.admin_users, auth.allow_anyone_from_the_internet)
        if not any(lets_in):
            missing.append(
                "github.organizations: nobody could sign in; set it, auth.allowedUsers or auth.adminUsers: "
                "pulumi config set --path '[\"github.organizations\"][0]' ORG"
            )
    if auth.type == "shared-password" and auth.user_password is None:
        missing.append(_secret("auth.userPassword", "the password that all share"))
    if auth.type == "shared-password" and auth.admin_users and auth.admin_password is None:
        missing.append(_secret("auth.adminPassword", "the password of auth.adminUsers"))
    if auth.type == "native":
        if not auth.admin_users:
            missing.append(
                "auth.adminUsers: is not set, and only an admin can let people in who signed up: "
                "pulumi config set --path '[\"auth.adminUsers\"][0]' NAME"
            )
        if auth.admin_password is None:
            missing.append(_secret("auth.adminPassword", "without it anybody could sign up with an admin's name"))
    if auth.type == "custom" and auth.custom_class is None:
        missing.append("auth.customClass: is not set: pulumi config set auth.customClass PACKAGE.MODULE.CLASS")
    return missing


def _secret(key: str, why: str) -> str:
    return f"{key}: is not set ({why}): pulumi config set --secret {key}"
