"""Commands of the local cluster: `python -m tools.local up | down | status | kubeconfig | load | build`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from tools.errors import ToolError, run_reporting_errors
from tools.local import build, cluster, images, layout, node
from tools.steps import console


def main() -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.local", description="A one-node Kubernetes cluster on this machine, in place of GKE."
    )
    commands = parser.add_subparsers(required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int | None], help_: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_)
        added.set_defaults(run=run)
        return added

    command("up", lambda _: cluster.up(), "start the cluster, also after a crash or a reboot")
    command("build", _build, "build everything that is missing: Pulumi, the cluster's programs, the images")
    command(
        "down",
        lambda _: cluster.down(),
        "stop it, with all its processes, mounts, interfaces, firewall rules and namespaces",
    )
    command("status", _status, "show which parts run")
    command("kubeconfig", _kubeconfig, "print the path of its kubeconfig")
    load = command("load", _load, "import images into the node")
    load.add_argument(
        "archive", nargs="*", type=Path, help="docker archives; none: the images of docker/, built if needed"
    )
    arguments = parser.parse_args()
    return run_reporting_errors(lambda: arguments.run(arguments) or 0)


def _build(_: argparse.Namespace) -> None:
    build.everything()


def _status(_: argparse.Namespace) -> int:
    table = Table("part", "state", box=None)
    parts = cluster.status()
    for part, runs in parts.items():
        table.add_row(part, "[green]runs[/green]" if runs else "[red]stopped[/red]")
    console.print(table)
    return 0 if all(parts.values()) else 1


def _kubeconfig(_: argparse.Namespace) -> None:
    sys.stdout.write(f"{layout.KUBECONFIG}\n")


def _load(arguments: argparse.Namespace) -> None:
    if not cluster.is_up():
        message = "The local cluster is not running. Start it with: python -m tools.local up"
        raise ToolError(message)
    archives: list[Path] = arguments.archive
    for archive in archives:
        node.import_image(archive)
    if not archives:
        for image in images.ensure_built().values():
            images.load(image, node.CTR)


if __name__ == "__main__":
    sys.exit(main())
