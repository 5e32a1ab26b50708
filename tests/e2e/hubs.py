"""The hubs of the tests, beside the one that a developer may have on the same cluster."""

import secrets
import subprocess
import time
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from kubernetes.client import CoreV1Api, RbacAuthorizationV1Api
from kubernetes.client.exceptions import ApiException
from playwright.sync_api import Browser, Page

from tests.conftest import make_stack, pulumi, set_secret
from tests.doubles.github import GitHub
from tests.e2e.browser import open_browser, sign_in_with_github
from tools.engine import Stack
from tools.local import api, layout


def binding_of(namespace: str) -> str:
    """The name of the ClusterRoleBinding of a hub in this namespace."""
    return f"{namespace}-admin"


def _settings(namespace: str, address: str) -> dict[str, object]:
    return {
        "namespace": namespace,
        "auth.type": "dummy",
        "endpoint.address": address,
        "clusterAdmin.user": "operator@example.com",
        "clusterAdmin.bindingName": binding_of(namespace),
        "protect": "false",
        "hub.keepDatabase": "false",
        "hub.storage": {"size": "64Mi"},
        "notebook.cpu": {"default": "0.25", "max": "2"},
        "notebook.memory": {"default": "512Mi", "max": "1Gi"},
        "notebook.storage": {"size": "64Mi"},
    }


NAMESPACE = "e2e"
NOTEBOOKS = f"{NAMESPACE}-notebooks"
SETTINGS = _settings(NAMESPACE, "127.100.0.11")
"""Settings of the first hub: anybody with any password."""

RIGHTS_NAMESPACE = "e2e-rights"
RIGHTS_NOTEBOOKS = f"{RIGHTS_NAMESPACE}-notebooks"
RIGHTS_SETTINGS = _settings(RIGHTS_NAMESPACE, "127.100.0.14")
"""Settings of the hub of which accounts with few rights make previews."""

GITHUB_NAMESPACE = "e2e-github"
GITHUB_NOTEBOOKS = f"{GITHUB_NAMESPACE}-notebooks"
GITHUB_ADDRESS = "127.100.0.12"
GITHUB_SETTINGS: dict[str, object] = {
    **_settings(GITHUB_NAMESPACE, GITHUB_ADDRESS),
    "auth.type": "github",
    "auth.adminUsers": ["grace"],
    "auth.blockedUsers": ["mallory"],
    "github.organizations": ["physics", "maths:staff"],
    "github.recheckMinutes": 1,
}
"""Settings of the second hub, without those that are known once its GitHub runs."""

POSTGRES_NAMESPACE = "e2e-postgres"
POSTGRES_NOTEBOOKS = f"{POSTGRES_NAMESPACE}-notebooks"
POSTGRES_ADDRESS = "127.100.0.13"
POSTGRES_SETTINGS: dict[str, object] = {
    **_settings(POSTGRES_NAMESPACE, POSTGRES_ADDRESS),
    "auth.adminUsers": ["ada"],
    "database.type": "postgresql",
}
"""Settings of the third hub."""

TLS_NAMESPACE = "e2e-tls"
TLS_NOTEBOOKS = f"{TLS_NAMESPACE}-notebooks"
TLS_ADDRESS = "127.100.0.15"
TLS_HOST = "tls.example.org"
TLS_SETTINGS: dict[str, object] = {
    **_settings(TLS_NAMESPACE, TLS_ADDRESS),
    "auth.allowAnyoneFromTheInternet": "true",
    "endpoint.hostname": TLS_HOST,
    "endpoint.tlsSecret": "hub-tls",
}
"""Settings of the hub with a certificate."""
IAP_NAMESPACE = "e2e-iap"
IAP_NOTEBOOKS = f"{IAP_NAMESPACE}-notebooks"
IAP_SETTINGS: dict[str, object] = {
    **{key: value for key, value in _settings(IAP_NAMESPACE, "").items() if key != "endpoint.address"},
    "gcp.project": "my-project-123",
    "cluster.mode": "existing",
    "cluster.location": "europe-west1",
    # Those of its own could make no disk here.
    "hub.storage": {"size": "64Mi", "storageClass": layout.STORAGE_CLASS},
    "notebook.storage": {"size": "64Mi", "storageClass": layout.STORAGE_CLASS},
    "endpoint.type": "gateway",
    "endpoint.hostname": "hub.example.org",
    "endpoint.sourceRanges": [f"203.0.113.{number}/32" for number in range(12)],
    "auth.type": "iap",
    "iap.clientId": "123-abc.apps.googleusercontent.com",
    "iap.members": ["domain:example.org"],
    "auth.adminUsers": ["grace@example.org"],
    "auth.blockedUsers": ["mallory@example.org"],
}
"""Settings of the hub behind Google's Identity-Aware Proxy, in a GKE cluster that is the local one."""


