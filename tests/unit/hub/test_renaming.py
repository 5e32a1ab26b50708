"""Changes of users on the admin page of a running hub."""

import sqlite3
from collections.abc import Generator

import pytest

from hub.contract import HubConfig
from tests.unit.hub.running_hub import RunningHub, Visitor, running


@pytest.fixture(scope="module")
def hub(hub_config: HubConfig, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningHub]:
    sign_in = hub_config.sign_in.model_copy(update={"admin_users": ("grace",)})
    with running(
        tmp_path_factory.mktemp("hub"), hub_config.model_copy(update={"idle_minutes": 0, "sign_in": sign_in})
    ) as hub:
        yield hub


def homes(hub: RunningHub) -> dict[str, str]:
    with sqlite3.connect(hub.database) as database:
        found = database.execute(
            "select users.name, json_extract(spawners.state, '$.pvc_name') from spawners"
            " join users on users.id = user_id where spawners.state is not null"
        )
        return dict(found.fetchall())


def edit(admin: Visitor, user: str, *, name: str, is_admin: bool = False) -> int:
    """Press Apply on the page Edit User, which sends name and checkbox."""
    return admin.call("PATCH", f"/users/{user}", {"name": name, "admin": is_admin}).status_code


def test_a_user_changes_the_name_with_home_and_url_and_frees_nothing_of_it(hub: RunningHub) -> None:
    grace, ada = hub.visit("grace"), hub.visit("ada")
    assert ada.start().is_success
    assert edit(grace, "ada", name="countess") == 409, "the server runs"
    assert ada.call("DELETE", "/users/ada/server").status_code == 204
    assert edit(grace, "ada", name="countess") == 200
    countess = hub.visit("countess")
    assert countess.start().is_success
    assert (countess.server() or {})["url"] == "/user/countess/"
    assert homes(hub)["countess"] == "claim-ada"
    new = hub.visit("ada")
    refused = new.start()
    assert refused.status_code == 403
    assert "belongs to another user, who had the name ada before" in refused.json()["message"]
    assert edit(grace, "ada", name="ada-2") == 200, "with another name the new user gets a home"
    assert hub.visit("ada-2").start().is_success
    assert homes(hub) == {"countess": "claim-ada", "ada-2": "claim-ada-2"}


@pytest.mark.parametrize("name", ["bob", "Bob", ""])
def test_a_change_of_the_checkbox_alone_keeps_the_name(name: str, hub: RunningHub) -> None:
    grace, bob = hub.visit("grace"), hub.visit("bob")
    assert edit(grace, "bob", name=name, is_admin=True) == 200
    answer = grace.call("GET", "/users/bob").json()
    assert (answer["name"], answer["admin"]) == ("bob", True)
    assert bob.get("/hub/home").status_code == 200


@pytest.mark.parametrize("name", ["n" * 256, "grace", "a/b"])
def test_a_name_that_cannot_be_changes_nothing(name: str, hub: RunningHub) -> None:
    grace, eve = hub.visit("grace"), hub.visit("eve")
    assert edit(grace, "eve", name=name) == 400
    assert grace.call("GET", "/users/eve").json()["name"] == "eve"
    assert eve.call("PATCH", "/users/eve", {"name": "mallory"}).status_code == 403, "only an admin may do it"
