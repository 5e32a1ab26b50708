"""Homes of another hub: moved to this one's namespace without a copy, and back, on the local cluster."""

from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest
from kubernetes.client import (
    CoreV1Api,
    V1Container,
    V1ObjectMeta,
    V1PersistentVolumeClaim,
    V1PersistentVolumeClaimSpec,
    V1PersistentVolumeClaimVolumeSource,
    V1Pod,
    V1PodSecurityContext,
    V1PodSpec,
    V1Volume,
    V1VolumeMount,
    V1VolumeResourceRequirements,
)

from migrate.homes.__main__ import main
from migrate.homes.cluster import homes
from migrate.homes.steps import Step, next_step
from tests.e2e.hubs import forget, new_namespace, run_in
from tests.waiting import wait_until
from tools.local import api, layout

pytestmark = pytest.mark.scenario

_OLD: Final = "e2e-moved-old"
_NEW: Final = "e2e-moved-notebooks"
_HOMES: Final = {"ada": "claim-ada", "octo-cat": "claim-octo-2dcat"}
"""Claims by user, the second one named as by charts before version 4."""


@pytest.fixture(scope="module")
def core(live_cluster: Path) -> Generator[CoreV1Api]:  # noqa: ARG001 the cluster has to run
    """Two namespaces, and claims for the homes of an old hub in one of them."""
    forget(_OLD, _NEW)
    core = CoreV1Api(api.connect())
    for namespace in (_OLD, _NEW):
        new_namespace(namespace)
    for user, claim in _HOMES.items():
        core.create_namespaced_persistent_volume_claim(_OLD, _claim(user, claim))
    yield core
    forget(_OLD, _NEW)


def _claim(user: str, name: str) -> V1PersistentVolumeClaim:
    annotations = {"hub.jupyter.org/username": user, "hub.jupyter.org/servername": ""}
    return V1PersistentVolumeClaim(
        metadata=V1ObjectMeta(name=name, annotations=annotations, labels={"component": "singleuser-storage"}),
        spec=V1PersistentVolumeClaimSpec(
            access_modes=["ReadWriteOnce"],
            storage_class_name=layout.STORAGE_CLASS,
            resources=V1VolumeResourceRequirements(requests={"storage": "16Mi"}),
        ),
    )


def _in_home(core: CoreV1Api, image: str, namespace: str, claim: str, command: str) -> str:
    """Run a command in a pod that has the home."""
    _start(core, image, namespace, claim)
    output = run_in(namespace, "server", command)
    _stop(core, namespace)
    return output


def _start(core: CoreV1Api, image: str, namespace: str, claim: str) -> None:
    container = V1Container(
        name="server",
        image=image,
        command=["sleep", "600"],
        volume_mounts=[V1VolumeMount(name="home", mount_path="/home/jovyan")],
    )
    home = V1Volume(name="home", persistent_volume_claim=V1PersistentVolumeClaimVolumeSource(claim_name=claim))
    spec = V1PodSpec(
        containers=[container],
        volumes=[home],
        security_context=V1PodSecurityContext(fs_group=100),
        termination_grace_period_seconds=0,
    )
    core.create_namespaced_pod(namespace, V1Pod(metadata=V1ObjectMeta(name="server"), spec=spec))
    wait_until(lambda: _phase(core, namespace) == "Running")


def _phase(core: CoreV1Api, namespace: str) -> str | None:
    status = core.read_namespaced_pod("server", namespace).status
    return status.phase if status else None


def _stop(core: CoreV1Api, namespace: str) -> None:
    core.delete_namespaced_pod("server", namespace)
    wait_until(lambda: not core.list_namespaced_pod(namespace).items)


def _steps(core: CoreV1Api, *, back: bool = False) -> dict[str, Step]:
    return {home.record.user: next_step(home) for home in homes(core, _OLD, _NEW, back=back)}


def _move(*words: str) -> int:
    return main(["--old", _OLD, "--new", _NEW, *words])


@pytest.fixture(scope="module")
def image(image_settings: dict[str, str]) -> str:
    return image_settings["notebook.image"]


@pytest.fixture(autouse=True)
def _kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(layout.KUBECONFIG))


def test_without_apply_nothing_changes(core: CoreV1Api, image: str, capsys: pytest.CaptureFixture[str]) -> None:
    for user, claim in _HOMES.items():
        _in_home(core, image, _OLD, claim, f"echo {user} > /home/jovyan/thesis.txt")
    assert _move() == 0
    printed = capsys.readouterr().err
    assert f"{_OLD}/claim-octo-2dcat -> {_NEW}/claim-octo-cat" in printed
    assert _steps(core) == dict.fromkeys(_HOMES, Step.RETAIN)


def test_a_home_in_use_stops_the_move_of_all(core: CoreV1Api, image: str, capsys: pytest.CaptureFixture[str]) -> None:
    _start(core, image, _OLD, "claim-ada")
    assert _move("--apply") == 1
    assert f"{_OLD}/claim-ada is in use by server" in capsys.readouterr().err
    assert _steps(core) == dict.fromkeys(_HOMES, Step.RETAIN)
    _stop(core, _OLD)


def test_homes_move_with_their_files_and_the_names_of_this_hub(core: CoreV1Api, image: str) -> None:
    assert _move("--apply", "--user", "ada") == 0
    assert _steps(core) == {"ada": Step.DONE, "octo-cat": Step.RETAIN}
    assert _move("--apply") == 0
    assert _steps(core) == dict.fromkeys(_HOMES, Step.DONE)
    assert _in_home(core, image, _NEW, "claim-octo-cat", "cat /home/jovyan/thesis.txt") == "octo-cat"
    assert not core.list_namespaced_persistent_volume_claim(_OLD).items


def test_a_second_run_changes_nothing(core: CoreV1Api, capsys: pytest.CaptureFixture[str]) -> None:
    before = _claims(core, _NEW)
    assert _move("--apply") == 0
    assert "2 homes are where they belong" in capsys.readouterr().err
    assert _claims(core, _NEW) == before


def test_homes_move_back_with_the_names_that_they_had(core: CoreV1Api, image: str) -> None:
    assert _move("--back", "--apply") == 0
    assert set(_claims(core, _OLD)) == set(_HOMES.values())
    assert not _claims(core, _NEW)
    assert _in_home(core, image, _OLD, "claim-ada", "cat /home/jovyan/thesis.txt") == "ada"
    assert {home.policy for home in homes(core, _OLD, _NEW)} == {"Delete"}
    assert _steps(core) == dict.fromkeys(_HOMES, Step.RETAIN)


def _claims(core: CoreV1Api, namespace: str) -> dict[str, str]:
    """Return the UIDs of claims by name."""
    found = core.list_namespaced_persistent_volume_claim(namespace).items
    return {str(claim.metadata.name): str(claim.metadata.uid) for claim in found if claim.metadata}
