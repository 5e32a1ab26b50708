"""A random secret that is made once and kept in the stack's state, encrypted."""

import secrets
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import dynamic


class TokenProvider(dynamic.ResourceProvider):
    """Makes tokens. It runs in a process of its own, and nothing that it does reaches beyond its answer.

    Pulumi writes a pickle of the provider into the state of each token. As this class can be imported, the pickle holds
    its name and none of its code: it is the same for every version of the code and of Python. So the module and the
    name of the class must stay as they are, and an instance must hold nothing.
    """

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Returns a new token: 32 random bytes as 64 hexadecimal digits. Its id says nothing about it."""
        return dynamic.CreateResult(id_=secrets.token_hex(8), outs={**props, "value": secrets.token_hex(32)})

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Asks for a new token if the generation is another, and for nothing whatever else is different."""
        return dynamic.DiffResult(changes=_olds["generation"] != _news["generation"])

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Returns a new token, followed by the last one where that is to be kept."""
        kept = [_olds["value"].partition(";")[0]] if _news["keep_previous"] else []
        return dynamic.UpdateResult(outs={**_news, "value": ";".join([secrets.token_hex(32), *kept])})


@dataclass(frozen=True, kw_only=True)
class TokenArgs:
    """Inputs of `Token`."""

    generation: int
    """Another number makes another token."""
    keep_previous: bool = False
    """Whether the token before stays behind the new one, after a `;`: for a key that old things were encrypted with."""


class Token(dynamic.Resource, module="jupyterhub", name="Token"):
    """A random token that stays the same until its generation is raised."""

    value: pulumi.Output[str]
    """The token, as 64 hexadecimal digits; with `keep_previous` perhaps `;` and another one. Secret."""

    def __init__(self, name: str, args: TokenArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["value"])
        super().__init__(
            TokenProvider(),
            name,
            {"generation": args.generation, "keep_previous": args.keep_previous, "value": None},
            pulumi.ResourceOptions.merge(opts, secret),
        )
