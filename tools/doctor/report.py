"""The report in the terminal."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console

from tools.doctor.checks import way_in
from tools.doctor.facts import Facts
from tools.doctor.findings import Check, Found

_MARKS: Final = {"error": ("!!", "bold red"), "warning": (" !", "yellow")}


def show(facts: Facts, found: Sequence[Found], checks: Iterable[Check], *, title: str) -> None:
    """Print the findings, and what was looked at.

    Args:
        facts: All facts.
        found: The findings, in order.
        checks: All checks.
        title: What was looked at as a whole.
    """
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(title, style="bold")
    for one in found:
        mark, style = _MARKS[one.finding.severity]
        console.print(f"\n{mark} {one.number}. {one.finding.title}", style=style)
        for line in one.finding.why:
            console.print(f"      {line}", style="dim")
        if one.follows is not None:
            console.print(f"      May follow from {one.follows}: fix that first.")
        console.print(f"      Fix: {one.finding.fix}")
    console.print()
    checks = tuple(checks)
    unread = [check.name for check in checks if any(need in facts.unread for need in check.needs)]
    looked_at = ", ".join(check.name for check in checks if check.name not in unread)
    errors = sum(one.finding.severity == "error" for one in found)
    if found:
        console.print(f"{_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}. Looked at: {looked_at}.")
    else:
        console.print(f"Nothing is wrong. Looked at: {looked_at}.", style="green")
    for what, reason in facts.unread.items():
        console.print(f"Not known: {what.replace('_', ' ')}: {reason}", style="yellow")
    if facts.site is not None:
        console.print(f"URL: {facts.site.url}")
    if callback := way_in.registered(facts):
        console.print(f"Callback URL to be registered at the provider, which is not looked at: {callback}")
    if facts.settings.network.policies:
        console.print(
            "Whether the cluster enforces NetworkPolicies takes a pod, so only `pulumi up` tries it: "
            "docs/network.md#check-after-the-rollout"
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
