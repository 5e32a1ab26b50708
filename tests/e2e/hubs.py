"""Hubs of the tests. A developer may have another one on the same cluster."""

import secrets
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from kubernetes.client import (
    AppsV1Api,
    CoreV1Api,
    NetworkingV1Api,
    RbacAuthorizationV1Api,
    SchedulingV1Api,
    StorageV1Api,
)
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] -- it has no types
from playwright.sync_api import Browser, Page

from tests.conftest import make_stack, set_secret
from tests.doubles.github import GitHub
from tests.e2e.browser import open_browser, sign_in_with_github
from tools.engine import Stack
from tools.local import api, layout


def binding_of(namespace: str) -> str:
    """Return the name of the ClusterRoleBinding of a hub in this namespace."""
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


NAMESPACE = "e2e-hub"
NOTEBOOKS = f"{NAMESPACE}-notebooks"
SETTINGS = _settings(NAMESPACE, "127.100.0.11")
"""Settings of the hub with dummy sign-in."""

MAKE_NAMESPACE = "e2e-make"
MAKE_NOTEBOOKS = f"{MAKE_NAMESPACE}-notebooks"
MAKE_SETTINGS = _settings(MAKE_NAMESPACE, "127.100.0.40")
"""Settings of the hub of `make up`, whose address is replaced with a node port."""

RIGHTS_NAMESPACE = "e2e-rights"
RIGHTS_NOTEBOOKS = f"{RIGHTS_NAMESPACE}-notebooks"
RIGHTS_SETTINGS = _settings(RIGHTS_NAMESPACE, "127.100.0.14")
"""Settings of the hub whose previews run with few permissions."""

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
"""Settings of the hub with GitHub sign-in, without those that depend on the running test double."""

OIDC_NAMESPACE = "e2e-oidc"
OIDC_NOTEBOOKS = f"{OIDC_NAMESPACE}-notebooks"
OIDC_ADDRESS = "127.100.0.24"
OIDC_SETTINGS: dict[str, object] = {
    **_settings(OIDC_NAMESPACE, OIDC_ADDRESS),
    "auth.type": "oidc",
    "auth.blockedUsers": ["mallory"],
    "oidc.title": "Example University",
    "oidc.allowedGroups": ["staff"],
    "oidc.adminGroups": ["admins"],
    "oidc.recheckMinutes": 1,
    "oidc.logoutAtProvider": True,
    "notebook.choices": [
        {"name": "small", "title": "Small", "cpu": 0.25, "memory": "512Mi"},
        {"name": "large", "title": "Large", "cpu": 0.25, "memory": "768Mi", "groups": ["physics"]},
    ],
}
"""Settings of the hub with OpenID Connect, without those that depend on the running provider."""

POSTGRES_NAMESPACE = "e2e-postgres"
POSTGRES_NOTEBOOKS = f"{POSTGRES_NAMESPACE}-notebooks"
POSTGRES_ADDRESS = "127.100.0.13"
POSTGRES_SETTINGS: dict[str, object] = {
    **_settings(POSTGRES_NAMESPACE, POSTGRES_ADDRESS),
    "auth.adminUsers": ["ada"],
    "database.type": "postgresql",
}
"""Settings of the hub with a PostgreSQL database."""

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
"""Settings of the hub with https on its load balancer."""

EXPOSURE_NAMESPACE = "e2e-exposure"
EXPOSURE_NOTEBOOKS = f"{EXPOSURE_NAMESPACE}-notebooks"
EXPOSURE_ADDRESS = "127.100.0.31"
"""Address of the controllers in front of the hub, which are processes of this machine."""
EXPOSURE_HOST = "exposure.example.org"
EXPOSURE_SETTINGS: dict[str, object] = {
    **{key: value for key, value in _settings(EXPOSURE_NAMESPACE, "").items() if key != "endpoint.address"},
    "auth.allowAnyoneFromTheInternet": "true",
    "endpoint.type": "ingress",
    "endpoint.hostname": EXPOSURE_HOST,
    "endpoint.ingressClass": "e2e-exposure-traefik",
    "endpoint.certManager": {"clusterIssuer": "e2e-exposure-ca"},
    "hub.baseUrl": "/jupyter",
}
"""Settings of the hub behind a controller, with a base URL."""

CHOICES_NAMESPACE = "e2e-choices"
CHOICES_NOTEBOOKS = f"{CHOICES_NAMESPACE}-notebooks"
CHOICES_SETTINGS = _settings(CHOICES_NAMESPACE, "127.100.0.17")
"""Settings of the hub with choices, without those that depend on the built images."""

