"""A Pulumi stack of this program, in a workspace outside of the checkout.

Pulumi writes into the folder of its project: the salt of the secrets, for example, into the stack file. So each stack
has a workspace of its own beside the state: a copy of `Pulumi.yaml` whose `main` is the program in the checkout, and a
copy of the stack file. Both are written again each time; only the salt is retained.
"""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings.reading import stack_file
from settings.reading.keys import full_key
from settings.reading.stack_file import StackFileError
from tools import paths
from tools.commands import run
from tools.engine import locks
from tools.engine.cli import Engine, inherited
from tools.errors import ToolError

_PREFIX = "jupyterhub:"
_LOCKED = re.compile("stack is currently locked|Another update is currently in progress")
"""Pulumi's error of a locked stack, in a folder or bucket and in Pulumi Cloud."""
_RETAINED = ("encryptionsalt", "encryptedkey", "secretsprovider")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack, and the Pulumi CLI that works on it."""

    name: str
    """The stack's name, for example `dev`."""
    engine: Engine
    """The Pulumi CLI."""
    folder: Path = paths.STATE
    """Folder of the state, the passphrase and the workspaces."""
    isolated: bool = False
    """Whether the state and the passphrase are always those in `folder`. Otherwise PULUMI_BACKEND_URL and
    PULUMI_CONFIG_PASSPHRASE take precedence."""
    kubeconfig: Path | None = None
    """The kubeconfig; None is the user's own."""
    program: Path = paths.CHECKOUT
    """Folder of the program. Without a `Pulumi.yaml` it gets this project's, without its config schema."""

    @property
    def workspace(self) -> Path:
        """The folder of the copies, in which Pulumi runs."""
        return _workspace(self.folder, self.name)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables for Pulumi, on top of this process's own."""
        variables = {**self.engine.environment}
        if self.isolated or "PULUMI_BACKEND_URL" not in os.environ:
            variables["PULUMI_BACKEND_URL"] = f"file://{self.folder / 'pulumi'}"
        if self.isolated or not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & os.environ.keys():
            variables["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(self.folder / "passphrase")
        if self.kubeconfig is not None:
            variables["KUBECONFIG"] = str(self.kubeconfig)
        return variables

    def prepare(
        self,
        file: Path,
        values: Mapping[str, str],
        *,
        overrides: Mapping[str, str] | None = None,
        create: bool = True,
    ) -> None:
        """Write the workspace, and select the stack.

        Args:
            file: The stack file, for example `Pulumi.dev.yaml` of the checkout. It is only read.
            values: Values of keys that the file does not set.
            overrides: Values that take precedence over those of the file.
            create: Whether to create the stack in the state if it does not exist; a preview does not.

        Raises:
            ToolError: The program's `Pulumi.yaml` cannot be read, the stack or the passphrase of an existing state is
                missing, or Pulumi refuses the stack.
        """
        self._write_project()
        if create:
            self._write_settings(file, values, overrides or {})
            self._select("--create")
            return
        try:
            self._select()
        except ToolError as error:
            if message := no_stack(str(error), f"Create it with: make up STACK={self.name}"):
                raise ToolError(message) from None
            raise
        # Now, because a stack with this file counts as prepared.
        self._write_settings(file, values, overrides or {})

    def command(self, *arguments: str) -> list[str]:
        """Return a Pulumi command on the stack, as a list of words; it needs `environment`."""
        return [str(self.engine.program), "--cwd", str(self.workspace), *arguments, "--stack", self.name]

    @property
    def selection(self) -> dict[str, str]:
        """Environment variables with which plain `pulumi` works on this stack, in any folder.

        Pulumi reads each option from such a variable. In the workspace this stack is selected, and no file elsewhere is
        changed.
        """
        return {**self.environment, "PULUMI_OPTION_CWD": str(self.workspace)}

    def show(self, *arguments: str) -> int:
        """Run a Pulumi command with its output on the terminal, and return its exit code.

        Ctrl-C is left to Pulumi, which then finishes the running operations and unlocks the stack.

        Raises:
            ToolError: The stack is locked. The message has the command that unlocks it.
        """
        variables = {**inherited(), **self.environment}
        locked = False
        with (
            _interrupts_ignored(),
            subprocess.Popen(self.command(*arguments), env=variables, stderr=subprocess.PIPE, text=True) as process,
        ):
            for line in process.stderr or ():
                sys.stderr.write(line)
                locked = locked or _LOCKED.search(line) is not None
        if process.returncode != 0 and locked:
            self.require_idle()
            message = (
                f"Stack {self.name} is locked: another pulumi is at work on it, or one was killed and could not unlock "
                f"it. If none is at work: make cancel STACK={self.name}"
            )
            raise ToolError(message)
        return process.returncode

    def require_idle(self) -> None:
        """Raise a ToolError if it is known that another pulumi is at work on the stack."""
        backend = self.environment.get("PULUMI_BACKEND_URL") or os.environ["PULUMI_BACKEND_URL"]
        if pids := " ".join(map(str, locks.at_work(backend, self.name))):
            message = (
                f"Another pulumi is at work on stack {self.name}: process {pids}. Wait for its end, or let it finish "
                f"its running operations only: kill -INT {pids}"
            )
            raise ToolError(message)

    def run(self, *arguments: str, stdin: str = "", event_log: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a Pulumi command to its end.

        Args:
            arguments: As for `Engine.run`.
            stdin: As for `Engine.run`.
            event_log: As for `Engine.run`.

        Returns:
            The exit code, and both output streams as `stdout`.
        """
        return self.engine.run(
            *arguments,
            "--stack",
            self.name,
            folder=self.workspace,
            environment=self.environment,
            stdin=stdin,
            event_log=event_log,
        )

    def output(self, name: str) -> str:
        """Return one of the stack's exports, as text.

        Raises:
            ToolError: The stack or the export does not exist.
        """
        command = self.command("stack", "output", name, "--non-interactive")
        return run(command, env=self.environment, doing=f"pulumi stack output {name}").strip()

    def deployment(self) -> dict[str, Any]:
        """Return the state: `resources`, and `pending_operations` of an interrupted command.

        It is empty if it cannot be read; the next command says why.
        """
        done = self.run("stack", "export")
        return json.loads(done.stdout)["deployment"] or {} if done.returncode == 0 else {}

    def _write_project(self) -> None:
        own = self.program / "Pulumi.yaml"
        try:
            project = stack_file.read_nodes(own if own.exists() else paths.CHECKOUT / "Pulumi.yaml")
        except StackFileError as error:
            message = f"Pulumi.yaml cannot be used: {error}"
            raise ToolError(message) from None
        content = {
            **project,
            **({} if own.exists() else {"config": {}}),
            "main": str(self.program),
            "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}},
        }
        self.workspace.mkdir(parents=True, exist_ok=True)
        self._ensure_passphrase()
        (self.workspace / "Pulumi.yaml").write_text(stack_file.text(content))

    def _write_settings(self, file: Path, values: Mapping[str, str], overrides: Mapping[str, str]) -> None:
        target = self.workspace / f"Pulumi.{self.name}.yaml"
        before = stack_file.read_nodes(target) if target.exists() else {}
        content = stack_file.read_nodes(file)
        own = {f"{_PREFIX}{key}": value for key, value in values.items()} | stack_file.members(content.get("config"))
        replaced = {f"{_PREFIX}{key}": value for key, value in overrides.items()}
        config = {key: value for key, value in own.items() if full_key(key) not in replaced} | replaced
        retained = {key: before[key] for key in _RETAINED if key in before}
        target.write_text(stack_file.text({**retained, **content, "config": config}))

    def _select(self, *options: str) -> None:
        command = self.command("stack", "select", *options, "--non-interactive")
        run(command, env=self.environment, doing="pulumi stack select")

    def _ensure_passphrase(self) -> None:
        variables = self.environment
        if variables.get("PULUMI_BACKEND_URL", "").startswith("file://"):
            Path(variables["PULUMI_BACKEND_URL"].removeprefix("file://")).mkdir(parents=True, exist_ok=True)
        file = Path(variables.get("PULUMI_CONFIG_PASSPHRASE_FILE", os.devnull))
        if file.exists() or "PULUMI_CONFIG_PASSPHRASE_FILE" not in variables:
            return
        if exists(self.name, self.folder):
            message = (
                f"The passphrase of stack {self.name} is missing: {file} does not exist, and without it the secrets in "
                "the state cannot be decrypted.\nRestore the file, or set PULUMI_CONFIG_PASSPHRASE. To start over "
                f"without the old state: rm -r {self.workspace} {self.folder / 'pulumi'}"
            )
            raise ToolError(message)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))


@contextmanager
def _interrupts_ignored() -> Generator[None]:
    """Ignore Ctrl-C in this process; a child that the terminal sends it to does not inherit this."""

    def ignore(*_: object) -> None:
        pass

    before = signal.signal(signal.SIGINT, ignore)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def no_stack(printed: str, fix: str) -> str:
    """Return a message if Pulumi printed that the stack does not exist; else nothing."""
    missing = re.search(r"no stack named '([^']+)' found", printed)
    if missing is None:
        return ""
    return (
        f"Stack {missing[1]} does not exist in the current Pulumi backend (PULUMI_BACKEND_URL), and a preview does not "
        f"create it. {fix}"
    )


def exists(name: str, folder: Path = paths.STATE) -> bool:
    """Return whether the stack was ever prepared in that folder."""
    return copy_of(name, folder).exists()


def copy_of(name: str, folder: Path = paths.STATE) -> Path:
    """Return the stack file that Pulumi reads: a copy in the stack's workspace."""
    return _workspace(folder, name) / f"Pulumi.{name}.yaml"


def _workspace(folder: Path, name: str) -> Path:
    return folder / "stacks" / name
