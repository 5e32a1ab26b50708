"""A hub whose database is a PostgreSQL server."""

import base64
import venv
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
from kubernetes.client import CoreV1Api
from sqlalchemy import make_url

from tests.conftest import leave_out
from tests.doubles import postgres
from tests.doubles.postgres import Postgres
from tests.e2e.hub_settings import POSTGRES_ADDRESS, POSTGRES_NAMESPACE, POSTGRES_NOTEBOOKS, POSTGRES_SETTINGS
from tests.e2e.hubs import ChangingHub, destroyed_in_the_end, marker, pods, readable_texts, require_success
from tests.waiting import wait_until
from tools.commands import run
from tools.engine import Engine, Stack
from tools.errors import ToolError
from tools.local import api, layout

pytestmark = pytest.mark.scenario

OLD_HUB, OLD_TABLES = "5.5.4", "4621fec11365"
"""An older JupyterHub, and the Alembic revision of its schema."""
HUB = "tf-hub-0"


@pytest.fixture(scope="module")
def database(live_cluster: Path) -> Generator[Postgres]:
    """A PostgreSQL server that is reachable from pods."""
    assert live_cluster.exists()
    try:
        postgres.install()
    except ToolError as error:
        leave_out(str(error))
    with Postgres(address=str(layout.NODE_ADDRESS), password=marker()) as server:
        yield server


@pytest.fixture(scope="module")
def token(database: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An API token of ada, the only user in the database of an older hub."""
    folder = tmp_path_factory.mktemp("old-hub")
    venv.create(folder, with_pip=True)
    run([folder / "bin" / "pip", "install", "--quiet", f"jupyterhub=={OLD_HUB}", "psycopg2-binary"])
    config = folder / "config.py"
    url = database.url.replace("postgresql:", "postgresql+psycopg2:")
    config.write_text(f"c.JupyterHub.db_url = '{url}'\nc.Authenticator.admin_users = {{'ada'}}\n")
    printed = run([folder / "bin" / "jupyterhub", "token", "ada", "--config", config], cwd=folder)
    assert database.query("SELECT version_num FROM alembic_version") == [(OLD_TABLES,)]
    return printed.split()[-1]


@pytest.fixture(scope="module")
def hub(
    database: Postgres,
    token: str,
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[ChangingHub]:
    """The deployed hub, destroyed after the tests."""
    assert token
    folder = tmp_path_factory.mktemp("postgres")
    hub = ChangingHub(
        stack=Stack(name="postgres", engine=built_engine, folder=folder, kubeconfig=live_cluster),
        url=f"http://{POSTGRES_ADDRESS}",
        settings={**POSTGRES_SETTINGS, **image_settings},
        secrets={"database.url": database.url},
    )
    with destroyed_in_the_end(hub, POSTGRES_NAMESPACE, POSTGRES_NOTEBOOKS):
        require_success(hub.up(), POSTGRES_NAMESPACE)
        yield hub


@pytest.fixture
def ask(hub: ChangingHub, token: str) -> Callable[..., httpx.Response]:
    """Function that sends a request with ada's token to the hub or to a notebook server."""

    def ask(path: str, method: str = "GET", **options: Any) -> httpx.Response:  # noqa: ANN401 httpx's own
        headers = {"Authorization": f"token {token}"}
        return httpx.request(method, f"{hub.url}{path}", headers=headers, timeout=20, **options)

    return ask


def _is_known(ask: Callable[..., httpx.Response]) -> bool:
    """Return whether the hub has ada, her token and her running server."""
    answer = ask("/hub/api/user")
    return answer.status_code == 200 and bool(answer.json()["servers"][""]["ready"])


def _others_than(*names: str) -> dict[str, str]:
    found = pods(POSTGRES_NAMESPACE) | pods(POSTGRES_NOTEBOOKS)
    return {name: uid for name, uid in found.items() if name not in names}


def test_the_hub_upgrades_the_schema_of_an_older_jupyterhub(
    ask: Callable[..., httpx.Response], database: Postgres
) -> None:
    assert ask("/hub/api/user").json()["name"] == "ada"
    assert database.query("SELECT version_num FROM alembic_version") != [(OLD_TABLES,)]
    log = str(CoreV1Api(api.connect()).read_namespaced_pod_log(HUB, POSTGRES_NAMESPACE))
    assert f"Upgrading postgresql+psycopg2://hub@{database.address}:{database.port}/hub" in log


def test_the_hub_has_no_volume(hub: ChangingHub) -> None:
    assert hub.url
    assert CoreV1Api(api.connect()).list_namespaced_persistent_volume_claim(POSTGRES_NAMESPACE).items == []


def test_users_tokens_and_running_servers_survive_a_hub_restart(ask: Callable[..., httpx.Response]) -> None:
    assert ask("/hub/api/users/ada/server", "POST", json={"user_options": {}}).status_code in {201, 202}
    wait_until(lambda: _is_known(ask), seconds=120)
    before, others = pods(POSTGRES_NAMESPACE)[HUB], _others_than(HUB)
    CoreV1Api(api.connect()).delete_namespaced_pod(HUB, POSTGRES_NAMESPACE)
    wait_until(lambda: pods(POSTGRES_NAMESPACE).get(HUB) not in {before, None})
    wait_until(lambda: _is_known(ask))
    assert _others_than(HUB) == others
    assert ask("/user/ada/api/status").status_code == 200


def test_the_hub_survives_a_restart_of_the_database(ask: Callable[..., httpx.Response], database: Postgres) -> None:
    before = _others_than()
    database.stop()
    try:
        assert ask("/hub/health?process").status_code == 200
        assert ask("/hub/api/user").status_code != 200
        assert ask("/user/ada/api/status").status_code == 200, "a notebook does not need the database"
    finally:
        database.start()
    wait_until(lambda: _is_known(ask), seconds=10)
    assert ask("/hub/api/users/grace", "POST").status_code == 201
    assert ("grace",) in database.query("SELECT name FROM users")
    assert _others_than() == before


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"password": "wrong-marker"}, 'password authentication failed for user "hub"'),
        ({"port": 1}, "Connection refused"),
    ],
    ids=["password", "port"],
)
def test_an_unusable_database_fails_the_update_and_hides_the_password(
    hub: ChangingHub, database: Postgres, wrong: dict[str, Any], message: str
) -> None:
    before = _others_than(HUB)
    hub.secrets["database.url"] = make_url(database.url).set(**wrong).render_as_string(hide_password=False)
    done = hub.up()
    assert done.returncode != 0
    assert "The hub does not start." in done.stdout
    assert message in done.stdout
    assert "wrong-marker" not in done.stdout
    assert database.password not in done.stdout
    assert _others_than(HUB) == before


