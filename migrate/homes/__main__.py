"""Command: give the homes of another hub in this cluster to the hub of a stack, without a copy."""

import argparse
import sys

from kubernetes.client import CoreV1Api

from migrate.connection import connection
from migrate.homes.cluster import homes
from migrate.homes.move import move
from migrate.homes.steps import Home, Step, next_step, problems
from tools.errors import ToolError, run_reporting_errors
from tools.steps import say


def main(words: list[str] | None = None) -> int:
    """Show or move the homes, and return the exit code."""
    arguments = _parser().parse_args(words)
    return run_reporting_errors(lambda: _run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m migrate.homes", description=__doc__)
    parser.add_argument("--old", required=True, help="namespace of the old hub's servers")
    parser.add_argument("--new", required=True, help="namespace of the new hub's notebooks: <namespace>-notebooks")
    parser.add_argument("--context", help="context of the kubeconfig; default: the current one")
    parser.add_argument("--user", action="append", default=[], help="only the homes of this user; may be repeated")
    parser.add_argument("--back", action="store_true", help="move homes that came from the old hub back to it")
    parser.add_argument("--apply", action="store_true", help="move them; without it, nothing is changed")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    with connection(arguments.context) as client:
        core = CoreV1Api(client)
        found = homes(core, arguments.old, arguments.new, back=arguments.back)
        chosen = [home for home in found if not arguments.user or home.record.user in arguments.user]
        if missing := sorted(set(arguments.user) - {home.record.user for home in chosen}):
            raise ToolError("\n".join(f"{user} has no home in {arguments.old}." for user in missing))
        return _move(core, chosen, arguments)


def _move(core: CoreV1Api, found: list[Home], arguments: argparse.Namespace) -> int:
    for home in found:
        say(
            f"{home.record.source} -> {home.record.target} ({home.record.user}, {home.volume}): {next_step(home).value}"
        )
    if not found:
        say("There are no homes to move.")
    if wrong := problems(found):
        raise ToolError("\n".join(["Nothing is moved:", *(f"  - {one}" for one in wrong)]))
    left = [home for home in found if next_step(home) is not Step.DONE]
    if left and not arguments.apply:
        say(f"Nothing is changed. --apply moves {len(left)} homes: the first step of each is above.")
        return 0
    for home in left:
        move(core, home, back=arguments.back, tell=lambda step, home=home: say(f"{home.record.target}: {step.value}"))
    say(f"{len(found)} homes are where they belong.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
