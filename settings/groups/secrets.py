"""Keys `secrets.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.model import Model
from settings.types.text import WholeNumber


class SecretsSettings(Model):
    """The secrets that the stack makes itself. Another number, and it makes another one."""

    cookie_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Of what the hub signs its cookies with. A new one: everybody signs in anew."""
    crypt_key_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Of what the hub encrypts people's GitHub tokens with. A new one: the one before goes on being read."""
    proxy_token_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Of what the hub shows the proxy. A new one restarts the proxy too, which cuts open notebooks for some seconds."""
    database_password_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Of what the hub shows the database of `database.type: cloud-sql`. A new one restarts the hub."""
