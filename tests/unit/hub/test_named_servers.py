"""Further servers of a user, and servers for others."""

import asyncio
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import pytest
from kubespawner import KubeSpawner

from hub import named_servers
from hub.contract import HubConfig, NamedServers
from hub.notebook_spawner import NotebookSpawner
from tests.hub_configs import LoadConfig
from tests.unit.hub.manifests import manifest_of
from tests.unit.hub.running_hub import RunningHub, running, text_of

_SHARED = NamedServers(limit=2, shares_home=True, on_one_node=True)


@pytest.fixture(scope="module")
def hub(hub_config: HubConfig, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningHub]:
    config = hub_config.model_copy(update={"named_servers": _SHARED, "sharing": True})
    with running(tmp_path_factory.mktemp("hub"), config) as hub:
        yield hub


def test_a_user_has_as_many_further_servers_as_the_settings_say(hub: RunningHub) -> None:
    ada = hub.visit("ada")
    answers = [ada.call("POST", f"{ada.path}/servers/{name}").status_code for name in ("one", "two", "three")]
    assert answers[0] in {201, 202}
    assert answers[1] in {201, 202}
    assert answers[2] == 400


def test_the_home_page_tells_that_servers_share_a_home(hub: RunningHub) -> None:
    assert "All your servers have the same home folder. They run on one machine" in text_of(
        hub.visit("ada").get("/hub/home")
    )


def test_a_share_code_lets_another_user_in(hub: RunningHub) -> None:
    ada, bob = hub.visit("ada"), hub.visit("bob")
    assert ada.start().is_success
    assert bob.call("POST", "/share-codes/ada/").status_code in {403, 404}
    code = ada.call("POST", "/share-codes/ada/").json()["code"]
    accepted = bob.send_form("/hub/accept-share", code=code)
    assert accepted.status_code == 302, text_of(accepted)
    shares = bob.call("GET", "/users/bob/shared").json()["items"]
    assert [share["server"]["user"]["name"] for share in shares] == ["ada"]
    assert ada.call("DELETE", "/shares/ada/").is_success
    assert bob.call("GET", "/users/bob/shared").json()["items"] == []
    assert ada.call("POST", "/shares/ada/", {"user": "bob"}).is_success
    assert len(bob.call("GET", "/users/bob/shared").json()["items"]) == 1


def test_a_user_has_a_limited_number_of_share_codes(hub: RunningHub) -> None:
    eve = hub.visit("eve")
    assert eve.start().is_success
    answers = [eve.call("POST", "/share-codes/eve/") for _ in range(named_servers.MOST_CODES + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 400
    assert "the most that are allowed" in answers[-1].json()["message"]


@pytest.mark.usefixtures("no_cluster")
def test_all_servers_of_a_user_run_on_the_node_of_their_disk(load_config: LoadConfig, hub_config: HubConfig) -> None:
    config = load_config(hub_config)
    config.KubeSpawner.pod_affinity_required = [{"labelSelector": {}, "topologyKey": "own"}]
    (own,) = manifest_of(config, {})["spec"]["affinity"]["podAffinity"].values()
    assert own == [{"labelSelector": {}, "topologyKey": "own"}]
    config = load_config(hub_config.model_copy(update={"named_servers": _SHARED}))
    pod = manifest_of(config, {})
    (terms,) = pod["spec"]["affinity"]["podAffinity"].values()
    user = {"hub.jupyter.org/username": pod["metadata"]["labels"]["hub.jupyter.org/username"]}
    assert terms == [{"labelSelector": {"matchLabels": user}, "topologyKey": "kubernetes.io/hostname"}]


@pytest.mark.usefixtures("no_cluster")
@pytest.mark.parametrize(
    ("name", "shares_home", "home"),
    [("", True, "claim-renamed"), ("one", True, "claim-renamed"), ("one", False, "claim-own")],
)
def test_a_named_server_has_the_home_of_the_default_one_if_it_is_shared(
    name: str,
    shares_home: bool,  # noqa: FBT001 -- a parameter of the test
    home: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(NotebookSpawner, "shares_home", shares_home)
    deleted: list[str] = []

    async def prepare(spawner: Any) -> None:  # noqa: ANN401 -- a double
        raise KeyError(spawner.pvc_name)

    async def delete(spawner: Any) -> None:  # noqa: ANN401 -- a double
        deleted.append(spawner.pvc_name)

    async def run() -> None:
        spawner: Any = NotebookSpawner(_mock=True, namespace="notebooks")
        spawner.orm_spawner, spawner.pvc_name = (
            SimpleNamespace(name=name, server=None),
            home if not name else "claim-own",
        )
        spawner.user.spawners = {"": SimpleNamespace(pvc_name="claim-renamed")}
        monkeypatch.setattr("hub.home.prepare", prepare)
        monkeypatch.setattr(KubeSpawner, "delete_forever", delete)
        with pytest.raises(KeyError, match=home):
            await spawner.start()
        await spawner.delete_forever()

    asyncio.run(run())
    assert deleted == ([] if name and shares_home else [home])