def test_the_next_update_restores_the_database_connection(
    hub: ChangingHub, database: Postgres, ask: Callable[..., httpx.Response]
) -> None:
    before = _others_than(HUB)
    hub.secrets["database.url"] = database.url
    require_success(hub.up(), POSTGRES_NAMESPACE)
    wait_until(lambda: _is_known(ask))
    assert _others_than(HUB) == before


def test_the_database_url_is_in_a_secret_only(hub: ChangingHub, database: Postgres) -> None:
    require_success(hub.up(hub_extraConfig="c.JupyterHub.log_level = 'DEBUG'"), POSTGRES_NAMESPACE)
    for command in (["preview", "--diff"], ["stack", "export"], ["config"]):
        assert hub.pulumi(*command).returncode == 0
    places = {
        **readable_texts(POSTGRES_NAMESPACE, POSTGRES_NOTEBOOKS),
        "Pulumi": "".join(hub.printed),
    }
    assert "[D 20" in places["logs"], "the hub logs at level DEBUG"
    for form in (database.password, base64.b64encode(database.url.encode()).decode()):
        assert [name for name, text in places.items() if form in text] == []


def test_the_database_volume_is_protected_and_kept_after_a_move(hub: ChangingHub, database: Postgres) -> None:
    def claims() -> list[str]:
        found = CoreV1Api(api.connect()).list_namespaced_persistent_volume_claim(POSTGRES_NAMESPACE).items
        return [str(claim.metadata.name) for claim in found if claim.metadata]

    del hub.secrets["database.url"]
    require_success(hub.up(database_type="sqlite", protect="true", hub_keepDatabase="true"), POSTGRES_NAMESPACE)
    hub.secrets["database.url"] = database.url
    moved = hub.up(database_type="postgresql", protect="false")
    assert moved.returncode != 0
    assert "protected" in moved.stdout
    assert claims() == ["tf-hub-database"]
    urns = [line.split()[-1] for line in hub.pulumi("stack", "--show-urns").stdout.splitlines() if "URN" in line]
    (volume,) = [urn for urn in urns if "PersistentVolumeClaim::" in urn]
    assert hub.pulumi("state", "unprotect", volume, "--yes").returncode == 0
    require_success(hub.up(), POSTGRES_NAMESPACE)
    assert hub.pulumi("destroy", "--yes").returncode == 0
    assert claims() == ["tf-hub-database"]
