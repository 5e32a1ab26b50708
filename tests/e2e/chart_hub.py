"""A hub as JupyterHub's Helm chart 3 installs it, with its versions of JupyterHub and KubeSpawner."""

import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any, Final, cast

import yaml
from kubernetes.client import AppsV1Api, CoreV1Api
from kubernetes.utils import create_from_dict  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] -- it has no types

from tests.e2e.hubs import marker, new_namespace, run_in
from tests.installed import folder_of
from tests.waiting import wait_until
from tools.commands import run
from tools.local import api, layout

_PACKAGES: Final = Path(__file__).with_name("chart_hub.txt")
_OBJECTS: Final = Path(__file__).with_name("chart_hub.yaml")
_CONFIG: Final = "/usr/local/etc/jupyterhub/jupyterhub_config.py"
_START_SECONDS: Final = 180


def install(namespace: str, address: str, images: Mapping[str, str]) -> None:
    """Create the namespace and the hub, and wait until it is ready.

    Args:
        namespace: The namespace of hub and servers.
        address: Address of its Service.
        images: Settings with the images of `docker/`.
    """
    client = api.connect()
    new_namespace(namespace)
    text = Template(_OBJECTS.read_text()).substitute(
        namespace=namespace,
        address=address,
        token=marker(),
        packages=_packages(),
        storage_class=layout.STORAGE_CLASS,
        **{name: images[f"{name}.image"] for name in ("hub", "notebook", "proxy")},
    )
    for one in yaml.safe_load(text):
        cast("Any", create_from_dict)(client, one)
    wait_until(lambda: is_ready(namespace), seconds=_START_SECONDS)


def _packages() -> Path:
    def install(folder: Path) -> None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder / "packages"]
        run([*pip, "--requirement", folder / _PACKAGES.name])

    return folder_of("chart-hub", [_PACKAGES], install, version=sys.version) / "packages"


def is_ready(namespace: str) -> bool:
    """Return whether the hub answers."""
    found: Any = AppsV1Api(api.connect()).read_namespaced_deployment("hub", namespace)
    return bool(found.status.ready_replicas)


def scale(namespace: str, replicas: int) -> None:
    """Stop or start the hub, as `kubectl scale deployment hub` does, and wait."""
    apps, core = AppsV1Api(api.connect()), CoreV1Api(api.connect())
    apps.patch_namespaced_deployment_scale("hub", namespace, {"spec": {"replicas": replicas}})
    selector = "component=hub"
    if replicas:
        wait_until(lambda: is_ready(namespace), seconds=_START_SECONDS)
    else:
        wait_until(lambda: not core.list_namespaced_pod(namespace, label_selector=selector).items)


def new_token(namespace: str, user: str) -> str:
    """Return a new API token of a user."""
    pods: list[Any] = CoreV1Api(api.connect()).list_namespaced_pod(namespace, label_selector="component=hub").items
    printed = run_in(namespace, pods[0].metadata.name, f"python3 -m jupyterhub token --config {_CONFIG} {user}")
    return printed.split()[-1]
