"""Which Pulumi runs the program: the one that this machine has, or the pinned one."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tools.local import paths, toolchain
from tools.local.commands import run
from tools.local.errors import LocalError


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A Pulumi CLI with all that it needs to run this program."""

    program: Path
    """The `pulumi` program."""
    environment: Mapping[str, str]
    """Variables by which it finds its parts."""
    described: str
    """Which one it is, for a person."""


def find() -> Engine:
    """The machine's own `pulumi` where it has one with the Kubernetes provider, else the pinned one, built if needed.

    Raises:
        LocalError: The pinned one could not be built.
    """
    own = shutil.which("pulumi")
    if own is not None and _has_provider(own):
        return Engine(program=Path(own), environment={}, described=f"this machine's pulumi ({own})")
    toolchain.build_all(toolchain.ENGINE)
    home = paths.CACHE / "pulumi"
    _link_provider(home)
    environment = {
        "PATH": f"{toolchain.PULUMI.programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "PULUMI_HOME": str(home),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    program = toolchain.PULUMI.programs / "pulumi"
    return Engine(program=program, environment=environment, described="the pinned pulumi, built from its Go modules")


def _has_provider(program: str) -> bool:
    wanted = version("pulumi-kubernetes")
    try:
        if wanted in run([program, "plugin", "ls"]):
            return True
        run([program, "plugin", "install", "resource", "kubernetes", wanted])
    except LocalError:
        return False  # it cannot be fetched from here: the pinned one is built instead
    return True


def _link_provider(home: Path) -> None:
    name = toolchain.KUBERNETES_PROVIDER.folder
    folder = home / "plugins" / f"resource-kubernetes-v{version('pulumi-kubernetes')}"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / name
    target = toolchain.KUBERNETES_PROVIDER.programs / name
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target)
