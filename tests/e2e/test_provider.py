"""A hub that a program in YAML deploys with the component package."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from kubernetes.client import CoreV1Api

from tests.e2e.hub_settings import binding_of
from tests.e2e.hubs import forget, marker, pods, readable_texts
from tests.package_programs import Program, new_program
from tests.waiting import wait_until
from tools.benchmarks.visitor import Visitor
from tools.engine import Engine
from tools.local import api

pytestmark = pytest.mark.scenario

_NAMESPACE: Final = "e2e-provider"
_NOTEBOOKS: Final = f"{_NAMESPACE}-notebooks"
_ADDRESS: Final = "127.100.0.33"


@pytest.fixture(scope="module")
def program(
    built_engine: Engine, live_cluster: Path, image_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[Program]:
    """A program that is not deployed yet, destroyed after the tests."""
    forget(_NAMESPACE, _NOTEBOOKS)
    images = {key.partition(".")[0]: value for key, value in image_settings.items()}
    inputs: dict[str, Any] = {
        "namespace": _NAMESPACE,
        "protect": False,
        "auth": {"type": "dummy"},
        "clusterAdmin": {"user": "operator@example.com", "bindingName": binding_of(_NAMESPACE)},
        "endpoint": {"address": _ADDRESS},
        "hub": {"image": images["hub"], "keepDatabase": False, "storage": {"size": "64Mi"}},
        "proxy": {"image": images["proxy"]},
        "notebook": {
            "image": images["notebook"],
            "cpu": {"default": 0.25, "max": 2},
            "memory": {"default": "512Mi", "max": "1Gi"},
            "storage": {"size": "64Mi"},
            "secretEnvironment": {"DATA_TOKEN": "${dataToken}"},
        },
    }
    folder = tmp_path_factory.mktemp("provider")
    made = new_program(built_engine, folder, live_cluster, inputs, {"dataToken": marker()})
    yield made
    made.run("destroy", "--yes", "--skip-preview")
    forget(_NAMESPACE, _NOTEBOOKS)


def test_a_preview_changes_nothing(program: Program) -> None:
    assert "jupyterhub:index:JupyterHub" in program.succeed("preview", "--parallel", "1")
    namespaces = CoreV1Api(api.connect()).list_namespace().items
    assert not {_NAMESPACE, _NOTEBOOKS} & {item.metadata.name for item in namespaces if item.metadata}


def test_the_hub_comes_up_and_people_get_servers(program: Program) -> None:
    program.succeed("up", "--yes", "--skip-preview")
    url = program.succeed("stack", "output", "hubUrl").strip()
    assert url == f"http://{_ADDRESS}"
    with closing(Visitor(url, "ada")) as ada:
        ada.start()
        wait_until(lambda: ada.get("/hub/api/users/ada").json()["servers"][""]["ready"], seconds=180)
    assert "jupyter-ada" in pods(_NOTEBOOKS)


def test_the_secret_of_the_program_is_nowhere_in_plain_text(program: Program) -> None:
    (secret,) = program.secrets.values()
    assert secret not in str(program.state())
    assert [name for name, text in readable_texts(_NAMESPACE, _NOTEBOOKS).items() if secret in text] == []


def test_another_update_and_a_refresh_change_nothing(program: Program) -> None:
    program.succeed("up", "--yes", "--skip-preview", "--expect-no-changes")
    program.succeed("refresh", "--yes", "--skip-preview", "--expect-no-changes")


def test_destroy_deletes_the_hub(program: Program) -> None:
    program.succeed("destroy", "--yes", "--skip-preview")
    assert program.state() == []
    assert not {name for name in pods(_NAMESPACE) if name.startswith("tf-hub")}
