"""Comments on changes of a running hub, and drift: the commands of the workflows, run against the cluster."""

import os
import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from kubernetes.client import AppsV1Api, CoreV1Api

from tests.conftest import make_stack, set_secret, succeed
from tests.e2e.hubs import brought_up, marker
from tests.examples import require_documented
from tests.kubeconfigs import write
from tests.waiting import wait_until
from tools.engine import Engine, Stack
from tools.local import api
from tools.paths import CHECKOUT

_NAMESPACE, _NOTEBOOKS = "e2e-review", "e2e-review-notebooks"
_SETTINGS: dict[str, object] = {
    "namespace": _NAMESPACE,
    "auth.type": "github",
    "auth.adminUsers": ["ada"],
    "github.clientId": "the-client-id",
    "github.organizations": ["physics"],
    "endpoint.address": "127.100.0.18",
    "protect": "false",
    "hub.keepDatabase": "false",
    "hub.storage": {"size": "64Mi"},
}
_CHANGED: dict[str, object] = {
    "github.organizations": ["physics", "maths:staff"],
    "notebook.images": ["quay.io/jupyter/scipy-notebook:2026-11-02"],
    "notebook.idleMinutes": 30,
    "notebook.quota": {"pods": 20},
    "proxy.resources": {"limits": {"memory": "512Mi"}},
    "endpoint.address": "127.100.0.19",
}
"""The changes of the branch."""
_RUN = "https://github.com/physics/hub/actions/runs/1"


@pytest.fixture(scope="module")
def secret() -> str:
    """The client secret of the OAuth app."""
    return marker()


@pytest.fixture(scope="module")
def stack(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    secret: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Stack]:
    """The deployed hub of the main branch."""
    folder = tmp_path_factory.mktemp("review")
    stack = make_stack("e2e", folder, built_engine, live_cluster, {**_SETTINGS, **image_settings})
    set_secret(stack, "github.clientSecret", secret)
    with brought_up(stack, _NAMESPACE, _NOTEBOOKS):
        yield stack
        _branch(stack, {**_SETTINGS, **image_settings}, secret)


def _branch(stack: Stack, values: dict[str, object], secret: str) -> None:
    """Write the stack file of a branch."""
    assert stack.kubeconfig
    make_stack(stack.name, stack.folder, stack.engine, stack.kubeconfig, values)
    set_secret(stack, "github.clientSecret", secret)


def _review(stack: Stack, command: str, *words: str) -> tuple[int, str, str]:
    """Run a command in the stack's workspace; return its exit code, comment or summary, and output."""
    comment = stack.folder / "comment.md"
    comment.unlink(missing_ok=True)
    target = "--summary" if command == "drift" else "--comment"
    environment = {
        **os.environ,
        **stack.environment,
        "PATH": f"{stack.engine.program.parent}{os.pathsep}{stack.environment.get('PATH', os.environ['PATH'])}",
        "PYTHONPATH": str(CHECKOUT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tools.review", command, "--stack", stack.name, target, str(comment), *words],
        cwd=stack.workspace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, comment.read_text(), done.stdout + done.stderr


def test_a_branch_without_changes_is_reported_as_unchanged(stack: Stack) -> None:
    code, text, _ = _review(stack, "preview", "--refresh")
    assert code == 0, text
    require_documented("unchanged", text)


def test_a_change_is_reported_with_its_consequences_and_differences(
    stack: Stack, image_settings: dict[str, str], secret: str
) -> None:
    _branch(stack, {**_SETTINGS, **_CHANGED, **image_settings}, secret)
    code, text, printed = _review(stack, "preview", "--run-url", _RUN)
    assert code == 0, text
    assert secret not in text + printed
    require_documented("good", text)


def test_a_changed_secret_is_reported_without_its_values(
    stack: Stack, image_settings: dict[str, str], secret: str
) -> None:
    new = marker()
    _branch(stack, {**_SETTINGS, **image_settings, "secrets.cookieGeneration": 2}, new)
    code, text, printed = _review(stack, "preview")
    assert code == 0, text
    assert "- The hub restarts" in text
    assert "- All users have to sign in again." in text
    assert "data: [secret] (changed)" in text
    for value in (secret, new):
        assert value not in text + printed


def test_invalid_settings_are_all_in_the_comment_and_fail_the_check(
    stack: Stack, image_settings: dict[str, str], secret: str
) -> None:
    _branch(stack, {**_SETTINGS, **image_settings, "notebook.memory": {"max": "2Gib"}, "hub.imgae": "x"}, secret)
    code, text, _ = _review(stack, "preview", "--run-url", _RUN)
    assert code == 1
    require_documented("failed", text)


def test_an_unreachable_cluster_is_in_the_comment_and_fails_the_check(
    stack: Stack, image_settings: dict[str, str], secret: str
) -> None:
    _branch(stack, {**_SETTINGS, **image_settings}, secret)
    kubeconfig = write(stack.folder / "away", {"away": "https://127.0.0.1:9"}, current="away")
    code, text, _ = _review(replace(stack, kubeconfig=kubeconfig), "preview")
    assert code == 1
    require_documented("unreachable", text.replace(str(kubeconfig), "/home/runner/.kube/config"))


def _seconds(apps: AppsV1Api) -> int | None:
    spec = apps.read_namespaced_deployment("tf-hub-proxy", _NAMESPACE).spec
    assert spec
    assert spec.template.spec
    return spec.template.spec.termination_grace_period_seconds


def _is_rolled_out(apps: AppsV1Api) -> bool:
    found = apps.read_namespaced_deployment("tf-hub-proxy", _NAMESPACE)
    assert found.metadata
    assert found.status
    is_seen = found.status.observed_generation == found.metadata.generation
    return is_seen and found.status.replicas == found.status.updated_replicas == found.status.available_replicas == 1


def test_drift_is_reported_and_fails_the_check(stack: Stack, image_settings: dict[str, str], secret: str) -> None:
    _branch(stack, {**_SETTINGS, **image_settings}, secret)
    code, text, _ = _review(stack, "drift")
    assert code == 0, text
    assert "Stack `e2e` has no drift" in text
    apps = AppsV1Api(api.connect())

    made = _seconds(apps)
    by_hand = {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 5}}}}
    apps.patch_namespaced_deployment("tf-hub-proxy", _NAMESPACE, by_hand, field_manager="operator")
    label = {"metadata": {"labels": {"team": "physics"}}}
    CoreV1Api(api.connect()).patch_namespaced_service("tf-hub-lb", _NAMESPACE, label, field_manager="operator")
    # While no proxy is ready, its Services are reported as changed too.
    wait_until(lambda: _is_rolled_out(apps), seconds=120)
    code, text, _ = _review(stack, "drift")
    assert code == 1
    require_documented("drift", text)
    # The fix of the report; the label of another field manager on the Service stays.
    environment = {**stack.engine.environment, "PULUMI_K8S_ENABLE_PATCH_FORCE": "true"}
    forced = replace(stack, engine=replace(stack.engine, environment=environment))
    succeed(forced, "up", "--yes", "--refresh")
    assert _seconds(apps) == made
