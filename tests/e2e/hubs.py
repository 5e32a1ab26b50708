"""Hubs of the tests, and questions to them. A developer may have another one on the same cluster."""

import secrets
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import pytest
from kubernetes.client import (
    AppsV1Api,
    CoreV1Api,
    NetworkingV1Api,
    RbacAuthorizationV1Api,
    SchedulingV1Api,
    StorageV1Api,
    V1Namespace,
    V1ObjectMeta,
)
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] -- it has no types
from playwright.sync_api import Browser, Page

from tests.conftest import make_stack, set_secret
from tests.doubles.github import GitHub
from tests.e2e.browser import open_browser, sign_in_with_github
from tests.e2e.hub_settings import GITHUB_ADDRESS
from tests.waiting import wait_until
from tools.engine import Stack
from tools.local import api


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
    secrets: dict[str, str] = field(default_factory=dict[str, str])
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


_Changing = TypeVar("_Changing", bound=ChangingHub)


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


@contextmanager
def destroyed_in_the_end(hub: _Changing, *namespaces: str) -> Generator[_Changing]:
    """Yield a hub that is not deployed yet, and destroy it in the end.

    Args:
        hub: The hub.
        namespaces: The namespaces of hub and notebooks, deleted before and after.
    """
    forget(*namespaces)
    yield hub
    hub.pulumi("destroy", "--yes")
    forget(*namespaces)


def new_namespace(name: str) -> None:
    """Create a namespace, and wait for its ServiceAccount `default`, which pods need and a controller makes."""
    core = CoreV1Api(api.connect())
    core.create_namespace(V1Namespace(metadata=V1ObjectMeta(name=name)))
    wait_until(lambda: bool(core.list_namespaced_service_account(name).items))


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
