"""The hub's own secrets."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pydantic import SecretStr

from components.metadata import labels
from components.token import Token, TokenArgs
from hub.contract import (
    ADMIN_PASSWORD_VARIABLE,
    CLIENT_ID_VARIABLE,
    CLIENT_SECRET_VARIABLE,
    COOKIE_SECRET_VARIABLE,
    CRYPT_KEY_VARIABLE,
    DATABASE_URL_VARIABLE,
    USER_PASSWORD_VARIABLE,
)
from settings import Settings


def variables(settings: Settings) -> tuple[str, ...]:
    """Returns the environment variables by which the hub gets its secrets. They are the keys of the Secret, too."""
    made = (DATABASE_URL_VARIABLE,) if settings.database.type == "cloud-sql" else ()
    return (COOKIE_SECRET_VARIABLE, CRYPT_KEY_VARIABLE, *made, *_from_settings(settings))


@dataclass(frozen=True, kw_only=True)
class HubSecretArgs:
    """Inputs of `HubSecret`."""

    settings: Settings
    """The stack's settings: names, the secrets in them, and the generations of those that are made here."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""
    database_url: pulumi.Input[str] | None = None
    """URL of a database that the stack makes; none = the settings say where it is."""


class HubSecret(pulumi.ComponentResource):
    """All secrets of the hub but the proxy's token, in a Secret that Pulumi names.

    Another secret is another name, and so a new hub pod. Its keys are `variables`: what the hub signs cookies with,
    what it encrypts people's tokens with, the database that the stack made, and what the settings hold.
    """

    secret_name: pulumi.Output[str]
    """Name of the Secret."""

    def __init__(self, name: str, args: HubSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:hub_secret:HubSecret", name, None, opts)
        child, generations = pulumi.ResourceOptions(parent=self), args.settings.secrets
        cookie = Token(f"{name}-cookie", TokenArgs(generation=generations.cookie_generation), child)
        # What is encrypted with the last key can still be read.
        crypt = Token(
            f"{name}-crypt-key", TokenArgs(generation=generations.crypt_key_generation, keep_previous=True), child
        )
        given = {
            variable: pulumi.Output.secret(value.get_secret_value())
            for variable, value in _from_settings(args.settings).items()
        }
        made = {} if args.database_url is None else {DATABASE_URL_VARIABLE: args.database_url}
        secret = core.Secret(
            f"{name}-environment",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(args.settings, "hub")),
            immutable=True,
            string_data={COOKIE_SECRET_VARIABLE: cookie.value, CRYPT_KEY_VARIABLE: crypt.value, **made, **given},
            opts=child,
        )
        self.secret_name = secret.metadata.name
        self.register_outputs({"secret_name": self.secret_name})


def _from_settings(settings: Settings) -> Mapping[str, SecretStr]:
    """The secrets that the operator gave, by the variables that JupyterHub's parts and `hub/` read."""
    client_id = settings.github.client_id
    known = {
        CLIENT_ID_VARIABLE: None if client_id is None else SecretStr(client_id),
        CLIENT_SECRET_VARIABLE: settings.github.client_secret,
        USER_PASSWORD_VARIABLE: settings.auth.user_password,
        ADMIN_PASSWORD_VARIABLE: settings.auth.admin_password,
        DATABASE_URL_VARIABLE: settings.database.url,
    }
    given = {variable: value for variable, value in known.items() if value is not None}
    return {**given, **settings.auth.secret_environment}
