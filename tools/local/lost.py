"""Objects of a stack that somebody else deleted: Pulumi compares with its state, and would call them unchanged."""

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import yaml

from components.dynamic.objects import UnreadableError, look_up
from tools.engine import Stack

_END_SECONDS = 60


def objects(stack: Stack, deployment: Mapping[str, Any], *, context: str | None) -> list[str]:
    """Return kind and name of each Kubernetes object that is in the stack's state and not in its cluster.

    An object that is being deleted is waited for. An object that cannot be looked up does not count.

    Args:
        stack: The stack; its cluster is not on GKE.
        deployment: Its state.
        context: Context of the kubeconfig; None = the current one.
    """
    resources: list[dict[str, Any]] = deployment.get("resources") or []
    wanted = [one["inputs"] for one in resources if one["type"].startswith("kubernetes:") and not one.get("external")]
    kubeconfig = json.dumps(yaml.safe_load(stack.kubeconfig.read_text())) if stack.kubeconfig else None
    address = {"context": context, "kubeconfig": kubeconfig}
    deadline = time.monotonic() + _END_SECONDS
    while True:
        found = _look(wanted, address)
        if not any(one and "deletionTimestamp" in one for one in found) or time.monotonic() > deadline:
            break
        time.sleep(1)
    return [
        f"{one['kind']} {one['metadata']['name']}" for one, there in zip(wanted, found, strict=True) if there is None
    ]


def _look(wanted: Sequence[dict[str, Any]], address: Mapping[str, str | None]) -> list[dict[str, Any] | None]:
    def look(one: dict[str, Any]) -> dict[str, Any] | None:
        try:
            return look_up(address, one)
        except UnreadableError:
            return one["metadata"]

    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(look, wanted))