MONITORING_NAMESPACE = "e2e-monitoring"
MONITORING_NOTEBOOKS = f"{MONITORING_NAMESPACE}-notebooks"
PROMETHEUS_NAMESPACE = "e2e-monitoring-prometheus"
MONITORING_SETTINGS: dict[str, object] = {
    **_settings(MONITORING_NAMESPACE, "127.100.0.26"),
    "monitoring.metrics": "prometheus",
    "monitoring.namespace": PROMETHEUS_NAMESPACE,
    "monitoring.usage": "users",
    "monitoring.groups": ["physics"],
    "monitoring.logs": "json",
    "hub.groups": {"physics": ["ada"], "others": ["bob", "cyd", "dan", "eve"]},
    "hub.services": [{"name": "tester", "scopes": ["admin:users", "admin:servers"]}],
    "notebook.choices": [
        {"name": "small", "title": "Small", "cpu": 0.25, "memory": "512Mi"},
        {
            "name": "broken",
            "title": "Broken",
            "cpu": 0.25,
            "memory": "512Mi",
            "images": [{"image": "registry.invalid/missing:1"}],
        },
    ],
}
"""Settings of the hub that a Prometheus reads. Its token is in the second namespace."""

DOCTOR_NAMESPACE = "e2e-doctor"
DOCTOR_NOTEBOOKS = f"{DOCTOR_NAMESPACE}-notebooks"
DOCTOR_ADDRESS = "127.100.0.36"
DOCTOR_SETTINGS = _settings(DOCTOR_NAMESPACE, DOCTOR_ADDRESS)
"""Settings of the hub that is broken in several ways."""

CAPACITY_NAMESPACE = "e2e-capacity"
CAPACITY_NOTEBOOKS = f"{CAPACITY_NAMESPACE}-notebooks"
PLACE = "e2e-capacity.example.org/place"
"""A resource of which the test gives the node one, so that one server has room."""
CAPACITY_SETTINGS: dict[str, object] = {
    **_settings(CAPACITY_NAMESPACE, "127.100.0.27"),
    "hub.concurrentStarts": 1,
    "hub.activeServers": 2,
    "notebook.quota": {"pods": 2, "requests.storage": "1Gi"},
    "notebook.prepull": True,
    "notebook.choices": [
        {"name": "small", "title": "Small", "cpu": 0.1, "memory": "256Mi"},
        {
            "name": "place",
            "title": "On the only place",
            "cpu": 0.1,
            "memory": "256Mi",
            "additionalResources": {PLACE: 1},
        },
        {
            "name": "missing",
            "title": "On a machine and of an image that are not there",
            "cpu": 64,
            "memory": "256Mi",
            "images": [{"image": "registry.invalid/missing:1"}],
        },
    ],
    "notebook.spare": [
        {"servers": 1, "choice": "place", "hours": "Mon-Sun 00:00-24:00 UTC"},
        {"servers": 2, "choice": "missing"},
    ],
}
"""Settings of the hub with spare capacity and pre-pulled images, and with limits that two people reach."""

