"""From a clone to a running hub, and back: what `make up`, `preview`, `url`, `kubeconfig` and `down` do."""

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
from tools.engine.stack import exists as stack_exists
from tools.errors import ToolError, run_reporting_errors
from tools.local import api, build, cluster, images, layout, node
from tools.local.images import Image
from tools.steps import quiet, say, step

_ANSWER_SECONDS = 60


def main() -> int:
    """Run one command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.local.deploy", description=__doc__)
    parser.add_argument("command", choices=sorted(_COMMANDS))
    parser.add_argument("--stack", default="dev", help="the stack, as in Pulumi.<stack>.yaml")
    arguments = parser.parse_args()
    return run_reporting_errors(lambda: _COMMANDS[arguments.command](arguments.stack))


def _up(name: str) -> int:
    start = time.monotonic()
    settings = _settings(name)
    local = is_local(settings)
    say(f"Stack {name}: its settings are valid.")
    say(f"Cluster: {describe(settings)}.")
    if local:
        found, built = build.everything()
        cluster.up()
        _bring_images(settings, built)
    else:
        found = engine.find()
    say(f"Engine: {found.description}.")
    stack = _prepared(name, settings, found)
    with step("pulumi up"), quiet():
        code = stack.show("up", "--yes", "--suppress-permalink=true")
    if code != 0:
        for line in api.troubles(settings.namespace) if local else []:
            say(line)
        say("pulumi up failed: the lines above say why. Mend it and run `make up` again; what is done stays.")
        return code
    url = stack.output("hub_url")
    if settings.cluster.on_gke:
        say("Records and a new certificate take some minutes to be known to the world.")
    else:
        with step("Waiting for the hub's page", always=False):
            _wait_for(url, log=f"kubectl logs --namespace {settings.namespace} statefulset/{settings.name}")
    say(f"The hub is ready, after {time.monotonic() - start:.0f} s. Open:")
    sys.stdout.write(f"{url}\n")
    return 0


def _preview(name: str) -> int:
    return ready_for_preview(name).show("preview", "--diff", "--suppress-permalink=true")


def ready_for_preview(name: str) -> Stack:
    """The stack as its file now is, ready to be previewed.

    Raises:
        ToolError: It is on the local cluster, which does not run; or nobody made it yet.
    """
    settings = _settings(name)
    found = engine.find()
    if is_local(settings) and not cluster.is_up():
        message = "The local cluster does not run, and a preview asks it what would change. Start it with: make up"
        raise ToolError(message)
    stack = _stack(name, found)
    stack.prepare_existing(_file(name), _images_for(settings))
    return stack


def _url(name: str) -> int:
    stack = existing(name)
    sys.stdout.write(f"{stack.output('hub_url')}\n")
    return 0


def _show_kubeconfig(name: str) -> int:
    if is_local(_settings(name)):
        sys.stdout.write(f"{layout.KUBECONFIG}\n")
    else:
        sys.stdout.write(f"{os.environ.get('KUBECONFIG') or Path.home() / '.kube' / 'config'}\n")
    return 0


def _environment(name: str) -> int:
    """Print the variables by which a plain `pulumi` and `kubectl` work on the stack that `make up` made."""
    stack = existing(name)
    for key, value in stack.environment.items():
        sys.stdout.write(f"export {key}={shlex.quote(value)}\n")
    return 0


def _down(name: str) -> int:
    local = is_local(_settings(name))
    if stack_exists(name):
        if local:
            cluster.up()  # what is not reached cannot be taken down in good order
        with step("pulumi destroy"), quiet():
            code = existing(name).show("destroy", "--yes", "--suppress-permalink=true")
        if code != 0:
            say("pulumi destroy failed: its diagnostics above say why. What is not destroyed goes on running.")
            return code
    if local:
        cluster.down()
    return 0


_COMMANDS = {
    "up": _up,
    "preview": _preview,
    "url": _url,
    "kubeconfig": _show_kubeconfig,
    "environment": _environment,
    "down": _down,
}


def _settings(name: str) -> Settings:
    settings = settings_of(_file(name), defaults=images.UNBUILT)
    # Elsewhere nobody builds images on the way: then they must be set.
    return settings if is_local(settings) else settings_of(_file(name))


def _file(name: str) -> Path:
    file = paths.CHECKOUT / f"Pulumi.{name}.yaml"
    if not file.exists():
        there = ", ".join(sorted(other.name for other in paths.CHECKOUT.glob("Pulumi.*.yaml")))
        message = f"There is no {file.name}: stack {name} has no settings. There are: {there}"
        raise ToolError(message)
    return file


def is_local(settings: Settings) -> bool:
    """Whether the stack goes to the local cluster: it does where nobody names another."""
    # `eval "$(make env)"` sets the variable too, to the local cluster's own.
    names_another = os.environ.get("KUBECONFIG") not in {None, "", str(layout.KUBECONFIG)}
    return not (settings.cluster.on_gke or settings.kubernetes.context or names_another)


def describe(settings: Settings) -> str:
    """Which cluster the stack goes to, for a person."""
    cluster_ = settings.cluster
    if cluster_.on_gke:
        which = "made by the stack" if cluster_.mode == "create" else "looked up"
        return f"the GKE cluster {cluster_.name} in {settings.gcp.project_id}, {cluster_.location} ({which})"
    if settings.kubernetes.context is not None:
        return f"the kubeconfig context {settings.kubernetes.context} (kubernetes.context of the stack)"
    if os.environ.get("KUBECONFIG"):
        return f"the current context of {os.environ['KUBECONFIG']} (your KUBECONFIG)"
    return "the local one on this machine (no kubernetes.context is set)"


def _asked_images(settings: Settings) -> dict[str, str]:
    return {
        "hub.image": settings.hub.image,
        "proxy.image": settings.proxy.image,
        "notebook.image": settings.notebook.image,
    }


def _open_images(settings: Settings, built: Mapping[str, Image]) -> dict[str, Image]:
    """Those of the built images whose keys the stack leaves open, by key."""
    asked = _asked_images(settings)
    return {key: image for name, image in built.items() if asked[key := f"{name}.image"] == images.UNBUILT[key]}


def _bring_images(settings: Settings, built: Mapping[str, Image]) -> None:
    ours = _open_images(settings, built)
    for image in ours.values():
        images.load(image, node.CTR)
    require_images(settings, built=ours)


def require_images(settings: Settings, *, built: Collection[str]) -> None:
    """Refuse a stack whose images the local node does not have.

    Args:
        settings: The stack's settings.
        built: Keys of images that were just built and loaded.

    Raises:
        ToolError: Names each key and image, and how to bring it.
    """
    there = images.references(node.CTR)
    mistakes = [
        f"{key}: the image {asked} is not on the local node, and nothing pulls it from elsewhere. "
        "Bring it with `python -m tools.local load ARCHIVE`, or remove the key: then `make up` builds it from docker/."
        for key, asked in _asked_images(settings).items()
        if key not in built and asked not in there
    ]
    if mistakes:
        raise ToolError("\n".join(mistakes))


def _prepared(name: str, settings: Settings, found: Engine) -> Stack:
    stack = _stack(name, found)
    stack.prepare(_file(name), _images_for(settings))
    return stack


def _images_for(settings: Settings) -> dict[str, str]:
    """What the stack leaves open, built if need be, by key."""
    ours = _open_images(settings, images.ensure_built()) if is_local(settings) else {}
    return {key: image.reference for key, image in ours.items()}


def existing(name: str) -> Stack:
    """The stack that `make up` made.

    Raises:
        ToolError: It never did.
    """
    if not stack_exists(name):
        message = f"Stack {name} was never made here. Make it with: make up STACK={name}"
        raise ToolError(message)
    return _stack(name, engine.find())


def _stack(name: str, found: Engine) -> Stack:
    local = is_local(_settings(name))
    return Stack(name=name, engine=found, kubeconfig=layout.KUBECONFIG if local else None)


def _wait_for(url: str, *, log: str) -> None:
    deadline = time.monotonic() + _ANSWER_SECONDS
    reason = ""
    while time.monotonic() < deadline:
        try:
            reason = f"status {httpx.get(f'{url}/hub/health', timeout=5).status_code}"
        except httpx.HTTPError as error:
            reason = str(error)
        if reason == "status 200":
            return
        time.sleep(0.5)
    message = f"The hub's page {url} does not answer ({reason}). Look at its log: {log}"
    raise ToolError(message)


if __name__ == "__main__":
    sys.exit(main())
