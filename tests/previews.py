"""What a preview says that an update would do."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tests.conftest import pulumi
from tools.engine import Stack


@dataclass(frozen=True, kw_only=True)
class Step:
    """What would be done to one resource."""

    urn: str
    was: str
    """The URN that it has until now, which differs if an alias leads from there; empty if it is new."""
    operation: str
    """`create`, `update`, `replace`, `delete` or `same`; each part of a replacement is one."""

    @property
    def token(self) -> str:
        """The resource's type: `gcp:compute/network:Network`."""
        return token_of(self.urn)

    @property
    def kind(self) -> str:
        """The last part of the type."""
        return kind_of(self.urn)


def steps(stack: Stack, *arguments: str) -> list[Step]:
    """The steps of a preview, which has to succeed."""
    done = pulumi(stack, "preview", "--json", *arguments, "--non-interactive")
    assert done.returncode == 0, done.stdout
    # Warnings come before it.
    found = json.loads(done.stdout[done.stdout.index("{\n") :])["steps"]
    return [
        Step(
            urn=step["urn"],
            was=step.get("oldState", {}).get("urn", ""),
            operation="replace" if "replac" in step["op"] else step["op"],
        )
        for step in found
    ]


def gone(found: Iterable[Step]) -> set[str]:
    """The kinds of which a resource would be replaced, or go."""
    return {step.kind for step in found if step.operation in {"replace", "delete"}}


def is_google(urn: str) -> bool:
    """Whether it is a resource of Google Cloud."""
    return token_of(urn).startswith("gcp:")


def token_of(urn: str) -> str:
    """The type in a URN."""
    return urn.split("::")[2].rpartition("$")[2]


def kind_of(urn: str) -> str:
    """Return the last part of the type in a URN: `Network`."""
    return token_of(urn).rpartition(":")[2]


def name_of(urn: str) -> str:
    """The name in a URN."""
    return urn.rpartition("::")[2]
