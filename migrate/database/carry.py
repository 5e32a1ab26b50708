"""The steps of a move of a database: the hub stops, the file is replaced, the hub starts."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from kubernetes.client import AppsV1Api, CoreV1Api

from migrate.database.place import ANNOTATION, Place, pods_with
from migrate.database.pod import database_pod, wait_in_cluster
from tools.steps import say, step

if TYPE_CHECKING:
    from migrate.connection import ApiObject

_STOP_SECONDS: Final = 120
_READY_SECONDS: Final = 300
"""Time for the hub to upgrade its tables, and to answer."""


def carry(core: CoreV1Api, apps: AppsV1Api, old: Place, new: Place, claims: Mapping[str, str]) -> None:
    """Copy the database of the old hub to the new one, whose own is kept beside it.

    A run that was interrupted leaves either database whole, and a further one goes on.

    Args:
        core: The cluster.
        apps: The cluster.
        old: The database to copy.
        new: The database to replace.
        claims: New names of the homes' claims, by the old ones.

    Raises:
        ToolError: A pod does not start, a file is no database, or the hub does not start.
    """
    with step(f"Reading {old}"), database_pod(core, old, read_only=True) as run:
        found = run("read")
    with _stopped(core, apps, new):
        with step(f"Writing {new}"), database_pod(core, new, read_only=False) as run:
            text = json.dumps({"text": found["text"], "sha256": found["sha256"], "claims": claims})
            written = run("write", str(len(text)), text=text)
        _annotate(core, new, str(old))
    say(f"{new} has the database of {old}: {_words(written)}. The hub upgrades its tables at the start.")


def take_back(core: CoreV1Api, apps: AppsV1Api, new: Place) -> None:
    """Bring back the database that the new hub had before; the other one is kept beside it.

    Raises:
        ToolError: A pod does not start, there is no such file, or the hub does not start.
    """
    with _stopped(core, apps, new):
        with step(f"Restoring {new}"), database_pod(core, new, read_only=False) as run:
            found = run("restore")
        _annotate(core, new, None)
    say(f"{new} has its own database again: {_words(found)}.")


@contextmanager
def _stopped(core: CoreV1Api, apps: AppsV1Api, new: Place) -> Generator[None]:
    """Stop the hub during the block: two programs never write to one file."""
    name: str = new.workload.metadata.name
    in_use = f"{new.namespace}/{name}-0 does not stop"
    try:
        with step(f"Stopping the hub {new.namespace}/{name}"):
            _scale(apps, new, 0)
            wait_in_cluster(lambda: not pods_with(core, new.namespace, new.claim), _STOP_SECONDS, lambda: in_use)
        yield
    finally:
        # Either file is whole, whatever has happened.
        _scale(apps, new, 1)
    with step(f"Starting the hub {new.namespace}/{name}"):
        logs = f"The hub does not start: kubectl --namespace {new.namespace} logs {name}-0"
        wait_in_cluster(lambda: _is_ready(apps, new), _READY_SECONDS, lambda: logs)


def _scale(apps: AppsV1Api, new: Place, replicas: int) -> None:
    apps.patch_namespaced_stateful_set_scale(
        new.workload.metadata.name, new.namespace, {"spec": {"replicas": replicas}}
    )


def _is_ready(apps: AppsV1Api, new: Place) -> bool:
    found: ApiObject = apps.read_namespaced_stateful_set(new.workload.metadata.name, new.namespace)
    return found.status.observed_generation == found.metadata.generation and found.status.ready_replicas == 1


def _annotate(core: CoreV1Api, new: Place, source: str | None) -> None:
    if new.volume is not None:
        core.patch_persistent_volume(new.volume, {"metadata": {"annotations": {ANNOTATION: source}}})


def _words(found: dict[str, Any]) -> str:
    return f"{found['users']} users and {found['tokens']} tokens"
