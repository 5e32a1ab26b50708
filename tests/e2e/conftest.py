"""Fixtures of the end-to-end tests: two hubs on the local cluster, and a browser."""

import json
import shutil
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from local import host, layout
from local.engine import Engine
from local.errors import LocalError
from local.stack import Stack
from tests.conftest import leave_out, make_stack, pulumi
from tests.e2e.browser import open_browser, running
from tests.e2e.github import GitHub
from tests.e2e.hubs import (
    GITHUB_ADDRESS,
    GITHUB_NAMESPACE,
    GITHUB_NOTEBOOKS,
    GITHUB_SETTINGS,
    NAMESPACE,
    NOTEBOOKS,
    SETTINGS,
    TLS_ADDRESS,
    TLS_HOST,
    GitHubHub,
    Hub,
    forget,
    marker,
    require_success,
)


@pytest.fixture(scope="package")
def hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Hub]:
    """The hub, brought up by the program itself, and destroyed in the end."""
    forget(NAMESPACE, NOTEBOOKS)
    folder = tmp_path_factory.mktemp("e2e")
    stack = make_stack("e2e", folder, built_engine, live_cluster, {**SETTINGS, **image_settings})
    done = pulumi(stack, "up", "--yes", "--non-interactive")
    require_success(done, NAMESPACE)
    yield Hub(stack=stack, url=stack.output("hub_url"))
    pulumi(stack, "destroy", "--yes", "--non-interactive")
    forget(NAMESPACE, NOTEBOOKS)


# As long as the browser runs, nobody else in this process can use asyncio: so it ends with the tests of this folder.
@pytest.fixture(scope="package")
def chromium() -> Generator[Browser]:
    """A browser, installed from Debian where it is missing."""
    try:
        host.install_packages({"chromium": "chromium"})
    except LocalError as error:
        leave_out(str(error))
    with running(str(shutil.which("chromium")), hosts={TLS_HOST: TLS_ADDRESS}) as browser:
        yield browser


Visit = Callable[[], AbstractContextManager[Page]]


@pytest.fixture
def visit(hub: Hub, chromium: Browser) -> Visit:
    """Opens a fresh browser on the hub's first page."""
    return lambda: open_browser(chromium, hub.url)


@pytest.fixture(scope="package")
def github_hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[GitHubHub]:
    """The hub, brought up by the program itself, and destroyed in the end."""
    forget(GITHUB_NAMESPACE, GITHUB_NOTEBOOKS)
    client_secret = marker()
    github = GitHub(
        client_id="Iv1.e2e",
        client_secret=client_secret,
        callback_url=f"http://{GITHUB_ADDRESS}/hub/oauth_callback",
        address=str(layout.NODE_ADDRESS),
    )
    for login in ("Ada", "Bob", "eve", "Grace", "mallory"):
        github.add_person(login)
    for group, login in (("physics", "ada"), ("physics", "mallory"), ("maths:staff", "bob")):
        github.join(group, login)
    with github:
        hub = GitHubHub(
            stack=Stack(
                name="github", engine=built_engine, folder=tmp_path_factory.mktemp("github"), kubeconfig=live_cluster
            ),
            github=github,
            chromium=chromium,
            settings={
                **GITHUB_SETTINGS,
                **image_settings,
                "github.clientId": github.client_id,
                "github.url": github.url,
            },
            secrets={
                "github.clientSecret": client_secret,
                "auth.userPassword": marker(),
                "auth.adminPassword": marker(),
                "auth.secretEnvironment": json.dumps({"OAUTH_CLIENT_SECRET": marker()}),
            },
        )
        done = hub.up()
        require_success(done, GITHUB_NAMESPACE)
        yield hub
        hub.pulumi("destroy", "--yes")
    forget(GITHUB_NAMESPACE, GITHUB_NOTEBOOKS)
