"""Records that a database has of servers of another hub, in another namespace."""

import asyncio
import logging
from typing import Any, Final

import pytest
from jupyterhub import orm
from jupyterhub.user import User
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from hub.notebook_spawner import NotebookSpawner

pytestmark = pytest.mark.usefixtures("no_cluster")

_OLD: Final = {
    "namespace": "old-hub",
    "pod_name": "jupyter-octo-2dcat",
    "dns_name": "jupyter-octo-2dcat.old-hub.svc.cluster.local",
}
_OPTIONS: Final = {"profile": "gpu", "choice": "none-of-here"}


def loaded(state: dict[str, Any], *, server: str = "", times: int = 1) -> tuple[Any, orm.Spawner, Session]:
    """Return a real spawner with its record, as JupyterHub loads it from a database."""
    engine = create_engine("sqlite://")
    orm.Base.metadata.create_all(engine)
    database = Session(engine)
    record = orm.Spawner(user=orm.User(name="octo-cat"), name=server, state=state, user_options=dict(_OPTIONS))
    database.add(record)
    database.commit()

    async def load() -> Any:  # noqa: ANN401 -- with private members
        spawner: Any = None
        for _ in range(times):
            user: Any = User(
                record.user, {"spawner_class": NotebookSpawner, "base_url": "/", "config": None}, db=database
            )
            spawner = user._new_spawner(server, namespace="notebooks", _mock=True)
            database.commit()
        return spawner

    spawner = asyncio.run(load())
    database.expire_all()
    return spawner, record, database


@pytest.mark.parametrize("server", ["", "gpu"])
@pytest.mark.parametrize("version", [{}, {"kubespawner_version": "7.0.0"}])
def test_a_server_of_another_namespace_gets_the_names_of_this_one(server: str, version: dict[str, str]) -> None:
    spawner, record, _ = loaded({**_OLD, **version}, server=server)
    assert spawner.namespace == "notebooks"
    assert spawner.pod_name == spawner._expand_user_properties(spawner.pod_name_template)
    assert "old-hub" not in spawner.dns_name
    assert spawner._state_kubespawner_version != "unknown", "it would look for homes by names of old versions"
    assert record.state["namespace"] == "notebooks"


def test_the_options_of_a_server_of_another_namespace_are_forgotten() -> None:
    spawner, record, _ = loaded(dict(_OLD))
    assert spawner.user_options == record.user_options == {}


def test_the_name_of_the_home_is_kept_as_a_renamed_user_has_another_one() -> None:
    spawner, record, _ = loaded({**_OLD, "pvc_name": "claim-former-name"})
    assert spawner.pvc_name == record.state["pvc_name"] == "claim-former-name"


def test_a_record_is_corrected_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        loaded(dict(_OLD), times=2)
    assert caplog.text.count("they are of the namespace old-hub") == 1


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"namespace": "notebooks", "pod_name": "jupyter-x", "pvc_name": "claim-x", "kubespawner_version": "7.0.0"},
    ],
    ids=["none", "own"],
)
def test_other_records_stay_as_they_are(state: dict[str, Any]) -> None:
    spawner, record, _ = loaded(state)
    assert record.state == state
    assert record.user_options == spawner.user_options == _OPTIONS
    assert spawner.pod_name == state.get("pod_name", spawner.pod_name)
