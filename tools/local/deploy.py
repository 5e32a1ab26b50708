"""The commands `make up`, `preview`, `url`, `kubeconfig`, `env`, `cancel`, `destroy` and `down`."""

import argparse
import os
import shlex
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import httpx

from settings import Settings
from settings import from_file as settings_of
from tools import clusters, engine, paths
from tools.clusters import Cluster
from tools.engine import Engine, Stack
from tools.engine.stack import copy_of
from tools.engine.stack import exists as stack_exists
from tools.errors import ToolError, run_reporting_errors
from tools.local import api, images, lost
from tools.steps import quiet, say, step

_ANSWER_SECONDS = 60


def main() -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.local.deploy", description=__doc__)
    parser.add_argument("command", choices=sorted({"up", *_COMMANDS}))
    parser.add_argument("--stack", default="dev", help="the stack, as in Pulumi.<stack>.yaml")
    parser.add_argument("--cluster", default="", help="for up: kind, local, current, or a context of the kubeconfig")
    arguments = parser.parse_args()
    if arguments.command == "up":
        return run_reporting_errors(lambda: _up(arguments.stack, arguments.cluster))
    return run_reporting_errors(lambda: _COMMANDS[arguments.command](arguments.stack))


def _up(name: str, wanted: str) -> int:
    start = time.monotonic()
    file = _file(name)
    own = _own_settings(file)
    cluster = clusters.choose(name, own, wanted)
    settings = _settings_in(cluster, file, cluster.overrides(own))
    say(f"Stack {name}: its settings are valid.")
    found, references = cluster.up(settings)
    say(f"Engine: {found.description}.")
    stack = _stack(name, cluster, found)
    known = stack_exists(name)
    # Again, as a cluster that was created now may have another port.
    stack.prepare(file, references, overrides=cluster.overrides(own))
    refresh = _repair(stack, settings) if known else []
    with step("pulumi up"), quiet():
        code = stack.show("up", "--yes", "--suppress-permalink=true", *refresh)
    if code != 0:
        for line in api.troubles(settings.namespace, cluster.kubeconfig) if cluster.kubeconfig else []:
            say(line)
        say("pulumi up failed; the reason is above. Fix it and run `make up` again: finished resources stay.")
        return code
    url = stack.output("hub_url")
    if settings.endpoint.type == "none":
        say(f"The hub is reachable while this runs in another terminal: {stack.output('port_forward_command')}")
    elif settings.cluster.on_gke:
        say("DNS records and a new certificate take some minutes to become active.")
    else:
        with step("Waiting for the hub's page", always=False):
            _wait_for(url, log=f"kubectl logs --namespace {settings.namespace} statefulset/{settings.name}")
    say(f"The hub is ready, after {time.monotonic() - start:.0f} s. Open:")
    sys.stdout.write(f"{url}\n")
    return 0


def _repair(stack: Stack, settings: Settings) -> list[str]:
    """Settle what an interrupted command left open, and look for lost objects; return the options that `up` needs."""
    deployment = stack.deployment()
    if deployment.get("pending_operations"):
        say("The last command was interrupted. Its operations are looked up in the cluster.")
        with step("pulumi refresh"), quiet():
            code = stack.show("refresh", "--yes", "--clear-pending-creates", "--suppress-permalink=true")
        if code != 0:
            message = "pulumi refresh failed; the reason is above. Fix it and run `make up` again."
            raise ToolError(message)
    if settings.cluster.on_gke:
        return []
    gone = lost.objects(stack, deployment, context=settings.kubernetes.context)
    if gone:
        say(f"Deleted by somebody else, and created again now: {', '.join(gone)}.")
    return ["--refresh"] if gone else []


def _preview(name: str) -> int:
    return ready_for_preview(name).show("preview", "--diff", "--suppress-permalink=true")


def ready_for_preview(name: str) -> Stack:
    """Return the stack, with the current stack file, ready for a preview.

    Raises:
        ToolError: The local cluster is not running, or the stack does not exist.
    """
    file = _file(name)
    placed = in_cluster(name, file)
    placed.cluster.require_up()
    stack = _stack(name, placed.cluster, engine.find())
    _prepare(stack, file, placed, create=False)
    return stack


def _url(name: str) -> int:
    sys.stdout.write(f"{existing(name).output('hub_url')}\n")
    return 0


def _show_kubeconfig(name: str) -> int:
    own = os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config"
    sys.stdout.write(f"{_cluster(name).kubeconfig or own}\n")
    return 0


def _environment(name: str) -> int:
    """Print the environment variables with which `pulumi` and `kubectl` work on the stack of `make up`."""
    stack = existing(name)
    if (file := _file_of(name)).exists():
        _prepare(stack, file, in_cluster(name, file))
    for key, value in stack.selection.items():
        sys.stdout.write(f"export {key}={shlex.quote(value)}\n")
    return 0


