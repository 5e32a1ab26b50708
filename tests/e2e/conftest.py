"""A hub of the tests' own on the local cluster, beside the one that a developer may have there."""

import shutil
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from kubernetes.client import CoreV1Api
from kubernetes.client.exceptions import ApiException
from playwright.sync_api import Page

from local import api, host
from local.engine import Engine
from local.errors import LocalError
from local.stack import Stack
from tests.conftest import leave_out, make_stack, pulumi
from tests.e2e.browser import open_browser

NAMESPACE = "e2e"
NOTEBOOKS = f"{NAMESPACE}-notebooks"
SETTINGS: dict[str, object] = {
    "namespace": NAMESPACE,
    "auth.type": "dummy",
    "endpoint.address": "127.100.0.11",
    "clusterAdmin.user": "operator@example.com",
    "clusterAdmin.bindingName": "e2e-admin",
    "protect": "false",
    "hub.keepDatabase": "false",
    "hub.storage": {"size": "64Mi"},
    "notebook.cpu": {"default": "0.25", "max": "2"},
    "notebook.memory": {"default": "512Mi", "max": "1Gi"},
    "notebook.storage": {"size": "64Mi"},
}


@dataclass(frozen=True, kw_only=True)
class Hub:
    """The running hub."""

    stack: Stack
    url: str


@pytest.fixture(scope="session")
def hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Hub]:
    """The hub, brought up by the program itself, and destroyed in the end."""
    _forget(NAMESPACE, NOTEBOOKS)
    folder = tmp_path_factory.mktemp("e2e")
    stack = make_stack("e2e", folder, built_engine, live_cluster, {**SETTINGS, **image_settings})
    done = pulumi(stack, "up", "--yes", "--non-interactive")
    assert done.returncode == 0, "\n".join([done.stdout, *api.troubles(NAMESPACE)])
    yield Hub(stack=stack, url=stack.output("hub_url"))
    pulumi(stack, "destroy", "--yes", "--non-interactive")
    _forget(NAMESPACE, NOTEBOOKS)


def _forget(*namespaces: str) -> None:
    """Delete what an earlier run left, homes and all; wait until it is gone."""
    core = CoreV1Api(api.connect())
    for name in namespaces:
        with suppress(ApiException):  # it is not there
            core.delete_namespace(name)
    for _ in range(600):
        there = {item.metadata.name for item in core.list_namespace().items if item.metadata}
        if not there & set(namespaces):
            return
        time.sleep(0.2)
    pytest.fail(f"namespaces {', '.join(namespaces)} of an earlier run do not go away")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program, installed from Debian where it is missing."""
    try:
        host.install_packages({"chromium": "chromium"})
    except LocalError as error:
        leave_out(str(error))
    return str(shutil.which("chromium"))


Visit = Callable[[], AbstractContextManager[Page]]


@pytest.fixture
def visit(hub: Hub, chromium: str) -> Visit:
    """Opens a fresh browser on the hub's first page."""
    return lambda: open_browser(chromium, hub.url)
