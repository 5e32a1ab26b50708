"""Keys `secrets.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.model import Model
from settings.types.text import WholeNumber


class SecretsSettings(Model):
    """The secrets that the stack makes itself. Another number, and it makes another one."""

    cookie_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Increase it to renew the cookie secret. Everyone has to sign in again."""
    crypt_key_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Increase it to renew the key that encrypts users' GitHub tokens. The previous key stays readable."""
    proxy_token_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Increase it to renew the hub's token for the proxy. The proxy restarts, which interrupts notebooks for some
    seconds."""
    database_password_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Increase it to renew the password of the Cloud SQL user. The hub restarts."""
