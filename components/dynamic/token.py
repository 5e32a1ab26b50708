"""A random secret, created once and kept in the stack's state, encrypted."""

import secrets
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import dynamic

from components.dynamic.resource import Resource


class TokenProvider(dynamic.ResourceProvider):
    """Creates tokens."""

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Return a new token: 32 random bytes as 64 hexadecimal digits. Its ID is independent of it."""
        return dynamic.CreateResult(id_=secrets.token_hex(8), outs={**props, "value": secrets.token_hex(32)})

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Report a change if the generation has changed; nothing else makes a new token."""
        return dynamic.DiffResult(changes=_olds["generation"] != _news["generation"])

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Return a new token, followed by the previous one if that is to be kept."""
        kept = [_olds["value"].partition(";")[0]] if _news["keep_previous"] else []
        return dynamic.UpdateResult(outs={**_news, "value": ";".join([secrets.token_hex(32), *kept])})


@dataclass(frozen=True, kw_only=True)
class TokenArgs:
    """Inputs of `Token`."""

    generation: int
    """A change of this number makes a new token."""
    keep_previous: bool = False
    """Whether the previous token follows the new one after a `;`: for keys that stored data is encrypted with."""


class Token(Resource, provider=TokenProvider):
    """A random token that stays the same until its generation is raised."""

    value: pulumi.Output[str]
    """The token: 64 hexadecimal digits; with `keep_previous` perhaps `;` and the previous one. Secret."""

    def __init__(self, name: str, args: TokenArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["value"])
        super().__init__(
            name,
            {"generation": args.generation, "keep_previous": args.keep_previous, "value": None},
            pulumi.ResourceOptions.merge(opts, secret),
        )
