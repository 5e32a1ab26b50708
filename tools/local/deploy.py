"""The commands `make up`, `preview`, `url`, `kubeconfig`, `env`, `cancel`, `destroy` and `down`."""

import argparse
import os
import shlex
import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import httpx

from settings import Settings
from settings import from_file as settings_of
from tools import engine, paths
from tools.engine import Engine, Stack
from tools.engine.stack import copy_of
from tools.engine.stack import exists as stack_exists
from tools.errors import ToolError, run_reporting_errors
from tools.local import api, build, cluster, images, layout, lost, node
from tools.local.images import Image
from tools.steps import quiet, say, step

_ANSWER_SECONDS = 60


def main() -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.local.deploy", description=__doc__)
    parser.add_argument("command", choices=sorted(_COMMANDS))
    parser.add_argument("--stack", default="dev", help="the stack, as in Pulumi.<stack>.yaml")
    arguments = parser.parse_args()
    return run_reporting_errors(lambda: _COMMANDS[arguments.command](arguments.stack))


def _up(name: str) -> int:
    start = time.monotonic()
    settings = _read(_file(name))
    local = is_local(settings)
    say(f"Stack {name}: its settings are valid.")
    say(f"Cluster: {describe(settings)}.")
    own: Mapping[str, Image] = {}
    if local:
        found, built = build.everything()
        cluster.up()
        own = _unset_images(settings, built)
        for image in own.values():
            images.load(image, node.CTR)
        require_images(settings, built=own)
    else:
        found = engine.find()
    say(f"Engine: {found.description}.")
    stack = _stack(name, settings, found)
    known = stack_exists(name)
    stack.prepare(_file(name), _references(own))
    refresh = _repair(stack, settings) if known else []
    with step("pulumi up"), quiet():
        code = stack.show("up", "--yes", "--suppress-permalink=true", *refresh)
    if code != 0:
        for line in api.troubles(settings.namespace) if local else []:
            say(line)
        say("pulumi up failed; the reason is above. Fix it and run `make up` again: finished resources stay.")
        return code
    url = stack.output("hub_url")
    if settings.cluster.on_gke:
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
    settings = _read(_file(name))
    found = engine.find()
    if is_local(settings) and not cluster.is_up():
        message = "The local cluster is not running, and a preview needs its API server. Start it with: make up"
        raise ToolError(message)
    own = _unset_images(settings, images.ensure_built()) if is_local(settings) else {}
    stack = _stack(name, settings, found)
    stack.prepare(_file(name), _references(own), create=False)
    return stack


def _url(name: str) -> int:
    sys.stdout.write(f"{existing(name).output('hub_url')}\n")
    return 0


def _show_kubeconfig(name: str) -> int:
    own = os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config"
    sys.stdout.write(f"{layout.KUBECONFIG if is_local(_settings(name)) else own}\n")
    return 0


def _environment(name: str) -> int:
    """Print the environment variables with which `pulumi` and `kubectl` work on the stack of `make up`."""
    stack = existing(name)
    if (file := _file_of(name)).exists():
        settings = _read(file)
        own = _unset_images(settings, images.ensure_built()) if is_local(settings) else {}
        stack.prepare(file, _references(own))
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
    if is_local(_settings(name)):
        cluster.up()  # Pulumi cannot delete objects of a cluster that it does not reach
    with step("pulumi destroy"), quiet():
        code = stack.show("destroy", "--yes", "--suppress-permalink=true")
    if code != 0:
        say("pulumi destroy failed; the reason is above. The remaining resources are still running.")
    return code


def _down(name: str) -> int:
    """Destroy the stack, and stop the cluster unless others use it."""
    local = is_local(_settings(name))
    if stack_exists(name) and (code := _destroy(name)) != 0:
        return code
    if not local:
        return 0
    if cluster.is_up() and (others := api.hubs()):
        say(f"The local cluster goes on running, as it has other hubs: {', '.join(others)}.")
        say("To stop it with them: python -m tools.local down. Each starts again with: make up STACK=<its stack>")
        return 0
    cluster.down()
    return 0


