"""The hub's own secrets."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.metadata import labels
from components.token import Token, TokenArgs
from settings import Settings

COOKIE_SECRET_KEY: Final = "cookie-secret"  # noqa: S105 the name of a key
"""Key of the Secret that holds what the hub signs its cookies with."""


@dataclass(frozen=True, kw_only=True)
class HubSecretArgs:
    """Inputs of `HubSecret`."""

    settings: Settings
    """The stack's settings: names, and the generation of the secrets."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""


class HubSecret(pulumi.ComponentResource):
    """The cookie secret, in a Secret that Pulumi names: another secret is another name, and so a new hub pod."""

    secret_name: pulumi.Output[str]
    """Name of the Secret."""

    def __init__(self, name: str, args: HubSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:hub_secret:HubSecret", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        cookie_secret = Token(f"{name}-cookie", TokenArgs(generation=args.settings.secrets.generation), child)
        secret = core.Secret(
            f"{name}-cookie",
            metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(args.settings, "hub")),
            immutable=True,
            string_data={COOKIE_SECRET_KEY: cookie_secret.value},
            opts=child,
        )
        self.secret_name = secret.metadata.name
        self.register_outputs({"secret_name": self.secret_name})
