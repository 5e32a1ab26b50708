"""A hub with a database on Cloud SQL: the stand-in for Google, with a real PostgreSQL server behind the instance.

The stand-in creates the stack's database and user in that server, and returns the server's address as the private
address of the instance, and its CA certificates. So the hub signs in with the password of the stack, as at Google.
"""

import base64
import json
from collections.abc import Generator
from pathlib import Path

import pytest
import trustme
from kubernetes.client import CoreV1Api
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests.conftest import leave_out, make_stack
from tests.doubles import postgres
from tests.doubles.google import refusals
from tests.doubles.google.plugin import engine_with_stand_in, kept_running
from tests.doubles.postgres import Server
from tests.e2e.hub_settings import binding_of
from tests.e2e.hubs import forget, pods, readable_texts, require_success
from tools.engine import Engine, Stack
from tools.errors import ToolError
from tools.local import api, layout

pytestmark = pytest.mark.scenario

_NAMESPACE, _NOTEBOOKS = "e2e-cloud-sql", "e2e-cloud-sql-notebooks"
_SETTINGS: dict[str, object] = {
    "namespace": _NAMESPACE,
    "auth.type": "dummy",
    "auth.adminUsers": ["ada"],
    "gcp.project": "my-project-123",
    "cluster.mode": "create",
    # Without node pools, the hub selects no nodes.
    "cluster.autopilot": True,
    "cluster.location": "europe-west1",
    "clusterAdmin.bindingName": binding_of(_NAMESPACE),
    "endpoint.type": "none",
    "protect": False,
    "hub.keepDatabase": False,
    # For SQLite, in the last steps; the default StorageClasses need Google's disks.
    "hub.storage": {"size": "64Mi", "storageClass": layout.STORAGE_CLASS},
    "notebook.keepHomes": False,
    "notebook.additionalResources": {},
    "database.type": "cloud-sql",
    "database.highAvailability": True,
}
_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
_HUB = "tf-hub-0"


@pytest.fixture(scope="module")
def server(live_cluster: Path) -> Generator[Server]:
    """The server behind the private address, with encrypted connections only, at the port of Cloud SQL."""
    assert live_cluster.exists()
    try:
        postgres.install()
    except ToolError as error:
        leave_out(str(error))
    with Server(address=str(layout.NODE_ADDRESS), port=5432, encrypted=True) as server:
        yield server


