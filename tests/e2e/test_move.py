"""A whole move from a hub of the Helm chart to a stack, and back, as docs/migrate.md describes it."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml
from kubernetes.client import CoreV1Api

from migrate.__main__ import main as migrate
from migrate.database.__main__ import main as move_database
from migrate.homes.__main__ import main as move_homes
from tests.e2e import chart_hub
from tests.e2e.hub_settings import binding_of
from tests.e2e.hubs import ChangingHub, destroyed_in_the_end, forget, pods, require_success, run_in_server
from tests.waiting import wait_until
from tools.engine import Engine, Stack
from tools.local import api, layout

pytestmark = pytest.mark.scenario

_OLD: Final = "e2e-move-chart"
_NEW: Final = "e2e-move"
_NOTEBOOKS: Final = f"{_NEW}-notebooks"
_OLD_ADDRESS: Final = "127.100.0.28"
_NEW_ADDRESS: Final = "127.100.0.29"
_USER: Final = "octo-cat"
_HOMES: Final = ["--old", _OLD, "--new", _NOTEBOOKS]
_DATABASE: Final = ["--old", _OLD, "--new", _NEW]
_VALUES: Final = f"""
hub:
  config:
    JupyterHub: {{authenticator_class: dummy}}
    Authenticator: {{admin_users: [ada], allowed_users: [{_USER}]}}
  db: {{type: sqlite-pvc, pvc: {{storage: 64Mi, storageClassName: {layout.STORAGE_CLASS}}}}}
proxy:
  service: {{type: LoadBalancer, loadBalancerIP: {_OLD_ADDRESS}}}
singleuser:
  cpu: {{guarantee: 0.25, limit: 1}}
  memory: {{guarantee: 256M, limit: 512M}}
  storage: {{capacity: 64Mi, dynamic: {{storageClass: {layout.STORAGE_CLASS}}}}}
"""
_NOTEBOOK: Final = (
    '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": '
    '[{"id": "a", "cell_type": "markdown", "metadata": {}, "source": "TEXT"}]}'
)


class _Person:
    """The user with an API token, at one of the hubs."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"token {token}"}, timeout=30)

    def ask(self, path: str, method: str = "GET", **options: Any) -> httpx.Response:  # noqa: ANN401 httpx's own
        return self._client.request(method, path, **options)

    def start(self) -> None:
        assert self.ask(f"/hub/api/users/{_USER}/server", "POST").status_code in {201, 202}
        wait_until(self._has_server, seconds=180)

    def stop(self, namespace: str) -> None:
        assert self.ask(f"/hub/api/users/{_USER}/server", "DELETE").status_code in {202, 204}
        wait_until(lambda: not [name for name in pods(namespace) if name.startswith("jupyter-")])

    def _has_server(self) -> bool:
        answer = self.ask(f"/user/{_USER}/api/status")
        return answer.status_code == 200 and answer.headers["content-type"].startswith("application/json")

    def notebook(self) -> str:
        """Return the text of the notebook in the home."""
        cells: list[dict[str, str]] = self.ask(f"/user/{_USER}/api/contents/thesis.ipynb").json()["content"]["cells"]
        return cells[0]["source"]

    def save(self, text: str) -> None:
        content = json.loads(_NOTEBOOK.replace("TEXT", text))
        model = {"type": "notebook", "format": "json", "content": content}
        answer = self.ask(f"/user/{_USER}/api/contents/thesis.ipynb", "PUT", json=model)
        assert answer.status_code in {200, 201}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("move")


@pytest.fixture(scope="module")
def token(live_cluster: Path, image_settings: dict[str, str]) -> Generator[str]:
    """An API token of the user at the old hub."""
    assert live_cluster.exists()
    forget(_OLD)
    chart_hub.install(_OLD, _OLD_ADDRESS, image_settings)
    yield chart_hub.new_token(_OLD, _USER)
    forget(_OLD)


@pytest.fixture(scope="module")
def hub(
    token: str, folder: Path, built_engine: Engine, live_cluster: Path, image_settings: dict[str, str]
) -> Generator[ChangingHub]:
    """The new hub, with the settings that the values are translated to."""
    assert token
    written = yaml.safe_load((folder / "Pulumi.move.yaml").read_text())["config"]
    translated = {key.removeprefix("jupyterhub:"): value for key, value in written.items()}
    hub = ChangingHub(
        stack=Stack(name="move", engine=built_engine, folder=folder, kubeconfig=live_cluster),
        url=f"http://{_NEW_ADDRESS}",
        settings={
            **translated,
            **image_settings,
            "namespace": _NEW,
            # The old hub has its own until the end.
            "endpoint.address": _NEW_ADDRESS,
            "clusterAdmin.user": "operator@example.com",
            "clusterAdmin.bindingName": binding_of(_NEW),
            "protect": "false",
            "hub.keepDatabase": "false",
        },
    )
    with destroyed_in_the_end(hub, _NEW, _NOTEBOOKS):
        require_success(hub.up(), _NEW)
        yield hub


