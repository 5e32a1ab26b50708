"""The token of a user's sign-in, as servers ask for it, of the real JupyterHub with the test double of GitHub."""

from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from hub.contract import HubConfig
from tests.doubles.github import GitHub
from tests.hub_configs import LoadConfig
from tests.unit.hub.running_hub import RunningHub, Visitor, running

_SECRET = "s" * 40
_WRITE_TOKENS = """
from pathlib import Path

def write_token(spawner):
    Path(f"{spawner.user.name}.token").write_text(spawner.api_token)

c.KubeSpawner.pre_spawn_hook = write_token
"""


@pytest.fixture(scope="module")
def github() -> Generator[GitHub]:
    with GitHub(client_id="hub", client_secret=_SECRET) as github:
        for login in ("ada", "bob"):
            github.add_person(login)
        yield github


@pytest.fixture(scope="module")
def hub(github: GitHub, hub_config: HubConfig, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningHub]:
    given = hub_config.sign_in
    of_github = given.github.model_copy(update={"url": github.url, "organizations": ()})
    sign_in = given.model_copy(
        update={"type": "github", "allowed_users": ("ada", "bob"), "callback_url": None, "github": of_github}
    )
    config = hub_config.model_copy(update={"idle_minutes": 0, "sign_in": sign_in, "sign_in_token": True})
    environment = {"GITHUB_CLIENT_ID": "hub", "GITHUB_CLIENT_SECRET": _SECRET}
    folder = tmp_path_factory.mktemp("hub")
    with running(folder, config, extra_config=_WRITE_TOKENS, environment=environment) as hub:
        github.callback_url = f"{hub.url}/hub/oauth_callback"
        yield hub


@pytest.fixture(scope="module")
def ada(hub: RunningHub) -> Visitor:
    """A user with a server."""
    visitor = Visitor(hub.url, "ada")
    assert visitor.sign_in_with_github().status_code == 302
    assert visitor.start().is_success
    return visitor


def _asked(hub: RunningHub, token: str) -> httpx.Response:
    return httpx.get(f"{hub.url}/hub/api/sign-in-token", headers={"Authorization": f"token {token}"})


def _of_server(hub: RunningHub, name: str) -> str:
    """Return the API token of a user's server."""
    return Path(hub.log).with_name(f"{name}.token").read_text()


@pytest.mark.usefixtures("ada")
def test_a_server_gets_the_token_of_its_own_user(hub: RunningHub, github: GitHub) -> None:
    answer = _asked(hub, _of_server(hub, "ada"))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"bearer {answer.json()['access_token']}"}
    assert httpx.get(f"{github.url}/api/v3/user", headers=headers).json()["login"] == "ada"


def test_a_visitors_token_for_a_server_is_not_enough(hub: RunningHub, ada: Visitor) -> None:
    """A shared server has such tokens of its visitors."""
    made = ada.call("POST", "/users/ada/tokens", {"scopes": ["access:servers!server=ada/", "read:users!user=ada"]})
    assert made.status_code == 201, made.text
    assert _asked(hub, made.json()["token"]).status_code == 403


def test_a_page_gets_no_token(hub: RunningHub, ada: Visitor) -> None:
    answers = [ada.call("GET", "/sign-in-token"), httpx.get(f"{hub.url}/hub/api/sign-in-token"), _asked(hub, "x" * 32)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert not [answer for answer in answers if "access_token" in answer.text]


def test_without_the_setting_servers_have_the_rights_of_jupyterhub(
    load_config: LoadConfig, hub_config: HubConfig
) -> None:
    config = load_config(hub_config)
    assert "custom_scopes" not in config.JupyterHub
    assert [role["name"] for role in config.JupyterHub.load_roles] == ["idle-culler"]
