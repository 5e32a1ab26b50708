"""Findings: what is wrong with a hub, why, and how to fix it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from tools.doctor.facts import Facts


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong."""

    title: str
    """What is wrong, in one sentence."""
    why: tuple[str, ...] = ()
    """What was seen: messages of Kubernetes, lines of a log."""
    fix: str
    """How to fix it."""
    severity: Literal["error", "warning"] = "error"
    """`error`: something does not work. `warning`: something will not work soon, or is not as it was meant."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A question about the facts."""

    name: str
    """What it looks at, in a list."""
    judge: Callable[[Facts], Iterable[Finding]]
    """Returns what is wrong."""
    needs: tuple[str, ...] = ()
    """Fields of the facts without which it finds nothing: it does not count as looked at if one was not read."""
    after: tuple[str, ...] = ()
    """Names of the checks whose errors may be the cause of what it finds."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A finding, in the order of all."""

    number: int
    finding: Finding
    follows: int | None
    """Number of an error that may be its cause."""


def judged(facts: Facts, checks: Iterable[Check]) -> list[Found]:
    """Return what the checks find, ordered by cause: errors before warnings, and both in the order of the checks."""
    found = [(check, finding) for check in checks for finding in check.judge(facts)]
    found.sort(key=lambda one: one[1].severity == "warning")
    first: dict[str, int] = {}
    result: list[Found] = []
    for number, (check, finding) in enumerate(found, 1):
        follows = next((first[name] for name in check.after if name in first), None)
        result.append(Found(number=number, finding=finding, follows=follows))
        if finding.severity == "error":
            first.setdefault(check.name, number)
    return result
