"""Steps of a preview."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tests.conftest import succeed
from tools.engine import Stack


@dataclass(frozen=True, kw_only=True)
class Step:
    """The planned operation on one resource."""

    urn: str
    was: str
    """The URN in the state, which differs after a rename with an alias; empty for a new resource."""
    operation: str
    """`create`, `update`, `replace`, `delete` or `same`; each step of a replacement is `replace`."""

    @property
    def token(self) -> str:
        """Type of the resource: `gcp:compute/network:Network`."""
        return token_of(self.urn)

    @property
    def kind(self) -> str:
        """Last part of the type."""
        return kind_of(self.urn)


def steps(stack: Stack, *arguments: str) -> list[Step]:
    """Return the steps of a preview, which has to succeed."""
    printed = succeed(stack, "preview", "--json", *arguments)
    # Warnings precede the JSON.
    found = json.loads(printed[printed.index("{\n") :])["steps"]
    return [
        Step(
            urn=step["urn"],
            was=step.get("oldState", {}).get("urn", ""),
            operation="replace" if "replac" in step["op"] else step["op"],
        )
        for step in found
    ]


def gone(found: Iterable[Step]) -> set[str]:
    """Return the kinds of replaced or deleted resources."""
    return {step.kind for step in found if step.operation in {"replace", "delete"}}


def is_google(urn: str) -> bool:
    """Return whether a URN is that of a Google Cloud resource."""
    return token_of(urn).startswith("gcp:")


def token_of(urn: str) -> str:
    """Return the type in a URN."""
    return urn.split("::")[2].rpartition("$")[2]


def kind_of(urn: str) -> str:
    """Return the last part of the type in a URN: `Network`."""
    return token_of(urn).rpartition(":")[2]


def name_of(urn: str) -> str:
    """Return the name in a URN."""
    return urn.rpartition("::")[2]
