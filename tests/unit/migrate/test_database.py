"""The program that replaces database files, and what forbids a move."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from kubernetes.client import V1Container, V1PodSecurityContext, V1SecurityContext, V1Toleration, V1VolumeMount

from migrate.database import in_pod, pod
from migrate.database.place import Place, problems

_OLD_TABLES: Final = "4621fec11365"
"""Revision of JupyterHub 5.5."""


def _database(file: Path, *users: str, revision: str = _OLD_TABLES) -> Path:
    with closing(sqlite3.connect(file)) as database, database:
        database.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); CREATE TABLE api_tokens (hashed TEXT);"
            "CREATE TABLE users (name TEXT, encrypted_auth_state BLOB);"
            "CREATE TABLE spawners (id INTEGER, state TEXT);"
        )
        database.execute("INSERT INTO alembic_version VALUES (?)", [revision])
        database.execute("INSERT INTO api_tokens VALUES ('x')")
        states = [None, "{}", '{"pvc_name": "claim-octo-2dcat", "namespace": "old"}', '{"pvc_name": "claim-ada"}']
        database.executemany("INSERT INTO spawners VALUES (?, ?)", enumerate(states))
        database.executemany("INSERT INTO users VALUES (?, 'secret of another key')", [[name] for name in users])
    return file


def _users(file: Path) -> list[tuple[str, object]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute("SELECT name, encrypted_auth_state FROM users").fetchall()


def _run(*words: object, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program as the pod does."""
    command = [sys.executable, "-c", Path(in_pod.__file__).read_text(), *map(str, words)]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def _read(file: Path) -> dict[str, Any]:
    done = _run("read", file)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _write(file: Path, found: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    text = json.dumps({**found, "claims": {"claim-octo-2dcat": "claim-octo-cat"}})
    return _run("write", file, len(text), text=text)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    (tmp_path / "old").mkdir()
    return _database(tmp_path / "old" / "jupyterhub.sqlite", "ada", "bob")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    return _database(tmp_path / "new" / "jupyterhub.sqlite", "operator")


def test_a_database_is_carried_without_what_only_the_other_hub_can_read(old: Path, new: Path) -> None:
    done = _write(new, _read(old))
    assert json.loads(done.stdout) == {"is_new": True, "revision": _OLD_TABLES, "users": 2, "tokens": 1}
    assert _users(new) == [("ada", None), ("bob", None)]
    assert sorted(path.name for path in new.parent.iterdir()) == [
        "jupyterhub.sqlite",
        "jupyterhub.sqlite.before-move",
    ]


def test_servers_remember_the_new_names_of_their_homes(old: Path, new: Path) -> None:
    _write(new, _read(old))
    with closing(sqlite3.connect(new)) as database:
        states = [text for (text,) in database.execute("SELECT state FROM spawners ORDER BY id")]
    assert states[:2] == [None, "{}"]
    assert [json.loads(text)["pvc_name"] for text in states[2:]] == ["claim-octo-cat", "claim-ada"]


def test_nothing_changes_beside_the_old_database(old: Path) -> None:
    digest = hashlib.sha256(old.read_bytes()).hexdigest()
    _read(old)
    assert hashlib.sha256(old.read_bytes()).hexdigest() == digest
    assert [path.name for path in old.parent.iterdir()] == [old.name]


def test_changes_that_are_beside_a_database_are_carried_too(old: Path, new: Path) -> None:
    with closing(sqlite3.connect(old)) as open_one:
        open_one.execute("PRAGMA journal_mode = WAL")
        open_one.execute("INSERT INTO users VALUES ('eve', NULL)")
        open_one.commit()
        found = _read(old)
    _write(new, found)
    assert [name for name, _ in _users(new)] == ["ada", "bob", "eve"]


def test_changes_beside_the_replaced_database_are_kept_with_it_and_not_applied_to_the_other(
    old: Path, new: Path
) -> None:
    found = _read(old)
    with closing(sqlite3.connect(new)) as open_one:
        open_one.execute("PRAGMA journal_mode = WAL")
        open_one.execute("INSERT INTO users VALUES ('late', NULL)")
        open_one.commit()
        assert _write(new, found).returncode == 0
    assert [name for name, _ in _users(new)] == ["ada", "bob"]
    assert "late" in [name for name, _ in _users(Path(f"{new}.before-move"))]


def test_a_second_write_keeps_what_has_changed_since(old: Path, new: Path) -> None:
    found = _read(old)
    _write(new, found)
    with closing(sqlite3.connect(new)) as database, database:
        database.execute("INSERT INTO users VALUES ('since', NULL)")
    assert json.loads(_write(new, found).stdout)["is_new"] is False
    assert ("since", None) in _users(new)


def test_an_interrupted_write_goes_on_and_keeps_the_first_database(old: Path, new: Path) -> None:
    Path(f"{new}.incoming").write_bytes(b"half")
    _database(Path(f"{new}.before-move"), "first")
    assert json.loads(_write(new, _read(old)).stdout)["is_new"] is True
    assert [name for name, _ in _users(new)] == ["ada", "bob"]
    assert [name for name, _ in _users(Path(f"{new}.before-move"))] == ["first"]


def test_the_way_back_restores_the_database_and_keeps_the_other(old: Path, new: Path) -> None:
    _write(new, _read(old))
    assert _run("restore", new).returncode == 0
    assert [name for name, _ in _users(new)] == ["operator"]
    assert [name for name, _ in _users(Path(f"{new}.moved"))] == ["ada", "bob"]
    assert "there is no" in _run("restore", new).stderr
    assert json.loads(_write(new, _read(old)).stdout)["is_new"] is True


def test_the_database_of_a_newer_jupyterhub_is_refused(tmp_path: Path, new: Path) -> None:
    done = _write(new, _read(_database(tmp_path / "newer.sqlite", "ada", revision="f00dfeed0000")))
    assert done.returncode == 1
    assert "of a newer JupyterHub (revision f00dfeed0000)" in done.stderr
    assert [name for name, _ in _users(new)] == ["operator"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "there is no"), (b"text", "is no database of JupyterHub"), (b"", "is no database of JupyterHub")],
)
def test_what_is_no_database_is_refused(content: bytes | None, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "jupyterhub.sqlite"
    if content is not None:
        file.write_bytes(content)
    done = _run("read", file)
    assert done.returncode == 1
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_was_not_received_whole_is_refused(old: Path, new: Path) -> None:
    done = _write(new, {**_read(old), "sha256": "0" * 64})
    assert done.returncode == 1
    assert "was not received as it was sent" in done.stderr
    assert [name for name, _ in _users(new)] == ["operator"]


def _place(namespace: str, claim: str, **changed: Any) -> Place:  # noqa: ANN401 fields of any type
    mount = V1VolumeMount(name="db", mount_path="/srv/jupyterhub", sub_path="hub")
    container = V1Container(
        name="hub", image="hub:1", volume_mounts=[mount], security_context=V1SecurityContext(run_as_user=1000)
    )
    spec = SimpleNamespace(
        volumes=[SimpleNamespace(name="db", persistent_volume_claim=SimpleNamespace(claim_name=claim))],
        containers=[container],
        security_context=V1PodSecurityContext(fs_group=1000),
        node_selector={"pool": "core"},
        tolerations=[V1Toleration(key="core")],
        image_pull_secrets=None,
    )
    workload = SimpleNamespace(
        kind="Deployment",
        metadata=SimpleNamespace(name="hub"),
        spec=SimpleNamespace(template=SimpleNamespace(spec=spec)),
    )
    values: dict[str, Any] = {"volume": "pv", "moved_from": None, "workload": workload, "pods": ()}
    return Place(namespace=namespace, claim=claim, **{**values, **changed})


def _problems(*, back: bool = False, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None) -> list[str]:
    places = (_place("old", "hub-db-dir", **(old or {})), _place("hub", "tf-hub-database", **(new or {})))
    return problems(*places, name="tf-hub", back=back)


def test_a_running_hub_of_the_stack_and_a_stopped_old_one_forbid_nothing() -> None:
    assert _problems(new={"pods": ("tf-hub-0",)}) == []


@pytest.mark.parametrize(
    ("old", "new", "back", "problem"),
    [
        ({"volume": None}, {}, False, "the claim old/hub-db-dir does not exist, or has no volume"),
        ({}, {"volume": None}, False, "the claim hub/tf-hub-database does not exist, or has no volume"),
        ({"workload": None}, {}, False, "no Deployment or StatefulSet has the claim old/hub-db-dir"),
        ({"pods": ("hub-1",)}, {}, False, "kubectl --namespace old scale deployment hub --replicas=0"),
        ({}, {"pods": ("tf-hub-0", "debug")}, False, "is in use by debug, beside the hub"),
        ({}, {"moved_from": "other/hub-db-dir"}, False, "has the database of other/hub-db-dir; take it back first"),
        ({"volume": None}, {}, True, "hub/tf-hub-database has no database of another hub"),
    ],
)
def test_what_forbids_the_move_is_told_with_what_to_do(
    old: dict[str, Any],
    new: dict[str, Any],
    back: bool,  # noqa: FBT001 a parameter of the test
    problem: str,
) -> None:
    (told,) = _problems(old=old, new=new, back=back)
    assert problem in told


@pytest.mark.parametrize("read_only", [False, True])
def test_the_pod_is_restricted_and_has_the_hubs_image_user_and_nodes(*, read_only: bool) -> None:
    spec: Any = pod.manifest(_place("old", "hub-db-dir"), read_only=read_only).spec
    (container,) = spec.containers
    assert (container.image, spec.node_selector) == ("hub:1", {"pool": "core"})
    assert (spec.security_context.run_as_user, spec.security_context.fs_group) == (1000, 1000)
    assert spec.security_context.run_as_non_root
    assert not spec.automount_service_account_token
    assert container.security_context.capabilities.drop == ["ALL"]
    mount = container.volume_mounts[0]
    assert (mount.mount_path, mount.sub_path, mount.read_only) == ("/srv/jupyterhub", "hub", read_only)