_COMMANDS = {
    "up": _up,
    "preview": _preview,
    "url": _url,
    "kubeconfig": _show_kubeconfig,
    "environment": _environment,
    "cancel": _cancel,
    "destroy": _destroy,
    "down": _down,
}


def _settings(name: str) -> Settings:
    """Return the settings of a stack; if its file is gone, those of the last `make up`: it may be cleaned up still."""
    return _read(copy_of(name) if not _file_of(name).exists() and stack_exists(name) else _file(name))


def _read(file: Path) -> Settings:
    settings = settings_of(file, defaults=images.UNBUILT)
    # Images are built for the local cluster only; for other clusters they must be set.
    return settings if is_local(settings) else settings_of(file)


def _file_of(name: str) -> Path:
    return paths.CHECKOUT / f"Pulumi.{name}.yaml"


def _file(name: str) -> Path:
    file = _file_of(name)
    if not file.exists():
        there = ", ".join(sorted(other.name for other in paths.CHECKOUT.glob("Pulumi.*.yaml")))
        message = f"{file.name} is missing: it holds the settings of stack {name}. Existing stack files: {there}"
        raise ToolError(message)
    return file


def is_local(settings: Settings) -> bool:
    """Return whether the stack uses the local cluster: it does unless another cluster is named."""
    # `eval "$(make env)"` sets the variable too, to the local cluster's own.
    names_another = os.environ.get("KUBECONFIG") not in {None, "", str(layout.KUBECONFIG)}
    return not (settings.cluster.on_gke or settings.kubernetes.context or names_another)


def describe(settings: Settings) -> str:
    """Return a description of the stack's cluster, for messages."""
    cluster_ = settings.cluster
    if cluster_.on_gke:
        which = "made by the stack" if cluster_.mode == "create" else "looked up"
        return f"the GKE cluster {cluster_.name} in {settings.gcp.project_id}, {cluster_.location} ({which})"
    if settings.kubernetes.context is not None:
        return f"the kubeconfig context {settings.kubernetes.context} (kubernetes.context of the stack)"
    if os.environ.get("KUBECONFIG"):
        return f"the current context of {os.environ['KUBECONFIG']} (your KUBECONFIG)"
    return "the local cluster on this machine (kubernetes.context is not set)"


def _configured_images(settings: Settings) -> dict[str, str]:
    return {
        "hub.image": settings.hub.image,
        "proxy.image": settings.proxy.image,
        "notebook.image": settings.notebook.image,
    }


def _unset_images(settings: Settings, built: Mapping[str, Image]) -> dict[str, Image]:
    """Return the built images whose keys the stack file does not set, by key."""
    configured = _configured_images(settings)
    return {key: image for name, image in built.items() if configured[key := f"{name}.image"] == images.UNBUILT[key]}


def _references(own: Mapping[str, Image]) -> dict[str, str]:
    return {key: image.reference for key, image in own.items()}


def require_images(settings: Settings, *, built: Collection[str]) -> None:
    """Check that the local node has all images of a stack.

    Args:
        settings: The stack's settings.
        built: Keys of images that were built and loaded.

    Raises:
        ToolError: An image is missing; the message names each, with the fix.
    """
    there = images.references(node.CTR)
    mistakes = [
        f"{key}: the image {configured} is not on the local node, which cannot pull images. "
        "Load it with `python -m tools.local load ARCHIVE`, or remove the key: `make up` then builds it from docker/."
        for key, configured in _configured_images(settings).items()
        if key not in built and configured not in there
    ]
    if mistakes:
        raise ToolError("\n".join(mistakes))


def existing(name: str) -> Stack:
    """Return the stack that `make up` created.

    Raises:
        ToolError: It did not.
    """
    if not stack_exists(name):
        message = f"Stack {name} does not exist here. Create it with: make up STACK={name}"
        raise ToolError(message)
    return _stack(name, _settings(name), engine.find())


def _stack(name: str, settings: Settings, found: Engine) -> Stack:
    return Stack(name=name, engine=found, kubeconfig=layout.KUBECONFIG if is_local(settings) else None)


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
