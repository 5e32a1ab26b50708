"""A Pulumi stack of this program, worked on without ever writing into the checkout.

Pulumi writes into the folder of its project: a salt for secrets, for example, into the stack's file. So each stack gets
a folder of its own beside the state, with a copy of `Pulumi.yaml` that points at the program in the checkout, and a
copy of the stack's file. Both are made anew from the checkout's each time; only the salt is kept.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from settings.reading import as_written
from tools.local import paths
from tools.local.commands import run
from tools.local.engine import Engine
from tools.local.errors import LocalError

_PREFIX = "jupyterhub:"
_KEPT = ("encryptionsalt", "encryptedkey", "secretsprovider")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack, and the engine that works on it."""

    name: str
    """The stack's name, for example `dev`."""
    engine: Engine
    """The Pulumi to use."""
    folder: Path = paths.STATE
    """Where the state, the passphrase and the copies live, unless the user's variables say otherwise."""
    kubeconfig: Path | None = None
    """The kubeconfig of the local cluster; None leaves the user's own in force."""
    program: Path = paths.CHECKOUT
    """The folder with the program. One without a `Pulumi.yaml` is of this project, without a config schema."""

    @property
    def workspace(self) -> Path:
        """The folder that Pulumi takes for the project's."""
        return _workspace(self.folder, self.name)

    @property
    def environment(self) -> dict[str, str]:
        """What the engine is told by variables; the user's own backend, passphrase and kubeconfig win."""
        variables = dict(self.engine.environment)
        # Python's compiled files: kept, as every preview starts several Pythons, but not in the checkout.
        variables |= {"PYTHONPYCACHEPREFIX": str(paths.CACHE / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
        if "PULUMI_BACKEND_URL" not in os.environ:
            variables["PULUMI_BACKEND_URL"] = f"file://{self.folder / 'pulumi'}"
        if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & os.environ.keys():
            variables["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(self.folder / "passphrase")
        if self.kubeconfig is not None:
            variables["KUBECONFIG"] = str(self.kubeconfig)
        return variables

    def prepare(self, file: Path, values: Mapping[str, str]) -> None:
        """Make the stack ready to be worked on, and begin it in the state if it is not there.

        Args:
            file: The stack's file, for example `Pulumi.dev.yaml` of the checkout. It is only read.
            values: Values for keys that the file does not set.

        Raises:
            LocalError: The passphrase of an existing state is gone, or the engine refuses the stack.
        """
        self._write_project()
        self._write_settings(file, values)
        self._select("--create")

    def prepare_existing(self, file: Path, values: Mapping[str, str]) -> None:
        """Make a stack ready that is in the state: who only looks at one begins none.

        Args:
            file: As for `prepare`.
            values: As for `prepare`.

        Raises:
            LocalError: As for `prepare`, or there is no such stack.
        """
        self._write_project()
        try:
            self._select()
        except LocalError as error:
            if "no stack named" not in str(error):
                raise
            message = (
                f"Stack {self.name} is not in the state that Pulumi uses here (PULUMI_BACKEND_URL), and a preview does "
                f"not begin it. Make it with: make up STACK={self.name}"
            )
            raise LocalError(message) from None
        self._write_settings(file, values)

    def _write_project(self) -> None:
        self.workspace.mkdir(parents=True, exist_ok=True)
        self._ensure_passphrase()
        own = self.program / "Pulumi.yaml"
        file_of_project = own if own.exists() else paths.CHECKOUT / "Pulumi.yaml"
        project = cast("dict[str, Any]", yaml.safe_load(file_of_project.read_text()))
        project["main"] = str(self.program)
        if not own.exists():
            project["config"] = {}
        project["runtime"] = {"name": "python", "options": {"virtualenv": sys.prefix}}
        (self.workspace / "Pulumi.yaml").write_text(yaml.safe_dump(project, sort_keys=False))

    def _write_settings(self, file: Path, values: Mapping[str, str]) -> None:
        target = self.workspace / f"Pulumi.{self.name}.yaml"
        before = as_written.read(target) if target.exists() else {}
        content = as_written.read(file)
        config = {f"{_PREFIX}{key}": value for key, value in values.items()} | as_written.keys(content.get("config"))
        kept = {key: before[key] for key in _KEPT if key in before}
        target.write_text(as_written.text({**kept, **content, "config": config}))

    def _select(self, *how: str) -> None:
        command = [*self._pulumi(), "stack", "select", *how, self.name, "--non-interactive"]
        run(command, env=self.environment, doing="pulumi stack select")

    def pulumi(self, *arguments: str) -> int:
        """Run a Pulumi command on the stack, with its output shown as it comes; its exit code."""
        variables = {**os.environ, **self.environment}
        return subprocess.run(self.command(*arguments), env=variables, check=False).returncode

    def command(self, *arguments: str) -> list[str]:
        """A Pulumi command on the stack, word by word; it needs `environment`."""
        return [*self._pulumi(), *arguments, "--stack", self.name]

    def output(self, name: str) -> str:
        """One of the stack's exports, as text.

        Raises:
            LocalError: There is no such stack or export.
        """
        command = self.command("stack", "output", name, "--non-interactive")
        return run(command, env=self.environment, doing=f"pulumi stack output {name}").strip()

    def _pulumi(self) -> Sequence[str]:
        return [str(self.engine.program), "--cwd", str(self.workspace)]

    def _ensure_passphrase(self) -> None:
        variables = self.environment
        if variables.get("PULUMI_BACKEND_URL", "").startswith("file://"):
            Path(variables["PULUMI_BACKEND_URL"].removeprefix("file://")).mkdir(parents=True, exist_ok=True)
        file = Path(variables.get("PULUMI_CONFIG_PASSPHRASE_FILE", os.devnull))
        if file.exists() or "PULUMI_CONFIG_PASSPHRASE_FILE" not in variables:
            return
        if exists(self.name, self.folder):
            message = (
                f"The passphrase of stack {self.name} is gone: {file} does not exist, and without it the secrets of "
                "the state cannot be read.\nPut the file back, or set PULUMI_CONFIG_PASSPHRASE. To start anew, without "
                f"the old state: rm -r {self.workspace} {self.folder / 'pulumi'}"
            )
            raise LocalError(message)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))


def exists(name: str, folder: Path = paths.STATE) -> bool:
    """Whether the stack was ever prepared in that folder."""
    return (_workspace(folder, name) / f"Pulumi.{name}.yaml").exists()


def _workspace(folder: Path, name: str) -> Path:
    return folder / "stacks" / name
