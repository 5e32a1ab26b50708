"""Keys `auth.*`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from settings.types.accounts import ClassPath, UserName
from settings.types.model import Model
from settings.types.secret import AdminPassword, Secret, UserPassword, VariableName
from settings.types.text import Flag, WholeNumber


class AuthSettings(Model):
    """How people sign in, and who may."""

    type: Literal["github", "iap", "dummy", "shared-password", "native", "custom"]
    """Sign-in, required: `github`; `iap` (Google's Identity-Aware Proxy); `dummy` (any name, any password);
    `shared-password` (one password for all); `native` (people sign up, an admin approves them); `custom` (a class of
    your own)."""
    allowed_users: tuple[UserName, ...] = ()
    """Users who may sign in. Empty: everyone that the other settings allow; with `github` and `iap`, nobody by name."""
    admin_users: tuple[UserName, ...] = ()
    """Users who may sign in and see the admin page. A user removed from the list is no longer an admin."""
    blocked_users: tuple[UserName, ...] = ()
    """Users who may not sign in, even if another setting allows them."""
    session_hours: Annotated[WholeNumber, Field(ge=1, le=8760)] = 168
    """Hours after which users have to sign in again. 1 to 8760."""
    allow_anyone_from_the_internet: Flag = False
    """Whether strangers may get in on purpose: with `github` everyone who has a GitHub account, with `dummy`
    everyone."""
    user_password: UserPassword | None = None
    """Password of `shared-password`, at least 8 characters."""
    admin_password: AdminPassword | None = None
    """Password of the admins, at least 32 characters: to sign in with `shared-password`, to sign up as an admin with
    `native`."""
    custom_class: ClassPath | None = None
    """Authenticator class of `custom`, such as `oauthenticator.google.GoogleOAuthenticator`. The hub image and this
    environment must contain it."""
    custom_traits: Mapping[str, JsonValue] = {}
    """Values of that class's traits, without secrets."""
    secret_environment: Mapping[VariableName, Secret] = {}
    """Secret environment variables of the hub for that class, as JSON such as `{"OAUTH_CLIENT_SECRET": "..."}`."""
