"""Fixtures of the end-to-end tests: a hub with sign-in with GitHub, and a browser."""

import json
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.cluster_users import one_at_a_time
from tests.conftest import leave_out
from tests.doubles.github import GitHub
from tests.e2e.browser import running
from tests.e2e.hub_settings import (
    EXPOSURE_ADDRESS,
    EXPOSURE_HOST,
    GITHUB_ADDRESS,
    GITHUB_NAMESPACE,
    GITHUB_NOTEBOOKS,
    GITHUB_SETTINGS,
    TLS_ADDRESS,
    TLS_HOST,
)
from tests.e2e.hubs import GitHubHub, destroyed_in_the_end, marker, require_success
from tools.engine import Engine, Stack
from tools.errors import ToolError
from tools.local import host, layout


# While the browser runs, no other code in this process can use asyncio, so it ends with the tests of this folder.
@pytest.fixture(scope="package")
def chromium() -> Generator[Browser]:
    """A browser; Debian's Chromium is installed if it is missing."""
    try:
        with one_at_a_time("install"):
            host.install_packages({"chromium": "chromium"})
    except ToolError as error:
        leave_out(str(error))
    with running(
        str(shutil.which("chromium")), hosts={TLS_HOST: TLS_ADDRESS, EXPOSURE_HOST: EXPOSURE_ADDRESS}
    ) as browser:
        yield browser


@pytest.fixture(scope="package")
def github_hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[GitHubHub]:
    """The deployed hub, destroyed after the tests."""
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
        with destroyed_in_the_end(hub, GITHUB_NAMESPACE, GITHUB_NOTEBOOKS):
            require_success(hub.up(), GITHUB_NAMESPACE)
            yield hub
