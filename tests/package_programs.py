"""Programs in YAML that use the component package, with the plugin of this checkout."""

import json
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tools import toolchain
from tools.engine import Engine
from tools.paths import CHECKOUT

EXAMPLE: Final = CHECKOUT / "examples" / "yaml" / "Pulumi.yaml"
NAME: Final = "test"
"""Name of each stack."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A stack of a program in YAML, in a folder of its own."""

    engine: Engine
    folder: Path
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    """Values of the program's config, which inputs refer to: `${name}`."""

    def run(self, *arguments: str, stdin: str = "") -> tuple[bool, str]:
        """Run a Pulumi command; return whether it succeeded, and its output."""
        done = self.engine.run(*arguments, folder=self.folder, environment=self.environment, stdin=stdin)
        return done.returncode == 0, done.stdout

    def succeed(self, *arguments: str, stdin: str = "") -> str:
        """Run a Pulumi command that has to succeed, and return its output."""
        succeeded, printed = self.run(*arguments, stdin=stdin)
        assert succeeded, printed
        return printed

    def write(self, inputs: Mapping[str, Any]) -> None:
        """Write the program: the example with other inputs of the component."""
        program = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
        program["packages"] = {"jupyterhub": str(self.folder / "plugin")}
        program["config"] = {name: {"type": "string", "secret": True} for name in self.secrets}
        program["resources"]["hub"]["properties"] = dict(inputs)
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(program))

    def state(self) -> list[dict[str, Any]]:
        """Return the resources in the state of the stack."""
        return json.loads(self.succeed("stack", "export"))["deployment"].get("resources", [])


def plugin(folder: Path) -> Path:
    """Make the plugin of this checkout in a folder, and return its path for `packages`."""
    # A program of its own in place of PulumiPlugin.yaml: Pulumi installs nothing into a virtual environment.
    program = folder / "plugin" / "pulumi-resource-jupyterhub"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, str(CHECKOUT / "provider")])} "$@"\n')
    program.chmod(0o755)
    return program.parent


def environment_of(engine: Engine, folder: Path, kubeconfig: Path) -> dict[str, str]:
    """Return environment variables for programs in YAML, with the state in a folder."""
    path = engine.environment.get("PATH") or os.environ["PATH"]
    return {
        "PATH": f"{toolchain.YAML_HOST.programs}{os.pathsep}{path}",
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "of the tests",
        "KUBECONFIG": str(kubeconfig),
    }


def new_program(
    engine: Engine, folder: Path, kubeconfig: Path, inputs: Mapping[str, Any], secrets: Mapping[str, str]
) -> Program:
    """Return a new stack of a program in YAML.

    Args:
        engine: The Pulumi CLI.
        folder: Folder of the program, the plugin and the state.
        kubeconfig: The kubeconfig.
        inputs: Inputs of the component.
        secrets: As in `Program`.

    Raises:
        ToolError: Go is missing, or the build of the YAML language host failed.
    """
    toolchain.build(toolchain.YAML_HOST)
    plugin(folder)
    (folder / "state").mkdir()
    environment = environment_of(engine, folder, kubeconfig)
    program = Program(engine=engine, folder=folder, environment=environment, secrets=secrets)
    program.write(inputs)
    program.succeed("stack", "init", NAME)
    for name, value in secrets.items():
        program.succeed("config", "set", "--secret", name, stdin=value)
    return program
