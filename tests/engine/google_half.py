"""Google's resources of a stack with the real engine, without the Kubernetes objects, so without a cluster."""

import base64
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
import yaml

from settings.reading.stack_file import read_config
from settings.types.secret import is_sealed
from tests.conftest import set_secret, succeed
from tests.doubles.google import plugin, refusals
from tests.kubeconfigs import write
from tests.previews import Step, is_google, steps
from tests.setting_changes import changed
from tools.engine import Engine, Stack

_KUBERNETES = ("--exclude", "**$kubernetes:**", "--exclude-dependents")
"""Options that exclude Kubernetes objects and their dependents."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """The result of a Pulumi command."""

    succeeded: bool
    printed: str
    """The output for users."""
    failed: frozenset[str]
    """URNs of the resources whose operation failed."""
    errors: Mapping[str, str]
    """Error messages, by URN."""


@dataclass(frozen=True, kw_only=True)
class GoogleHalf:
    """A stack, and the stand-in's cloud with its resources."""

    stack: Stack
    config: Mapping[str, object]
    """As in a stack file."""

    def change(self, *changes: Mapping[str, object]) -> None:
        """Write the original config with changes, by key: `hub.image`."""
        _prepare(self.stack, changed(self.config, *changes))

    def fail(self, fail: Mapping[str, str]) -> None:
        """Make operations fail from now on, by URN; after a second, so that parallel operations start before."""
        refusals.demand(self.stack.folder / "fail.json", fail, after=1)

    def run(self, *arguments: str) -> Run:
        """Run a command that changes the stack; `destroy` runs its preview, which `protect` can fail."""
        options = () if arguments[0] == "destroy" else (*_KUBERNETES, "--skip-preview")
        return self._run(*arguments, *options, "--yes", "--parallel", "64")

    def preview(self) -> Run:
        """Run a preview."""
        return self._run("preview", *_KUBERNETES)

    def _run(self, *arguments: str) -> Run:
        events = self.stack.folder / "events.json"
        events.unlink(missing_ok=True)
        done = self.stack.run(*arguments, event_log=events)
        failed, errors = set[str](), dict[str, str]()
        for line in events.read_text().splitlines() if events.exists() else []:
            event = json.loads(line)
            if operation := event.get("resOpFailedEvent"):
                failed.add(operation["metadata"]["urn"])
            elif (diagnostic := event.get("diagnosticEvent")) and diagnostic["severity"] == "error":
                errors[diagnostic.get("urn", "")] = diagnostic["message"]
        return Run(succeeded=done.returncode == 0, printed=done.stdout, failed=frozenset(failed), errors=errors)

    def steps(self, *arguments: str, whole: bool = False) -> list[Step]:
        """Return the steps of a preview for Google's resources; unchanged resources are left out.

        Args:
            arguments: Options of the preview.
            whole: Whether Kubernetes objects are included: without a cluster, this works for a new stack only.
        """
        return steps(self.stack, *arguments, *(() if whole else _KUBERNETES))

    def state(self) -> dict[str, dict[str, Any]]:
        """Return Google's resources in the state of the stack, by URN."""
        state = json.loads(succeed(self.stack, "stack", "export"))
        found = [item for item in state["deployment"].get("resources", []) if is_google(item["urn"])]
        by_urn = {item["urn"]: item for item in found}
        assert len(by_urn) == len(found), "a URN is in the state twice"
        return by_urn

    def cloud(self) -> set[str]:
        """Return type and id of each resource in the cloud."""
        file = self.stack.folder / "cloud.json"
        return set(json.loads(file.read_text())) if file.exists() else set()


@contextmanager
def google_half(engine: Engine, folder: Path, config: Mapping[str, object]) -> Generator[GoogleHalf]:
    """Yield a stack with this config and a new cloud. Each encrypted value is replaced by a new secret."""
    with_stand_in = plugin.engine_with_stand_in(engine, folder, kubeconfig=_kubeconfig(folder), fail={})
    with plugin.kept_running(with_stand_in) as running:
        stack = Stack(name="gke", engine=running, folder=folder, kubeconfig=folder / "none")
        sealed = [key for key, value in config.items() if is_sealed(value)]
        _prepare(stack, {key: value for key, value in config.items() if key not in sealed})
        for key in sealed:
            set_secret(stack, key, "a-secret")
        yield GoogleHalf(stack=stack, config=read_config(stack.workspace / f"Pulumi.{stack.name}.yaml"))


def _prepare(stack: Stack, config: Mapping[str, object]) -> None:
    file = stack.folder / "settings.yaml"
    file.write_text(yaml.safe_dump({"config": dict(config)}))
    stack.prepare(file, {})


def _kubeconfig(folder: Path) -> Path:
    """Write a kubeconfig with valid certificates, for a server that does not exist."""
    authority = trustme.CA()
    client = authority.issue_cert("client", common_name="operator")

    def text(blob: trustme.Blob) -> str:
        return base64.b64encode(blob.bytes()).decode()

    return write(
        folder / "kubeconfig",
        {"none": "https://127.0.0.1:9"},
        current="none",
        cluster={"certificate-authority-data": text(authority.cert_pem)},
        user={
            "client-certificate-data": text(client.cert_chain_pems[0]),
            "client-key-data": text(client.private_key_pem),
        },
    )