def _cancel(name: str) -> int:
    """Unlock a stack whose pulumi was killed."""
    stack = existing(name)
    stack.require_idle()
    code = stack.show("cancel", "--yes")
    if code == 0:
        say(f"Stack {name} is unlocked. To finish what was interrupted: make up STACK={name}")
    return code


def _destroy(name: str) -> int:
    """Destroy the stack; the cluster goes on running."""
    stack = existing(name)
    _cluster(name).restart()
    with step("pulumi destroy"), quiet():
        code = stack.show("destroy", "--yes", "--suppress-permalink=true")
    if code != 0:
        say("pulumi destroy failed; the reason is above. The remaining resources are still running.")
    return code


def _down(name: str) -> int:
    """Destroy the stack, and stop or delete the cluster that `make up` started, unless others use it."""
    cluster = _cluster(name)
    if stack_exists(name) and cluster.is_made():
        code = _forget(name) if cluster.is_gone() else _destroy(name)
        if code != 0:
            return code
    cluster.down()
    clusters.forget(name)
    return 0


def _forget(name: str) -> int:
    """Remove the stack's state, whose objects no longer exist."""
    say(f"The cluster of stack {name} was deleted: its state is removed, as nothing is left to destroy.")
    return existing(name).show("stack", "rm", "--force", "--yes", "--preserve-config")


_COMMANDS = {
    "preview": _preview,
    "url": _url,
    "kubeconfig": _show_kubeconfig,
    "environment": _environment,
    "cancel": _cancel,
    "destroy": _destroy,
    "down": _down,
}


def _cluster(name: str) -> Cluster:
    """Return the cluster of a stack; if its file is gone, that of the last `make up`: it may be cleaned up still."""
    is_copy = not _file_of(name).exists() and stack_exists(name)
    return clusters.of(name, _own_settings(copy_of(name) if is_copy else _file(name)))


class InCluster(NamedTuple):
    """A stack file in the cluster of its stack."""

    cluster: Cluster
    settings: Settings
    """Its settings there."""
    overrides: Mapping[str, str]
    """The cluster's values that take precedence over those of the file."""


def in_cluster(name: str, file: Path) -> InCluster:
    """Return the stack file of a stack, in its cluster."""
    own = _own_settings(file)
    cluster = clusters.of(name, own)
    overrides = cluster.overrides(own)
    return InCluster(cluster, _settings_in(cluster, file, overrides), overrides)


def _own_settings(file: Path) -> Settings:
    """Return the settings of a stack file, before a cluster is chosen that changes some, and builds images."""
    return settings_of(file, defaults=images.UNBUILT)


def _settings_in(cluster: Cluster, file: Path, overrides: Mapping[str, str]) -> Settings:
    """Return the settings of a stack file in a cluster."""
    # Images are built only for clusters that `make up` chooses; for others they must be set.
    defaults = images.UNBUILT if cluster.builds_images else {}
    return settings_of(file, defaults=defaults, overrides=overrides)


def _prepare(stack: Stack, file: Path, placed: InCluster, *, create: bool = True) -> None:
    references = placed.cluster.references(placed.settings)
    stack.prepare(file, references, overrides=placed.overrides, create=create)


def _file_of(name: str) -> Path:
    return paths.CHECKOUT / f"Pulumi.{name}.yaml"


def _file(name: str) -> Path:
    file = _file_of(name)
    if not file.exists():
        there = ", ".join(sorted(other.name for other in paths.CHECKOUT.glob("Pulumi.*.yaml")))
        message = f"{file.name} is missing: it holds the settings of stack {name}. Existing stack files: {there}"
        raise ToolError(message)
    return file


def existing(name: str) -> Stack:
    """Return the stack that `make up` created.

    Raises:
        ToolError: It did not.
    """
    if not stack_exists(name):
        message = f"Stack {name} does not exist here. Create it with: make up STACK={name}"
        raise ToolError(message)
    return _stack(name, _cluster(name), engine.find())


def _stack(name: str, cluster: Cluster, found: Engine) -> Stack:
    return Stack(name=name, engine=found, kubeconfig=cluster.kubeconfig)


def _wait_for(url: str, *, log: str) -> None:
    deadline = time.monotonic() + _ANSWER_SECONDS
    reason = ""
    while time.monotonic() < deadline:
        try:
            answer = httpx.get(f"{url}/hub/health", timeout=5)
            told = answer.headers.get("content-type", "").startswith("text/plain")
            reason = " ".join([f"status {answer.status_code}", *(answer.text.splitlines() if told else ())])
        except httpx.HTTPError as error:
            reason = str(error)
        if reason == "status 200":
            return
        time.sleep(0.5)
    message = f"The hub's page {url} does not answer ({reason}). Look at its log: {log}"
    raise ToolError(message)


if __name__ == "__main__":
    sys.exit(main())