@pytest.fixture(scope="module")
def authorities(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File with the CA certificates of the instance, which the stand-in lists."""
    file = tmp_path_factory.mktemp("authorities") / "listed.pem"
    file.write_text(server.authority)
    return file


@pytest.fixture(scope="module")
def stack(
    built_engine: Engine,
    live_cluster: Path,
    server: Server,
    authorities: Path,
    image_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Stack]:
    """The stack. Only its own kubeconfig gives access to the cluster."""
    forget(_NAMESPACE, _NOTEBOOKS)
    folder = tmp_path_factory.mktemp("cloud-sql")
    engine = engine_with_stand_in(
        built_engine, folder, kubeconfig=live_cluster, fail={}, postgres=server.admin_url, ca_certificates=authorities
    )
    with kept_running(engine) as running:
        yield make_stack("cloud-sql", folder, running, folder / "none", {**_SETTINGS, **image_settings})
    forget(_NAMESPACE, _NOTEBOOKS)


def _succeed(stack: Stack, *arguments: str) -> str:
    done = stack.run(*arguments)
    require_success(done, _NAMESPACE)
    return done.stdout


def _set(stack: Stack, **settings: str) -> None:
    """Set config keys: `hub_keepDatabase` is `hub.keepDatabase`."""
    for key, value in settings.items():
        _succeed(stack, "config", "set", key.replace("_", ".", 1), value)


def _url() -> str:
    """Return the URL of the database in the hub's Secret."""
    data = [secret.data or {} for secret in CoreV1Api(api.connect()).list_namespaced_secret(_NAMESPACE).items]
    (url,) = [content["JUPYTERHUB_DATABASE_URL"] for content in data if "JUPYTERHUB_DATABASE_URL" in content]
    return base64.b64decode(url).decode()


def _cloud(stack: Stack) -> set[str]:
    """Return the types of the resources in the cloud."""
    return {key.split()[0] for key in json.loads((stack.folder / "cloud.json").read_text())}


def test_a_refused_instance_fails_the_update_with_googles_error(stack: Stack, server: Server) -> None:
    refusals.demand(stack.folder / "fail.json", {_INSTANCE: "quota"})
    done = stack.run("up", "--yes", "--skip-preview")
    refusals.demand(stack.folder / "fail.json", {})
    assert done.returncode != 0
    assert "quota" in done.stdout
    assert "Traceback" not in done.stdout
    assert server.administrate("SELECT 1 FROM pg_database WHERE datname = 'hub'") == []


def test_the_next_update_completes_and_the_database_connection_is_encrypted(stack: Stack, server: Server) -> None:
    _succeed(stack, "up", "--yes")
    assert pods(_NAMESPACE).keys() >= {_HUB}
    assert _users(server) == [("ada", True)]
    connections = server.administrate(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename='hub'"
    )
    assert set(connections) == {(True,)}
    assert CoreV1Api(api.connect()).list_namespaced_persistent_volume_claim(_NAMESPACE).items == []
    assert make_url(_url()).query["sslmode"] == "verify-ca"
    assert stack.output("database_instance").startswith("tf-hub-sql-instance-")


def test_a_second_update_and_a_refresh_change_nothing(stack: Stack) -> None:
    _succeed(stack, "up", "--yes", "--expect-no-changes")
    _succeed(stack, "refresh", "--yes", "--expect-no-changes")


def test_the_database_password_is_in_the_hubs_secret_only(stack: Stack, server: Server) -> None:
    places = {
        "Pulumi": "".join(
            _succeed(stack, *command)
            for command in (["preview", "--diff"], ["stack", "export"], ["stack", "output", "--json"], ["config"])
        ),
        **readable_texts(_NAMESPACE),
        "the server": server.log,
    }
    password = make_url(_url()).password
    assert password
    for form in (password, base64.b64encode(_url().encode()).decode()):
        assert [name for name, text in places.items() if form in text] == []


def test_a_server_certificate_of_an_unlisted_ca_fails_the_update(stack: Stack, authorities: Path) -> None:
    authorities.write_text(trustme.CA().cert_pem.bytes().decode())
    done = stack.run("up", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert "The hub does not start." in done.stdout
    assert "certificate verify failed" in done.stdout


def test_the_hub_trusts_each_listed_ca(stack: Stack, authorities: Path, server: Server) -> None:
    authorities.write_text(authorities.read_text() + server.authority)
    _succeed(stack, "up", "--yes")
    assert _users(server) == [("ada", True)]


def test_a_new_password_restarts_only_the_hub_and_revokes_the_old_one(
    stack: Stack, server: Server, authorities: Path
) -> None:
    before, old = pods(_NAMESPACE), _url()
    _set(stack, secrets_databasePasswordGeneration="2")
    _succeed(stack, "up", "--yes")
    after = pods(_NAMESPACE)
    assert after.keys() == before.keys()
    assert {name for name in before if before[name] != after[name]} == {_HUB}
    assert _users(server) == [("ada", True)]
    assert _signs_in(_url(), authorities)
    assert not _signs_in(old, authorities)


def test_a_protected_instance_is_not_deleted(stack: Stack) -> None:
    _set(stack, protect="true")
    _succeed(stack, "up", "--yes")
    done = stack.run("destroy", "--yes")
    assert done.returncode != 0
    assert "protected" in done.stdout
    _set(stack, protect="false")
    _succeed(stack, "up", "--yes")
    assert _INSTANCE in _cloud(stack)


def test_a_change_to_sqlite_deletes_the_instance(stack: Stack) -> None:
    _set(stack, database_type="sqlite", database_highAvailability="false", secrets_databasePasswordGeneration="1")
    _succeed(stack, "up", "--yes")
    assert not {kind for kind in _cloud(stack) if kind.startswith(("gcp:sql/", "gcp:compute/forwardingRule"))}
    claims = CoreV1Api(api.connect()).list_namespaced_persistent_volume_claim(_NAMESPACE).items
    assert len(claims) == 1


def test_destroy_leaves_nothing_in_google_cloud(stack: Stack) -> None:
    _succeed(stack, "destroy", "--yes")
    assert _cloud(stack) == set()


def _users(server: Server) -> list[tuple[object, ...]]:
    """Return the hub's users, and whether they are admins."""
    return server.administrate("SELECT name, admin FROM users", database="hub")


def _signs_in(url: str, authorities: Path) -> bool:
    """Return whether user and password of the URL are valid, with `authorities` as the CA certificates."""
    here = make_url(url).set(drivername="postgresql+psycopg2").update_query_dict({"sslrootcert": str(authorities)})
    engine = create_engine(here, poolclass=NullPool)
    try:
        engine.connect().close()
    except OperationalError:
        return False
    return True
