import asyncio
import logging
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientError
from jupyterhub import orm
from kubernetes_asyncio.client.exceptions import ApiException
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from hub import home
from hub.errors import HubError


@dataclass
class Api:
    """The Kubernetes API, with one home."""

    size: str = "10Gi"
    phase: str = "Bound"
    deleted: bool = False
    refuses: Exception | None = None
    unreadable: Exception | None = None
    patched: list[object] = field(default_factory=list[object])
    names: tuple[str, ...] = ("claim-ada",)

    async def read_namespaced_persistent_volume_claim(
        self, name: str, namespace: str, *, _request_timeout: float
    ) -> object:
        """Return the claim of the home."""
        assert namespace == "notebooks"
        if name not in self.names:
            raise ApiException(status=404)
        if self.unreadable is not None:
            raise self.unreadable
        return SimpleNamespace(
            metadata=SimpleNamespace(deletion_timestamp="2026-01-01" if self.deleted else None),
            spec=SimpleNamespace(resources=SimpleNamespace(requests={"storage": self.size})),
            status=SimpleNamespace(phase=self.phase),
        )

    async def patch_namespaced_persistent_volume_claim(
        self, name: str, namespace: str, body: object, *, _request_timeout: float
    ) -> object:
        """Record the change."""
        assert (name, namespace) == ("claim-ada", "notebooks")
        if self.refuses is not None:
            raise self.refuses
        self.patched.append(body)
        return None


def database() -> Session:
    """Return JupyterHub's database in memory. Its own function replaces the loggers."""
    engine = create_engine("sqlite://")
    orm.Base.metadata.create_all(engine)
    return Session(engine)


def spawner(api: Api, *, remembered: bool = True, ensure: bool = True) -> Any:  # noqa: ANN401 -- a double
    """Return the parts of KubeSpawner that `home.prepare` uses."""
    return SimpleNamespace(
        api=api,
        storage_capacity="20Gi",
        storage_pvc_ensure=ensure,
        namespace="notebooks",
        pvc_name="claim-ada",
        pvc_name_template="claim-{user_server}",
        user=SimpleNamespace(name="ada", orm_user=SimpleNamespace(id=1), db=database()),
        log=logging.getLogger("home"),
        _pvc_exists=remembered,
        _expand_user_properties={"claim-{user_server}": "claim-ada", "claim-of-all": "claim-of-all"}.__getitem__,
    )


def prepare(api: Api, *, remembered: bool = True) -> None:
    asyncio.run(home.prepare(spawner(api, remembered=remembered)))


@pytest.mark.parametrize("has", ["10Gi", "20G", "1Mi"])
def test_a_smaller_home_is_expanded(has: str) -> None:
    api = Api(size=has)
    prepare(api)
    assert api.patched == [{"spec": {"resources": {"requests": {"storage": "20Gi"}}}}]


@pytest.mark.parametrize("has", ["20Gi", "20480Mi", "30Gi", "1Ti"])
def test_a_home_of_the_same_or_a_larger_size_is_unchanged(has: str) -> None:
    api = Api(size=has)
    prepare(api)
    assert api.patched == []


def test_the_first_start_of_a_user_finds_no_home(caplog: pytest.LogCaptureFixture) -> None:
    prepare(Api(unreadable=ApiException(status=404)), remembered=False)
    assert caplog.text == ""


def test_a_home_that_is_gone_is_reported_once_and_then_created(caplog: pytest.LogCaptureFixture) -> None:
    found = spawner(Api(unreadable=ApiException(status=404)))
    with pytest.raises(HubError) as caught:
        asyncio.run(home.prepare(found))
    assert "Your home volume (claim-ada) does not exist any more" in caught.value.jupyterhub_message
    assert "Your next start creates a new, empty home." in caught.value.jupyterhub_message
    assert "claim-ada, the home of ada, does not exist any more" in caplog.text
    asyncio.run(home.prepare(found))
    assert not found._pvc_exists, "KubeSpawner creates it"


