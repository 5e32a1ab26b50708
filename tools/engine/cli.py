"""The Pulumi CLI: the one that this machine has, or the pinned one, downloaded from Pulumi or built from Go modules."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tools import paths, toolchain
from tools.commands import attempt, run
from tools.errors import ToolError
from tools.steps import say, step


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A Pulumi CLI with everything that it needs to run this program."""

    program: Path
    """The `pulumi` executable."""
    environment: Mapping[str, str]
    """Environment variables that it needs, on top of this process's own."""
    description: str
    """Its origin, for messages."""

    def run(
        self,
        *arguments: str,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        event_log: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, without questions and colors.

        Args:
            arguments: The command, for example `preview`, and its arguments.
            folder: The folder of the project.
            environment: Variables on top of this process's own and the engine's.
            stdin: Text for its standard input.
            event_log: File for the engine's events, one JSON object a line. Only preview, up, refresh and destroy write
                it; it does not exist if the command fails before its first event.

        Returns:
            The exit code, and both output streams as `stdout`.
        """
        variables = {**inherited(), **self.environment, **(environment or {})}
        command = [str(self.program), *arguments, "--non-interactive", "--color=never"]
        if event_log is not None:
            # Pulumi has the option --event-log only together with its commands for debugging.
            variables["PULUMI_DEBUG_COMMANDS"] = "true"
            command += ["--event-log", str(event_log), "--suppress-permalink=true"]
        return subprocess.run(
            command,
            cwd=folder,
            env=variables,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def find(*, with_provider: bool = True) -> Engine:
    """Return this machine's own `pulumi` if it can be used, else the pinned one, downloaded or built if needed.

    Args:
        with_provider: Whether the Kubernetes provider must be installed too. Not needed where the provider is replaced,
            or where Pulumi may install it during the command.

    Raises:
        ToolError: The pinned CLI could neither be downloaded nor built.
    """
    own = shutil.which("pulumi")
    if own is not None and (not with_provider or _has_provider(own)):
        return Engine(program=Path(own), environment={}, description=f"this machine's pulumi ({own})")
    is_built = all(tool.programs.is_dir() for tool in toolchain.ENGINE)
    if not is_built and (downloaded := _downloaded(with_provider=with_provider)):
        return downloaded
    toolchain.build_all(toolchain.ENGINE)
    home = _home()
    _link_provider(home)
    environment = {
        "PATH": f"{toolchain.PULUMI.programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "PULUMI_HOME": str(home),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    program = toolchain.PULUMI.programs / "pulumi"
    return Engine(program=program, environment=environment, description="the pinned pulumi, built from its Go modules")


def inherited() -> dict[str, str]:
    """Return this process's environment variables, without the stack of `make env`: each command names its own."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_OPTION_")}


def _home() -> Path:
    return paths.CACHE / "pulumi"


def _downloaded(*, with_provider: bool) -> Engine | None:
    """Return the pinned CLI as Pulumi publishes it, installed if needed; None if it cannot be downloaded."""
    wanted = version("pulumi")
    folder = paths.CACHE / f"pulumi-{wanted}"
    programs = folder / "bin"
    if not attempt([programs / "pulumi", "version"]):
        try:
            with step(f"Downloading pulumi {wanted} from get.pulumi.com"):
                _install(folder, wanted)
        except (OSError, subprocess.CalledProcessError) as error:
            say(f"pulumi {wanted} cannot be downloaded ({error}): it is built from its Go modules.")
            return None
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "PULUMI_HOME": str(_home()),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    if with_provider and not _has_provider(str(programs / "pulumi"), environment):
        say("Pulumi's Kubernetes provider cannot be downloaded: it is built from its Go modules, with pulumi.")
        return None
    description = f"the pinned pulumi {wanted}, downloaded from get.pulumi.com"
    return Engine(program=programs / "pulumi", environment=environment, description=description)


def _install(folder: Path, wanted: str) -> None:
    """Install the CLI with Pulumi's own installer, which changes nothing outside of `folder`."""
    from pulumi.automation import PulumiCommand  # noqa: PLC0415 it takes a second, and is seldom needed
    from semver import VersionInfo  # noqa: PLC0415 see above

    PulumiCommand.install(root=str(folder), version=VersionInfo.parse(wanted))


def _has_provider(program: str, environment: Mapping[str, str] | None = None) -> bool:
    wanted = version("pulumi-kubernetes")
    try:
        if wanted in run([program, "plugin", "ls"], env=environment):
            return True
        run([program, "plugin", "install", "resource", "kubernetes", wanted], env=environment)
    except ToolError:
        return False  # it cannot be downloaded from here: the pinned one is built instead
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
