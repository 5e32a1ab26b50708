"""Keys `secrets.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.model import Model
from settings.types.text import WholeNumber


class SecretsSettings(Model):
    """Secrets that the stack generates."""

    cookie_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Generation of the key that signs cookies: a higher number renews it, and all users have to sign in again."""
    crypt_key_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Generation of the key that encrypts users' tokens in the database: a higher number renews it. The previous key
    still decrypts."""
    proxy_token_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Generation of the hub's token for the proxy: a higher number renews it."""
    metrics_token_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Generation of the token with which Prometheus reads the hub's metrics: a higher number renews it."""
    database_password_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Generation of the password of the Cloud SQL user: a higher number renews it."""
