"""Permissions in the cluster that plans, comments and drift detection need: those of the workflows' accounts."""

import base64
import dataclasses
import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes.client import CoreV1Api, RbacAuthorizationV1Api, V1ObjectMeta, V1Secret

from tests.conftest import make_stack
from tests.doubles.certificates import pair
from tests.e2e.hub_settings import RIGHTS_NAMESPACE, RIGHTS_NOTEBOOKS, RIGHTS_SETTINGS
from tests.e2e.hubs import Hub, brought_up
from tests.previews import token_of
from tests.workflow_scripts import run
from tools.engine import Engine, Stack
from tools.local import api, layout
from tools.paths import CHECKOUT

_CHANGED: dict[str, object] = {
    "proxy.resources": {"requests": {"cpu": "70m"}},
    "notebook.quota": {"pods": 5},
    "notebook.idleMinutes": 30,
    "secrets.proxyTokenGeneration": 2,
    "endpoint.hostname": "hub.example.org",
    "endpoint.tlsSecret": "hub-tls",
    "auth.allowAnyoneFromTheInternet": "true",
}
"""Changes that update, replace and create objects, and name a Secret that the preview reads if it may."""
_PLANNED = {
    # The policy is that of cert-manager's pods; that of the proxy gets the port that redirects to https.
    "create": {"CertificateCheck", "NetworkPolicy", "NotebookQuota", "ResourceQuota", "Tls"},
    # Both are immutable: a new one restarts the pods that read it.
    "replace": {"ConfigMap", "Secret"},
    # The last is the provider of dynamic resources, whose inputs have the whole config.
    "update": {
        "ConnectionCheck",
        "Deployment",
        "NetworkPolicy",
        "Rollout",
        "Service",
        "StatefulSet",
        "Token",
        "pulumi-python",
    },
}
"""By operation, the kinds in the plan of these changes."""
_RBAC = ["roles", "rolebindings", "clusterrolebindings"]


def _rule(group: str, resources: Sequence[str]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": ["get"]}


@contextmanager
def _account(name: str, folder: Path, *, view: bool = False, rules: Sequence[object] = ()) -> Generator[Path]:
    """Create a ServiceAccount with these permissions, and yield its kubeconfig."""
    name = f"{RIGHTS_NAMESPACE}-{name}"
    connection = api.connect()
    # The client also accepts objects as dicts.
    core: Any = CoreV1Api(connection)
    rbac: Any = RbacAuthorizationV1Api(connection)
    bound = [name] if rules else []
    core.create_namespaced_service_account(RIGHTS_NAMESPACE, {"metadata": {"name": name}})
    if rules:
        rbac.create_cluster_role({"metadata": {"name": name}, "rules": list(rules)})
    for role in [*bound, *(["view"] if view else [])]:
        rbac.create_cluster_role_binding(
            {
                "metadata": {"name": f"{name}-{role}"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
                "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": RIGHTS_NAMESPACE}],
            }
        )
    try:
        request = core.create_namespaced_service_account_token(name, RIGHTS_NAMESPACE, {"spec": {}})
        config = yaml.safe_load(layout.KUBECONFIG.read_text())
        config["users"][0]["user"] = {"token": request.status.token}
        file = folder / name
        file.write_text(yaml.safe_dump(config))
        yield file
    finally:
        core.delete_namespaced_service_account(name, RIGHTS_NAMESPACE)
        for role in [*bound, *(["view"] if view else [])]:
            rbac.delete_cluster_role_binding(f"{name}-{role}")
        if rules:
            rbac.delete_cluster_role(name)


def _as(stack: Stack, kubeconfig: Path) -> Stack:
    return dataclasses.replace(stack, kubeconfig=kubeconfig)


@pytest.fixture(scope="module")
def hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Hub]:
    folder = tmp_path_factory.mktemp("rights")
    stack = make_stack("e2e", folder, built_engine, live_cluster, {**RIGHTS_SETTINGS, **image_settings})
    with brought_up(stack, RIGHTS_NAMESPACE, RIGHTS_NOTEBOOKS) as hub:
        yield hub


