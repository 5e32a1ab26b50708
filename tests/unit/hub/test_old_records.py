"""A database of version 0.1.0, which this version's hub opens.

`databases/0.1.0.sql` was made by a hub of 0.1.0: first nine users of `dummy`, then six of the test double of GitHub,
with the IDs 1001, 1003, 1005 and so on. All have started a server; those of four are running.
"""

import json
import sqlite3
from collections.abc import Generator
from pathlib import Path

import pytest

from hub.contract import HubConfig
from tests.doubles.github import GitHub
from tests.unit.hub.running_hub import RunningHub, Visitor, running, text_of

DUMP = Path(__file__).with_name("databases") / "0.1.0.sql"
SECRET = "s" * 40
LOGINS = ("Ada", "bob", "Grace-Hopper", "o-brien-", "12345", "ada_acme")
ODD_NAMES = ("ada#b", "Zoë Müller", "\uff41da", "ada\u200b", "n" * 300, "50%", "007", "😀", "grace")


def restored(folder: Path) -> sqlite3.Connection:
    database = sqlite3.connect(folder / "jupyterhub.sqlite")
    database.executescript(DUMP.read_text())
    return database


def claims(hub: RunningHub) -> dict[str, str]:
    """Return the claim of each user's home."""
    query = "select users.name, spawners.state from spawners join users on users.id = user_id where spawners.name = ''"
    with sqlite3.connect(hub.database) as database:
        return {name: json.loads(state).get("pvc_name") for name, state in database.execute(query) if state}


@pytest.fixture(scope="module")
def github() -> Generator[GitHub]:
    with GitHub(client_id="hub", client_secret=SECRET) as github:
        for login in LOGINS:
            github.add_person(login)
            github.join("physics", login)
        yield github


@pytest.fixture(scope="module")
def hub(github: GitHub, hub_config: HubConfig, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningHub]:
    folder = tmp_path_factory.mktemp("hub")
    with restored(folder) as database:
        long = json.dumps({"junk": "x" * 5_000_000})
        database.execute("update spawners set user_options = ? where name = 'second'", [long])
        database.execute("insert into users (name, admin, cookie_id) values (null, 0, 'x')")
    given = hub_config.sign_in
    sign_in = given.model_copy(
        update={
            "type": "github",
            "admin_users": ("grace-hopper",),
            "callback_url": None,
            "github": given.github.model_copy(update={"url": github.url}),
        }
    )
    config = hub_config.model_copy(update={"idle_minutes": 0, "sign_in": sign_in})
    environment = {"GITHUB_CLIENT_ID": "hub", "GITHUB_CLIENT_SECRET": SECRET}
    with running(folder, config, environment=environment) as hub:
        github.callback_url = f"{hub.url}/hub/oauth_callback"
        yield hub


@pytest.mark.parametrize("login", LOGINS)
def test_an_account_keeps_its_user_home_and_tokens(login: str, hub: RunningHub) -> None:
    name, before = login.lower(), claims(hub)
    visitor = Visitor(hub.url, login)
    assert visitor.sign_in_with_github().status_code == 302
    user = visitor.call("GET", f"/users/{name}").json()
    assert user["user_info"]["account"]["id"] == str(1001 + 2 * LOGINS.index(login))
    notes = [token["note"] for token in visitor.call("GET", f"/users/{name}/tokens").json()["api_tokens"]]
    assert "script" in notes
    assert visitor.start().is_success
    assert claims(hub) == before
    assert before[name].startswith("claim-")


def test_an_account_that_took_over_a_name_before_the_upgrade_is_refused(hub: RunningHub, github: GitHub) -> None:
    bob = github.people.pop("bob")
    try:
        github.add_person("bob")
        github.join("physics", "bob")
        answer = Visitor(hub.url, "bob").sign_in_with_github()
        assert answer.status_code == 403
        assert "The user bob of this hub belongs to another account" in text_of(answer)
    finally:
        github.people["bob"] = bob


def test_records_that_this_version_would_not_store_are_corrected(hub: RunningHub) -> None:
    with sqlite3.connect(hub.database) as database:
        assert database.execute("select user_options from spawners where name = 'second'").fetchall() == [("{}",)]
        assert database.execute("select count(*) from users where name is null").fetchone() == (0,)
        assert database.execute("select count(*) from spawners where user_options like '%cpu%'").fetchone()[0] > 10
    log = hub.log.read_text()
    assert "Deleted 1 options of servers, which were too long" in log
    assert "Deleted 1 users without a name" in log


def test_names_that_new_users_cannot_have_go_on(hub_config: HubConfig, tmp_path: Path) -> None:
    restored(tmp_path).close()
    with running(tmp_path, hub_config.model_copy(update={"idle_minutes": 0})) as hub:
        before = claims(hub)
        for name in ODD_NAMES:
            assert hub.visit(name).start().is_success, name
        assert claims(hub) == before
        assert len({before[name.lower()] for name in ODD_NAMES}) == len(ODD_NAMES)
        look_alike = Visitor(hub.url, "\uff41da2")
        look_alike.get("/hub/login")
        assert "use that name" in text_of(look_alike.send_form("/hub/login", username="\uff41da2", password=""))
