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
