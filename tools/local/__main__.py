"""Commands of the local cluster: `python -m tools.local up | down | status | kubeconfig | load | build`."""

import argparse
import sys
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
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start the cluster, also after a crash or a reboot")
    commands.add_parser("build", help="build everything that is missing: Pulumi, the cluster's programs, the images")
    commands.add_parser(
        "down", help="stop it, with all its processes, mounts, interfaces, firewall rules and namespaces"
    )
    commands.add_parser("status", help="show which parts run")
    commands.add_parser("kubeconfig", help="print the path of its kubeconfig")
    load = commands.add_parser("load", help="import images into the node")
    load.add_argument(
        "archive", nargs="*", type=Path, help="docker archives; none: the images of docker/, built if needed"
    )
    arguments = parser.parse_args()
    return run_reporting_errors(lambda: _COMMANDS[arguments.command](arguments))


def _up(_: argparse.Namespace) -> int:
    cluster.up()
    return 0


def _build(_: argparse.Namespace) -> int:
    build.everything()
    return 0


def _down(_: argparse.Namespace) -> int:
    cluster.down()
    return 0


def _status(_: argparse.Namespace) -> int:
    table = Table("part", "state", box=None)
    parts = cluster.status()
    for part, runs in parts.items():
        table.add_row(part, "[green]runs[/green]" if runs else "[red]stopped[/red]")
    console.print(table)
    return 0 if all(parts.values()) else 1


def _kubeconfig(_: argparse.Namespace) -> int:
    sys.stdout.write(f"{layout.KUBECONFIG}\n")
    return 0


def _load(arguments: argparse.Namespace) -> int:
    if not cluster.is_up():
        message = "The local cluster is not running. Start it with: python -m tools.local up"
        raise ToolError(message)
    archives: list[Path] = arguments.archive
    for archive in archives:
        node.import_image(archive)
    if not archives:
        for image in images.ensure_built().values():
            images.load(image, node.CTR)
    return 0


_COMMANDS = {"build": _build, "up": _up, "down": _down, "status": _status, "kubeconfig": _kubeconfig, "load": _load}

if __name__ == "__main__":
    sys.exit(main())