@pytest.mark.parametrize(
    ("api", "shown"), [(Api(deleted=True), "is being deleted"), (Api(phase="Lost"), "The disk of your home volume")]
)
def test_a_home_that_no_pod_could_mount_is_reported_at_once(api: Api, shown: str) -> None:
    with pytest.raises(HubError) as caught:
        prepare(api)
    assert shown in caught.value.jupyterhub_message


@pytest.mark.parametrize("error", [ApiException(status=403), ApiException(status=500), ApiException(status=429)])
def test_a_home_that_cannot_be_read_is_not_taken_for_gone(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    found = spawner(Api(unreadable=error))
    asyncio.run(home.prepare(found))
    assert found._pvc_exists
    assert "Cannot read claim-ada" in caplog.text


@pytest.mark.parametrize("error", [ClientError("cut off"), TimeoutError(), ConnectionRefusedError("refused")])
def test_a_start_without_kubernetes_is_refused_in_words(error: Exception) -> None:
    found = spawner(Api(unreadable=error))
    with pytest.raises(HubError) as caught:
        asyncio.run(home.prepare(found))
    assert caught.value.jupyterhub_message.startswith("Kubernetes does not answer")
    assert found._pvc_exists


def test_homes_that_an_operator_creates_are_not_looked_at() -> None:
    asyncio.run(home.prepare(spawner(Api(unreadable=AssertionError()), ensure=False)))


@pytest.mark.parametrize(
    "reason",
    [ApiException(status=403, reason="exceeded quota"), ClientError("cut off"), TimeoutError("too slow")],
    ids=["refused", "cut-off", "too-slow"],
)
def test_a_failed_expansion_is_logged_and_stops_no_server(reason: Exception, caplog: pytest.LogCaptureFixture) -> None:
    prepare(Api(refuses=reason))
    assert "Cannot expand claim-ada to 20Gi" in caplog.text


def first_start_beside(of_another: str, *, template: str = "claim-{user_server}", remembered: bool = False) -> None:
    """Start ada's server for the first time, while another user has a home."""
    ada = spawner(Api(), remembered=remembered)
    ada.pvc_name_template = template
    ada.user.db.add(orm.Spawner(user=orm.User(id=2, name="countess"), name="", state={"pvc_name": of_another}))
    ada.user.db.commit()
    home.require_own(ada)


def test_the_home_of_a_renamed_user_is_nobody_elses() -> None:
    with pytest.raises(HubError, match="belongs to another user, who had the name ada before"):
        first_start_beside("claim-ada")


def test_homes_of_other_names_and_homes_for_all_are_no_other_users() -> None:
    first_start_beside("claim-ada-2")
    first_start_beside("claim-ada", template="claim-of-all")
    first_start_beside("claim-ada", remembered=True)


def of_another_hub(*names: str) -> Any:  # noqa: ANN401 -- a double
    """Return ada's spawner with the name of her home in another hub, and the homes that are here."""
    found = spawner(Api(names=names))
    found.pvc_name = "claim-41da"
    return found


def test_a_home_that_got_its_name_of_this_hub_is_found() -> None:
    found = of_another_hub("claim-ada")
    asyncio.run(home.prepare(found))
    assert (found.pvc_name, found._pvc_exists) == ("claim-ada", False), "KubeSpawner remembers what it finds"


def test_a_home_that_kept_its_name_is_used_also_if_there_is_one_of_this_hubs_name() -> None:
    found = of_another_hub("claim-41da", "claim-ada")
    found.storage_capacity = "1Gi"
    asyncio.run(home.prepare(found))
    assert (found.pvc_name, found._pvc_exists) == ("claim-41da", True)


def test_no_home_of_another_hub_is_replaced_by_an_empty_one_without_a_word() -> None:
    found = of_another_hub()
    with pytest.raises(HubError, match="does not exist any more: it was deleted, or this hub has moved"):
        asyncio.run(home.prepare(found))


def test_a_home_of_this_hubs_name_that_is_a_renamed_users_is_nobody_elses() -> None:
    found = of_another_hub("claim-ada")
    found.user.db.add(orm.Spawner(user=orm.User(id=2, name="bob"), name="", state={"pvc_name": "claim-ada"}))
    found.user.db.commit()
    with pytest.raises(HubError, match="belongs to another user"):
        asyncio.run(home.prepare(found))
