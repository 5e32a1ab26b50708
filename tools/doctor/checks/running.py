"""Checks of the hub that runs: its rollout, its health, its versions, and its configuration."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, Final

from components import hub_config
from components.dynamic import hub_log
from tools.doctor.facts import Facts
from tools.doctor.findings import Finding
from tools.local.images import UNBUILT

_REVISION: Final = "controller-revision-hash"
"""Label of a StatefulSet's pod with the revision that it is of."""
_RESOLVED: Final = ("owner_uid", "home_storage_class", "scratch", "content", "secret_environment")
"""Parts of hub.json that the stack file alone does not tell: the cluster or a secret value does."""
_RESOLVED_OF_SIGN_IN: Final = ("callback_url", "iap")
_OTHER_NOTEBOOK: Final = re.compile(
    r"jupyterhub version \S+ != jupyterhub-singleuser version (\d[\w.]*?)\.?(?=[\s\"]|$)"
)
"""JupyterHub's words for a notebook image of another version, as it logs them."""
_HEALTH_FIXES: Final[Mapping[str, str]] = {
    "is full": "Enlarge hub.storage, or delete copies of old versions: docs/database.md#if-it-does-not-work",
    "is locked": "End the program that locks it: a backup, or a jupyterhub command in the hub's pod",
    "is damaged": "Restore a copy: docs/database.md#if-it-does-not-work",
    "certificate verify failed": "The CA of Cloud SQL has changed: pulumi up",
    "The database does not answer": "Look at the server, its address, its password and the network: docs/database.md",
    "The proxy does not answer": "See the finding about the proxy, or the NetworkPolicies: docs/network.md",
    "Kubernetes": "The API server is away (the hub goes on afterwards), or the Role of the hub was changed: "
    "pulumi up --refresh",
}
"""What to do, by the words of the hub's health (hub/health.py, hub/outage.py); the first that match."""


def rollout(facts: Facts) -> Iterator[Finding]:
    """Find a pod of an old revision."""
    pod, owner = facts.hub_pod, facts.hub_set
    if pod is None or owner is None:
        return
    revision, newest = pod.metadata.labels.get(_REVISION), owner.status.update_revision
    if newest and revision != newest:
        yield Finding(
            title=f"Pod {pod.name} is still of the revision before the last change of the stack",
            why=(f"It is of {revision}; the newest is {newest}.",),
            fix=f"Wait a minute; if it stays so: kubectl -n {facts.settings.namespace} delete pod {pod.name}",
            severity="warning",
        )


def health(facts: Facts) -> Iterator[Finding]:
    """Find what the hub itself says about its database, its proxy and Kubernetes."""
    told = hub_log.last_health(facts.log)
    if told is None and facts.site is not None and facts.site.version is not None and facts.site.status == 503:
        told = facts.site.text.strip()
    if told and told != hub_log.GOOD:
        yield Finding(
            title="The hub runs, but does not work",
            why=tuple(told.splitlines()),
            fix=next((fix for words, fix in _HEALTH_FIXES.items() if words in told), "See docs/troubleshooting.md"),
        )


def versions(facts: Facts) -> Iterator[Finding]:
    """Find images of other versions than the hub's configuration is for."""
    wanted = version("jupyterhub")
    found = facts.site.version if facts.site else None
    if found is not None and found != wanted:
        yield Finding(
            title=f"The hub's image has JupyterHub {found}, and this checkout's configuration is for {wanted}",
            fix="Build and push the images of this version (make -C docker build push), or check out theirs",
            severity="error" if found.split(".")[0] != wanted.split(".")[0] else "warning",
        )
    others = dict.fromkeys(match[1] for line in facts.log for match in _OTHER_NOTEBOOK.finditer(line))
    for other in others:
        yield Finding(
            title=f"Notebook servers run with JupyterHub {other}, and the hub with {found or wanted}",
            why=("The hub's log says so when such a server connects.",),
            fix=f"Use a notebook image with jupyterhub=={found or wanted}: docs/notebook-images.md",
            severity="warning",
        )


def configuration(facts: Facts) -> Iterator[Finding]:
    """Find differences between what the hub has loaded, and this checkout with its stack file."""
    pod = facts.hub_pod
    if pod is None or not facts.hub_files:
        return
    differences = [*_images(facts), *_files(facts)]
    if differences:
        yield Finding(
            title="The hub does not run what the stack file and this checkout say",
            why=tuple(differences),
            fix="See what would change with: make diff; then: pulumi up",
            severity="warning",
        )


def _images(facts: Facts) -> Iterator[str]:
    settings, unbuilt = facts.settings, set(UNBUILT.values())
    for pod in facts.pods:
        if pod.metadata.component == "proxy":
            key, image = "proxy.image", settings.proxy.image
        elif pod.name == f"{settings.name}-0":
            key, image = "hub.image", settings.hub.image
        else:
            continue
        runs = next((one.image for one in pod.spec.containers), image)
        if image not in unbuilt and runs != image:
            yield f"{key}: pod {pod.name} has {runs}, the stack file {image}"


def _files(facts: Facts) -> Iterator[str]:
    expected, there = hub_config.hub_files(facts.settings), facts.hub_files
    # The CA of Cloud SQL is of no file here.
    code = sorted(
        name
        for name in {*expected, *there}
        if not name.endswith((".json", ".pem")) and expected.get(name) != there.get(name)
    )
    if code:
        yield f"code of the hub: {', '.join(code)}"
    wanted, loaded = (_comparable(files.get("hub.json", "{}")) for files in (expected, there))
    unbuilt = set(UNBUILT.values())
    keys = sorted(
        key
        for key in {*wanted, *loaded}
        if wanted.get(key) != loaded.get(key) and not any(image in json.dumps(wanted.get(key)) for image in unbuilt)
    )
    if keys:
        yield f"hub.json: {', '.join(keys)}"


def _comparable(text: str) -> dict[str, Any]:
    content: dict[str, Any] = {key: value for key, value in json.loads(text).items() if key not in _RESOLVED}
    sign_in: Mapping[str, Any] = content.get("sign_in") or {}
    content["sign_in"] = {key: value for key, value in sign_in.items() if key not in _RESOLVED_OF_SIGN_IN}
    return content
