"""Tokens of the hub's services."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.dynamic.token import Token, TokenArgs
from components.metadata import labels
from settings import Settings

TOKEN_KEY: Final = "token"  # noqa: S105 the name of a key
"""Key of the Secret with the token of a service."""


@dataclass(frozen=True, kw_only=True)
class ServiceTokensArgs:
    """Inputs of `ServiceTokens`."""

    settings: Settings
    """The stack's settings: the services."""


class ServiceTokens(pulumi.ComponentResource):
    """A token for each service, and a Secret with it in the namespace of the service, if the settings name one.

    The names of these Secrets are fixed, so that the pods of a service can name them. Kubernetes does not restart these
    pods when a token changes.
    """

    tokens: Mapping[str, pulumi.Output[str]]
    """Token by the name of the service. Secret."""

    def __init__(self, name: str, args: ServiceTokensArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:service_tokens:ServiceTokens", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        self.tokens = {
            service.name: Token(f"{name}-{service.name}", TokenArgs(generation=service.token_generation), child).value
            for service in settings.services
        }
        for service in settings.services:
            if service.namespace is not None:
                core.Secret(
                    f"{name}-{service.name}-token",
                    metadata=meta.ObjectMetaArgs(
                        name=f"{settings.name}-service-{service.name}",
                        namespace=service.namespace,
                        labels=labels(settings, "hub"),
                    ),
                    string_data={TOKEN_KEY: self.tokens[service.name]},
                    opts=child,
                )
        self.register_outputs({"tokens": self.tokens})