@dataclass(frozen=True, kw_only=True)
class Hub:
    """The running hub."""

    stack: Stack
    url: str


@dataclass(kw_only=True)
class ChangingHub:
    """A hub whose settings change, and what Pulumi printed of it."""

    stack: Stack
    url: str
    settings: dict[str, object]
    secrets: dict[str, str]
    """By config key."""
    printed: list[str] = field(default_factory=list[str])

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Pulumi command; what it prints is remembered."""
        done = pulumi(self.stack, *arguments, "--non-interactive")
        self.printed.append(done.stdout)
        return done

    def prepare(self) -> None:
        """Write the stack file anew."""
        stack = self.stack
        assert stack.kubeconfig
        make_stack(stack.name, stack.folder, stack.engine, stack.kubeconfig, self.settings)
        for key, value in self.secrets.items():
            set_secret(stack, key, value)

    def up(self, **changed: object) -> subprocess.CompletedProcess[str]:
        """Bring the stack up with changed settings (`auth_adminUsers` is `auth.adminUsers`), which stay."""
        self.settings |= {key.replace("_", ".", 1): value for key, value in changed.items()}
        self.prepare()
        return self.pulumi("up", "--yes", "--diff")


@dataclass(kw_only=True)
class GitHubHub(ChangingHub):
    """A hub to which people sign in with the look-alike of GitHub."""

    github: GitHub
    chromium: Browser
    url: str = f"http://{GITHUB_ADDRESS}"

    def visit(self) -> AbstractContextManager[Page]:
        """Open a fresh browser on the hub's first page."""
        return open_browser(self.chromium, self.url)


@contextmanager
def signed_in(hub: GitHubHub, login: str) -> Generator[Page]:
    """Open a fresh browser, in which somebody who may is signed in."""
    with hub.visit() as page:
        sign_in_with_github(page, login)
        # To the spawn form, or to the server that runs.
        page.wait_for_url(lambda url: url.startswith((f"{hub.url}/hub/spawn", f"{hub.url}/user/")))
        yield page


def pods(namespace: str) -> dict[str, str]:
    """Names and uids of a namespace's pods."""
    found = CoreV1Api(api.connect()).list_namespaced_pod(namespace).items
    return {str(pod.metadata.name): str(pod.metadata.uid) for pod in found if pod.metadata}


def require_success(done: subprocess.CompletedProcess[str], namespace: str) -> None:
    """Fail with the end of what Pulumi printed, and with what Kubernetes says of pods that do not run."""
    if done.returncode:
        pytest.fail("\n".join([done.stdout[-3000:], *api.troubles(namespace)]), pytrace=False)


def marker() -> str:
    """A secret by which its place can be found. No two are the same."""
    return f"marker-{secrets.token_hex(20)}"


@contextmanager
def brought_up(stack: Stack, *namespaces: str) -> Generator[Hub]:
    """A hub of this stack, brought up by the program itself, and destroyed in the end.

    Args:
        stack: The stack, ready to be worked on.
        namespaces: The hub's and the notebooks', of which nothing is left before and after.
    """
    forget(*namespaces)
    require_success(pulumi(stack, "up", "--yes", "--non-interactive", "--skip-preview"), namespaces[0])
    yield Hub(stack=stack, url=stack.output("hub_url"))
    pulumi(stack, "destroy", "--yes", "--non-interactive", "--skip-preview")
    forget(*namespaces)


def forget(*namespaces: str) -> None:
    """Delete what an earlier run left, homes and all; wait until it is gone."""
    core, rbac = CoreV1Api(api.connect()), RbacAuthorizationV1Api(api.connect())
    for name in namespaces:
        with suppress(ApiException):  # it is not there
            rbac.delete_cluster_role_binding(binding_of(name))
        with suppress(ApiException):
            core.delete_namespace(name)
    for _ in range(600):
        there = {item.metadata.name for item in core.list_namespace().items if item.metadata}
        if not there & set(namespaces):
            return
        time.sleep(0.2)
    pytest.fail(f"namespaces {', '.join(namespaces)} of an earlier run do not go away")
