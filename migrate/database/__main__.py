"""Command: copy the SQLite database of another hub in this cluster to the hub of a stack, and keep the one there."""

import argparse
import sys

from kubernetes.client import AppsV1Api, CoreV1Api
from kubernetes.client.api_client import ApiClient

from migrate.connection import connection
from migrate.database.carry import carry, take_back
from migrate.database.place import find, problems
from migrate.homes.cluster import homes
from tools.errors import ToolError, run_reporting_errors
from tools.steps import say


def main(words: list[str] | None = None) -> int:
    """Show or copy the database, and return the exit code."""
    arguments = _parser().parse_args(words)
    return run_reporting_errors(lambda: _run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m migrate.database", description=__doc__)
    parser.add_argument("--old", required=True, help="namespace of the old hub")
    parser.add_argument("--new", required=True, help="namespace of the new hub: the setting `namespace`")
    parser.add_argument("--claim", default="hub-db-dir", help="claim of the old hub's database; default: the chart's")
    parser.add_argument("--name", default="tf-hub", help="the setting `name` of the stack; default: tf-hub")
    parser.add_argument("--context", help="context of the kubeconfig; default: the current one")
    parser.add_argument("--back", action="store_true", help="bring back the database that the new hub had before")
    parser.add_argument("--apply", action="store_true", help="do it; without it, nothing is changed")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    with connection(arguments.context) as client:
        return _carry(client, arguments)


def _carry(client: ApiClient, arguments: argparse.Namespace) -> int:
    core, apps = CoreV1Api(client), AppsV1Api(client)
    old = find(core, apps, arguments.old, arguments.claim)
    new = find(core, apps, arguments.new, f"{arguments.name}-database")
    if wrong := problems(old, new, name=arguments.name, back=arguments.back):
        raise ToolError("\n".join(["Nothing is changed:", *(f"  - {one}" for one in wrong)]))
    if not arguments.back and new.moved_from is not None:
        say(f"{new} has the database of {old} already.")
        return 0
    what = f"bring back what {new} had before" if arguments.back else f"copy {old} to {new}, and keep what is there"
    say(f"Stop the hub {new.namespace}/{arguments.name}; {what}; start the hub.")
    if not arguments.apply:
        say("Nothing is changed. --apply does it.")
    elif arguments.back:
        take_back(core, apps, new)
    else:
        found = homes(core, arguments.old, f"{arguments.new}-notebooks")
        carry(core, apps, old, new, {home.record.source.name: home.record.target.name for home in found})
    return 0


if __name__ == "__main__":
    sys.exit(main())