@pytest.fixture
def there(token: str) -> _Person:
    return _Person(f"http://{_OLD_ADDRESS}", token)


@pytest.fixture
def here(hub: ChangingHub, token: str) -> _Person:
    return _Person(hub.url, token)


@pytest.fixture(autouse=True)
def _kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(layout.KUBECONFIG))


def _log(namespace: str, pod: str) -> str:
    return str(CoreV1Api(api.connect()).read_namespaced_pod_log(pod, namespace))


def _claims(namespace: str) -> set[str]:
    found = CoreV1Api(api.connect()).list_namespaced_persistent_volume_claim(namespace).items
    return {str(claim.metadata.name) for claim in found if claim.metadata}


def test_a_hub_of_the_chart_has_a_user_with_a_notebook(there: _Person) -> None:
    there.start()
    there.save("# My thesis")
    there.stop(_OLD)
    assert _claims(_OLD) == {"hub-db-dir", "claim-octo-2dcat"}


def test_its_values_become_a_stack_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "values.yaml").write_text(_VALUES)
    assert migrate(["values.yaml", "--stack", "move"]) == 0
    assert "(100 %)" in (folder / "migration-move.md").read_text()


def test_nothing_moves_while_the_old_hub_runs(hub: ChangingHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert hub.url
    assert move_database([*_DATABASE, "--apply"]) == 1
    assert f"kubectl --namespace {_OLD} scale deployment hub --replicas=0" in capsys.readouterr().err
    chart_hub.scale(_OLD, 0)


def test_without_apply_nothing_changes(here: _Person, capsys: pytest.CaptureFixture[str]) -> None:
    before = pods(_NEW)
    assert move_homes(_HOMES) == 0
    assert move_database(_DATABASE) == 0
    assert capsys.readouterr().err.count("Nothing is changed") == 2
    assert pods(_NEW) == before
    assert here.ask("/hub/api/user").status_code == 403


def test_homes_and_database_move(capsys: pytest.CaptureFixture[str]) -> None:
    assert move_homes([*_HOMES, "--apply"]) == 0
    assert _claims(_NOTEBOOKS) == {"claim-octo-cat"}
    assert move_database([*_DATABASE, "--apply"]) == 0
    assert "2 users and " in capsys.readouterr().err
    assert "Upgrading sqlite:///" in _log(_NEW, "tf-hub-0")


def test_the_user_finds_notebook_and_token(here: _Person) -> None:
    assert here.ask("/hub/api/user").json()["name"] == _USER
    here.start()
    assert here.notebook() == "# My thesis"
    log = _log(_NEW, "tf-hub-0")
    assert f"of the namespace {_OLD}" in log
    assert "claim-octo-2dcat" not in log, "the database has the new name of the home"
    here.save("# My thesis, second edition")
    assert run_in_server(_NOTEBOOKS, _USER, "stat -c %u:%g /home/jovyan/thesis.ipynb") == "1000:100"


def test_a_second_run_changes_nothing(here: _Person, capsys: pytest.CaptureFixture[str]) -> None:
    before = pods(_NEW)
    assert move_homes([*_HOMES, "--apply"]) == 0
    assert move_database([*_DATABASE, "--apply"]) == 0
    assert "has the database of" in capsys.readouterr().err
    assert pods(_NEW) == before
    assert here.notebook() == "# My thesis, second edition"


def test_the_way_back_leads_to_the_old_hub_with_what_was_saved_since(here: _Person, there: _Person) -> None:
    here.stop(_NOTEBOOKS)
    assert move_database([*_DATABASE, "--back", "--apply"]) == 0
    assert here.ask("/hub/api/user").status_code == 403, "the token is the old hub's"
    assert move_homes([*_HOMES, "--back", "--apply"]) == 0
    chart_hub.scale(_OLD, 1)
    there.start()
    assert there.notebook() == "# My thesis, second edition"
    assert _claims(_OLD) == {"hub-db-dir", "claim-octo-2dcat"}