@pytest.fixture
def changed(hub: Hub, tmp_path: Path) -> Generator[Stack]:
    """The hub's stack with changed settings that are not deployed, and the Secret that they name."""
    certificate, key = pair("hub.example.org")
    texts = {"tls.crt": certificate, "tls.key": key}
    secret = V1Secret(metadata=V1ObjectMeta(name="hub-tls"), type="kubernetes.io/tls", string_data=texts)
    CoreV1Api(api.connect()).create_namespaced_secret(RIGHTS_NAMESPACE, secret)
    original = hub.stack.folder / "settings.yaml"
    content = yaml.safe_load(original.read_text())
    content["config"] |= {f"jupyterhub:{key}": value for key, value in _CHANGED.items()}
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump(content))
    hub.stack.prepare(file, {})
    yield hub.stack
    hub.stack.prepare(original, {})
    CoreV1Api(api.connect()).delete_namespaced_secret("hub-tls", RIGHTS_NAMESPACE)


def _planned(stack: Stack) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tools.review", "plan", "--stack", stack.name],
        cwd=stack.workspace,
        env={**os.environ, **stack.environment, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_plan_without_cluster_access_is_the_same_and_writes_no_state(changed: Stack, tmp_path: Path) -> None:
    state = {file: file.read_bytes() for file in (changed.folder / "pulumi").rglob("*") if file.is_file()}
    plan = _planned(changed)
    planned: dict[str, set[str]] = {}
    for line in plan.splitlines():
        operation, urn = line.split(" ")[:2]
        planned.setdefault(operation, set()).add(token_of(urn).rpartition(":")[2])
    assert planned == _PLANNED, plan
    with _account("no-access", tmp_path) as kubeconfig:
        assert _planned(_as(changed, kubeconfig)) == plan
    assert {file: file.read_bytes() for file in (changed.folder / "pulumi").rglob("*") if file.is_file()} == state


def test_a_comment_without_cluster_access_has_each_change_and_no_secret(changed: Stack, tmp_path: Path) -> None:
    (changed.workspace / ".venv").symlink_to(sys.prefix)
    with _account("no-access", tmp_path) as kubeconfig:
        variables = {
            **_as(changed, kubeconfig).environment,
            "STACK": changed.name,
            "HOW": "live",
            "RUN_URL": "https://github.com/octo/hub/actions/runs/1",
            "PYTHONPATH": str(CHECKOUT),
        }
        done = run("preview.sh", "comments", variables=variables, cwd=changed.workspace, folder=tmp_path)
    comment = (changed.workspace / "comments" / f"{changed.name}.md").read_text()
    assert done.returncode == 0, comment
    assert comment.startswith(f"<!-- jupyterhub-preview: {changed.name} -->\n")
    for change in ('"idle_minutes": 30', "70m", "ResourceQuota"):
        assert change in comment
    secret = CoreV1Api(api.connect()).list_namespaced_secret(RIGHTS_NAMESPACE).items
    values = {base64.b64decode(value).decode() for one in secret for value in (one.data or {}).values()}
    assert values
    assert {value for value in values if value in comment} == set()


def _drift(stack: Stack) -> subprocess.CompletedProcess[str]:
    return stack.run("preview", "--refresh", "--expect-no-changes")


def test_drift_detection_needs_to_read_secrets_and_rbac(hub: Hub, tmp_path: Path) -> None:
    with _account("viewer", tmp_path, view=True) as kubeconfig:
        refused = _drift(_as(hub.stack, kubeconfig))
        assert refused.returncode != 0
        for kind in ("secrets", *_RBAC):
            assert f'cannot get resource "{kind}"' in refused.stdout
    rules = [_rule("", ["secrets"]), _rule("rbac.authorization.k8s.io", _RBAC)]
    with _account("reader", tmp_path, view=True, rules=rules) as kubeconfig:
        found = _drift(_as(hub.stack, kubeconfig))
        assert found.returncode == 0, found.stdout