IAP_NAMESPACE = "e2e-iap"
IAP_NOTEBOOKS = f"{IAP_NAMESPACE}-notebooks"
IAP_SETTINGS: dict[str, object] = {
    **{key: value for key, value in _settings(IAP_NAMESPACE, "").items() if key != "endpoint.address"},
    "gcp.project": "my-project-123",
    "cluster.mode": "existing",
    "cluster.location": "europe-west1",
    # The default StorageClasses need Google's disks.
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
"""Settings of the hub behind Identity-Aware Proxy; the local cluster stands in for the GKE cluster."""


@dataclass(frozen=True, kw_only=True)
class Hub:
    """A running hub."""

    stack: Stack
    url: str
    printed: str
    """The output of the first update."""


@dataclass(kw_only=True)
class ChangingHub:
    """A hub whose settings change."""

    stack: Stack
    url: str
    settings: dict[str, object]
    secrets: dict[str, str]
    """By config key."""
    printed: list[str] = field(default_factory=list[str])
    """The outputs of all Pulumi commands."""

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Pulumi command, and record its output."""
        done = self.stack.run(*arguments)
        self.printed.append(done.stdout)
        return done

    def prepare(self) -> None:
        """Write the stack file."""
        stack = self.stack
        assert stack.kubeconfig
        make_stack(stack.name, stack.folder, stack.engine, stack.kubeconfig, self.settings)
        for key, value in self.secrets.items():
            set_secret(stack, key, value)

    def up(self, **changed: object) -> subprocess.CompletedProcess[str]:
        """Update the stack with changed settings (`auth_adminUsers` is `auth.adminUsers`), which are kept."""
        self.settings |= {key.replace("_", ".", 1): value for key, value in changed.items()}
        self.prepare()
        return self.pulumi("up", "--yes", "--diff")


@dataclass(kw_only=True)
class GitHubHub(ChangingHub):
    """A hub with sign-in with the test double of GitHub."""

    github: GitHub
    chromium: Browser
    url: str = f"http://{GITHUB_ADDRESS}"

    def visit(self) -> AbstractContextManager[Page]:
        """Open the hub's first page in a new browser context."""
        return open_browser(self.chromium, self.url)


@contextmanager
def signed_in(hub: GitHubHub, login: str) -> Generator[Page]:
    """Open a new browser context in which an authorized user is signed in."""
    with hub.visit() as page:
        sign_in_with_github(page, login)
        # The spawn form, or the running server.
        page.wait_for_url(lambda url: url.startswith((f"{hub.url}/hub/spawn", f"{hub.url}/user/")))
        yield page


def pods(namespace: str) -> dict[str, str]:
    """Return the UIDs of a namespace's pods, by name."""
    found = CoreV1Api(api.connect()).list_namespaced_pod(namespace).items
    return {str(pod.metadata.name): str(pod.metadata.uid) for pod in found if pod.metadata}


def run_in_server(namespace: str, user: str, command: str) -> str:
    """Return the output of a shell command in the server of a user."""
    return run_in(namespace, f"jupyter-{user}", command)


def run_in(namespace: str, pod: str, command: str) -> str:
    """Return the output of a shell command in a pod."""
    core = CoreV1Api(api.connect())
    output = cast(
        "str",
        stream(
            core.connect_get_namespaced_pod_exec,
            pod,
            namespace,
            command=["sh", "-c", f"({command}) 2>&1"],
            stdout=True,
            stderr=True,
        ),
    )
    return output.strip()


def require_success(done: subprocess.CompletedProcess[str], namespace: str) -> None:
    """Fail with the end of Pulumi's output and the problems of pods if a command failed."""
    if done.returncode:
        pytest.fail("\n".join([done.stdout[-3000:], *api.troubles(namespace)]), pytrace=False)


def wait_until(condition: Callable[[], bool], *, seconds: int = 60) -> None:
    """Fail unless a condition becomes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds} s")
        time.sleep(0.5)


def readable_texts(*namespaces: str) -> dict[str, str]:
    """Return all texts of namespaces in which no secret may be, by kind."""
    core, apps = CoreV1Api(api.connect()), AppsV1Api(api.connect())
    listed: Mapping[str, Callable[[str], object]] = {
        "config maps": core.list_namespaced_config_map,
        "pods": core.list_namespaced_pod,
        "stateful sets": apps.list_namespaced_stateful_set,
        "deployments": apps.list_namespaced_deployment,
        "events": core.list_namespaced_event,
    }
    logs = "".join(core.read_namespaced_pod_log(pod, name) for name in namespaces for pod in pods(name))
    return {kind: "".join(str(find(name)) for name in namespaces) for kind, find in listed.items()} | {"logs": logs}


def marker() -> str:
    """Return a unique secret that a search can find."""
    return f"marker-{secrets.token_hex(20)}"


@contextmanager
def brought_up(stack: Stack, *namespaces: str) -> Generator[Hub]:
    """Deploy a hub, and destroy it in the end.

    Args:
        stack: The prepared stack.
        namespaces: The namespaces of hub and notebooks, deleted before and after.
    """
    forget(*namespaces)
    done = stack.run("up", "--yes", "--skip-preview")
    require_success(done, namespaces[0])
    yield Hub(stack=stack, url=stack.output("hub_url"), printed=done.stdout)
    stack.run("destroy", "--yes", "--skip-preview")
    forget(*namespaces)


def forget(*namespaces: str) -> None:
    """Delete the namespaces of hubs and their objects of the cluster, and wait until they are gone.

    Objects of the cluster (StorageClasses, IngressClasses, PriorityClasses, ClusterRoles and their bindings) are those
    whose name starts with a namespace and a hyphen: tests name theirs so, as an interrupted run leaves them, and the
    cluster keeps its data.
    """
    connection = api.connect()
    core, rbac, storage = CoreV1Api(connection), RbacAuthorizationV1Api(connection), StorageV1Api(connection)
    networking, scheduling = NetworkingV1Api(connection), SchedulingV1Api(connection)
    of_cluster: tuple[tuple[Callable[[], Any], Callable[[str], object]], ...] = (
        (rbac.list_cluster_role_binding, rbac.delete_cluster_role_binding),
        (rbac.list_cluster_role, rbac.delete_cluster_role),
        (storage.list_storage_class, storage.delete_storage_class),
        (scheduling.list_priority_class, scheduling.delete_priority_class),
        (networking.list_ingress_class, networking.delete_ingress_class),
    )
    prefixes = tuple(f"{namespace}-" for namespace in namespaces)
    for list_all, delete in of_cluster:
        for item in list_all().items:
            if item.metadata and item.metadata.name and item.metadata.name.startswith(prefixes):
                delete(item.metadata.name)
    for namespace in namespaces:
        with suppress(ApiException):  # it does not exist
            core.delete_namespace(namespace)
    for _ in range(600):
        there = {item.metadata.name for item in core.list_namespace().items if item.metadata}
        if not there & set(namespaces):
            return
        time.sleep(0.2)
    pytest.fail(f"namespaces {', '.join(namespaces)} are not deleted")
