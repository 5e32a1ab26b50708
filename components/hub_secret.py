"""The Secret of the hub."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pydantic import SecretStr

from components.dynamic.token import Token, TokenArgs
from components.metadata import labels
from components.service_tokens import ServiceTokens, ServiceTokensArgs
from hub.contract import (
    ADMIN_PASSWORD_VARIABLE,
    CLIENT_ID_VARIABLE,
    CLIENT_SECRET_VARIABLE,
    COOKIE_SECRET_VARIABLE,
    CRYPT_KEY_VARIABLE,
    DATABASE_URL_VARIABLE,
    OIDC_ID_VARIABLE,
    OIDC_SECRET_VARIABLE,
    USER_PASSWORD_VARIABLE,
)
from hub.contract_services import token_variable
from settings import Settings


def variables(settings: Settings) -> tuple[str, ...]:
    """Return the environment variables of the hub that come from its Secret; the keys of the Secret are the same."""
    created = (DATABASE_URL_VARIABLE,) if settings.database.type == "cloud-sql" else ()
    services = [token_variable(service.name) for service in settings.services]
    return (COOKIE_SECRET_VARIABLE, CRYPT_KEY_VARIABLE, *created, *services, *_from_settings(settings))


@dataclass(frozen=True, kw_only=True)
class HubSecretArgs:
    """Inputs of `HubSecret`."""

    settings: Settings
    """The stack's settings: names, secrets, and the generations of the secrets that are created here."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""
    database_url: pulumi.Input[str] | None = None
    """URL of a database that the stack creates; None = the settings name the database."""


class HubSecret(pulumi.ComponentResource):
    """An auto-named Secret with all secrets of the hub except the proxy's token, under the keys `variables`.

    A change makes a new Secret, and so rolls the hub's pod.
    """

    secret_name: pulumi.Output[str]
    """Name of the Secret."""
    service_tokens: Mapping[str, pulumi.Output[str]]
    """Token of each service by its name. Secret."""

    def __init__(self, name: str, args: HubSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:hub_secret:HubSecret", name, None, opts)
        child, generations = pulumi.ResourceOptions(parent=self), args.settings.secrets
        cookie = Token(f"{name}-cookie", TokenArgs(generation=generations.cookie_generation), child)
        # With the previous key, stored data can still be decrypted.
        crypt = Token(
            f"{name}-crypt-key", TokenArgs(generation=generations.crypt_key_generation, keep_previous=True), child
        )
        given = {
            variable: pulumi.Output.secret(value.get_secret_value())
            for variable, value in _from_settings(args.settings).items()
        }
        created = {} if args.database_url is None else {DATABASE_URL_VARIABLE: args.database_url}
        self.service_tokens = {}
        if args.settings.services:
            services_args = ServiceTokensArgs(settings=args.settings)
            self.service_tokens = ServiceTokens(f"{name}-services", services_args, child).tokens
        services = {token_variable(service): token for service, token in self.service_tokens.items()}
        secret = core.Secret(
            f"{name}-environment",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(args.settings, "hub")),
            immutable=True,
            string_data={
                COOKIE_SECRET_VARIABLE: cookie.value,
                CRYPT_KEY_VARIABLE: crypt.value,
                **created,
                **services,
                **given,
            },
            opts=child,
        )
        self.secret_name = secret.metadata.name
        self.register_outputs({"secret_name": self.secret_name})


def _from_settings(settings: Settings) -> Mapping[str, SecretStr]:
    """Return the secrets of the settings by environment variable."""
    values = {
        CLIENT_ID_VARIABLE: _text(settings.github.client_id),
        CLIENT_SECRET_VARIABLE: settings.github.client_secret,
        OIDC_ID_VARIABLE: _text(settings.oidc.client_id),
        OIDC_SECRET_VARIABLE: settings.oidc.client_secret,
        USER_PASSWORD_VARIABLE: settings.auth.user_password,
        ADMIN_PASSWORD_VARIABLE: settings.auth.admin_password,
        DATABASE_URL_VARIABLE: settings.database.url,
    }
    given = {variable: value for variable, value in values.items() if value is not None}
    return {**given, **settings.auth.secret_environment}


def _text(value: str | None) -> SecretStr | None:
    return None if value is None else SecretStr(value)
