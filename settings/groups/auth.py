"""Keys `auth.*`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from settings.types.accounts import ClassPath, UserName
from settings.types.model import Model
from settings.types.secret import AdminPassword, SecretText, UserPassword, VariableName
from settings.types.text import Flag, WholeNumber


class AuthSettings(Model):
    """Sign-in, and the users who can sign in."""

    type: Literal["github", "oidc", "lti", "iap", "dummy", "shared-password", "native", "custom"]
    """Sign-in, required: `github`, `oidc` (OpenID Connect: Google, Microsoft Entra, CILogon, Keycloak, Auth0, Okta and
    others), `lti` (from a course platform, by LTI 1.3), `iap` (Google's Identity-Aware Proxy), `dummy` (any name and
    password), `shared-password` (one password for all users), `native` (users sign up, and an admin approves them) or
    `custom` (another authenticator class)."""
    allowed_users: Annotated[tuple[UserName, ...], Field(examples=[["ada", "grace"]])] = ()
    """Users who can sign in. Empty: with `github`, `oidc`, `iap` and `custom`, only users that other settings allow;
    else all users."""
    admin_users: Annotated[tuple[UserName, ...], Field(examples=[["ada"]])] = ()
    """Users who can sign in, and are admins. A user who is removed from the list is no longer an admin. Groups of
    admins: `github.adminTeams`, `oidc.adminGroups`, `lti.adminRoles`."""
    blocked_users: Annotated[tuple[UserName, ...], Field(examples=[["mallory"]])] = ()
    """Users who cannot sign in, even if another setting allows them."""
    session_hours: Annotated[WholeNumber, Field(ge=1, le=8760)] = 168
    """Hours after which users have to sign in again. 1 to 8760."""
    allow_anyone_from_the_internet: Flag = False
    """Whether anyone can sign in: with `github`, `oidc` and `custom` everyone with an account of the provider, with
    `dummy` everyone who can reach the hub."""
    auto_login: Flag = False
    """Whether the first page leads to the provider at once, without a button, with `github`, `oidc` and `custom`."""
    user_password: UserPassword | None = None
    """Password of all users, with `shared-password`. At least 8 characters."""
    admin_password: AdminPassword | None = None
    """Password with which admins sign in (`shared-password`) or sign up (`native`). At least 32 characters."""
    custom_class: ClassPath | None = None
    """Authenticator class of JupyterHub, such as `oauthenticator.google.GoogleOAuthenticator`. Required with
    `auth.type: custom`. It must be installed in the hub image, and in the environment that runs Pulumi."""
    custom_traits: Annotated[Mapping[str, JsonValue], Field(examples=[{"hosted_domain": ["example.org"]}])] = {}
    """Traits of `auth.customClass`, without secrets."""
    secret_environment: Mapping[VariableName, SecretText] = {}
    """Environment variables of the hub with the secrets of `auth.customClass` and of `hub.extraConfig`, as JSON:
    `{"OAUTH_CLIENT_SECRET": "..."}`. Values of several lines, such as private keys, keep their line ends."""
