"""Checks of the whole configuration: valid ones, and places of mistakes."""

import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from components import hub_config, hub_secret
from config_check.check import check
from config_check.child import stand_in
from hub.contract import PROXY_TOKEN_VARIABLE
from tests.stacks import LTI, POSTGRESQL, settings_with
from tests.unit.config_check.conftest import HERE, Try


def test_the_default_configuration_has_no_mistakes(tried: Try) -> None:
    assert tried("") == []


@pytest.mark.parametrize(
    "extra",
    [
        'c.Authenticator.admin_users = {"ada"}',
        'c.Authenticator.admin_users.add("ada")',
        "c.Spawner.poll_interval = 60\nc.Spawner.debug = True",
        'c.KubeSpawner.environment.update({"A": "1"})',
        'c.NotebookSpawner.http_timeout = 90\nc["Spawner"]["poll_interval"] = 60',
        'c.JupyterHub.services.append({"name": "x", "url": "http://x"})',
        'c.JupyterHub.update({"logo_file": "/a.png"})\nc.JupyterHub.public_url = "https://x/"',
        "c.Application.log_level = 10",
        "async def hook(spawner):\n    spawner.log.info(spawner.user.groups)\nc.KubeSpawner.pre_spawn_hook = hook",
        "c.KubeSpawner.uid = lambda spawner: 1000",
        "import hub.notebook_spawner as n\nclass M(n.NotebookSpawner):...\nc.JupyterHub.spawner_class = M\nc.M.gid = 1",
        'c.JupyterHub.authenticator_class = "github"\nc.GitHubOAuthenticator.allowed_organizations = {"foo"}',
        'c.JupyterHub.authenticator_class = "oauthenticator.google.GoogleOAuthenticator"',
        # Of a class that this hub does not use: the file may be shared by several hubs.
        'c.GitHubOAuthenticator.allowed_organizations = {"foo"}\nc.OAuthenticator.client_id = "x"',
        'c.JupyterHub.proxy_class = "kubespawner.proxy.KubeIngressProxy"',
        'load_subconfig("/etc/a-file-of-the-image.py")',
        "if c.SomeClass:\n    pass",
        "import copy\ncopy.deepcopy(c)\nc.copy()",
        "from traitlets.config import Config\nc.merge(Config({'KubeSpawner': {'debug': True}}))",
    ],
)
def test_a_valid_configuration_has_no_mistakes(extra: str, tried: Try) -> None:
    assert tried(extra) == []


def test_all_mistakes_are_reported_at_once_by_line(tried: Try) -> None:
    extra = (
        "c.KubeSpawner.imgae = 1\n"
        "c.KubeSpawner.uid = 'a'\n"
        "c.KubeSpawner.gid = 'b'\n"
        "c.JupyterHub.port = 'c'\n"
        "c.Nowhere.x = 1\n"
        "not_defined\n"
    )
    assert [mistake.split(": ")[:2] for mistake in tried(extra)] == [
        [f"{HERE}:1", "KubeSpawner.imgae"],
        [f"{HERE}:2", "KubeSpawner.uid"],
        [f"{HERE}:3", "KubeSpawner.gid"],
        [f"{HERE}:4", "JupyterHub.port"],
        [f"{HERE}:5", "Nowhere"],
        [f"{HERE}:6", "NameError"],
    ]


def test_a_mistake_has_the_line_that_sets_the_option_last(tried: Try) -> None:
    extra = (
        "def set_it(value):\n    c.KubeSpawner.uid = value\n\nset_it(1000)\nset_it('a')\n"
        "c.KubeSpawner.gid = 100\nc.KubeSpawner.gid = 'b'\n"
    )
    first, second = tried(extra)
    assert first.startswith(f"{HERE}:2: KubeSpawner.uid: ")
    assert second.startswith(f"{HERE}:7: KubeSpawner.gid: ")


def test_a_mistake_in_the_hubs_own_files_has_their_name(shipped: dict[str, str], tried: Try) -> None:
    own = shipped["jupyterhub_config.py"]
    (mistake,) = tried("", jupyterhub_config=f"{own}c.KubeSpawner.imgae = 1\n")
    assert mistake.startswith(f"hub/jupyterhub_config.py:{len(own.splitlines()) + 1}: KubeSpawner.imgae: ")


def test_a_missing_file_is_reported(tried: Try) -> None:
    (mistake,) = tried("\nload_subconfig('more.py')")
    assert mistake.startswith(f'{HERE}:2: load_subconfig("more.py"): finds no file, and JupyterHub would go on')


def test_a_loaded_file_is_checked(tried: Try) -> None:
    extra = "from pathlib import Path\nload_subconfig('more.py', path=str(Path(__file__).parent))"
    (mistake,) = tried(extra, more="\nc.KubeSpawner.imgae = 1")
    assert mistake.startswith("hub/more.py:2: KubeSpawner.imgae: ")


@pytest.mark.parametrize(
    ("code", "line"),
    [("x = 1\nwhile True: pass", 2), ("import time\ntry:\n    time.sleep(60)\nexcept Exception: pass", 3)],
)
def test_an_endless_configuration_is_reported_with_its_line(code: str, line: int, tried: Try) -> None:
    (mistake,) = tried(code, seconds=1)
    assert mistake.startswith(f"{HERE}:{line}: did not end within 1 s")


@pytest.mark.parametrize(
    "changes",
    [
        {
            "auth.type": "github",
            "github.clientId": "Iv1.x",
            "github.clientSecret": "0123456789",
            "github.organizations": ["physics"],
        },
        {"auth.type": "native", "auth.adminUsers": ["ada"], "auth.adminPassword": "a" * 32},
        {"auth.type": "shared-password", "auth.userPassword": "a" * 8},
        LTI,
        {
            "auth.type": "custom",
            "auth.customClass": "oauthenticator.google.GoogleOAuthenticator",
            "auth.customTraits": {"hosted_domain": ["example.org"]},
            "auth.secretEnvironment": {"OAUTH_CLIENT_SECRET": "x"},
        },
    ],
    ids=lambda changes: changes["auth.type"],
)
def test_every_sign_in_method_is_valid(
    changes: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _prepare(changes, tmp_path, monkeypatch)
    assert check(tmp_path, seconds=30) == ([], [])


def test_a_secret_in_custom_traits_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes: dict[str, object] = {
        "auth.type": "custom",
        "auth.customClass": "oauthenticator.generic.GenericOAuthenticator",
        "auth.customTraits": {"client_id": "x", "client_secret": "hunter2hunter2"},
    }
    _prepare(changes, tmp_path, monkeypatch)
    mistakes, (warning,) = check(tmp_path, seconds=30)
    assert mistakes == []
    assert "the value of client_secret is in plain text" in warning.text
    assert "not in auth.customTraits" in warning.text
    assert "hunter2" not in warning.text


def test_a_database_server_is_valid_and_not_contacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _prepare(POSTGRESQL, tmp_path, monkeypatch)
    monkeypatch.setenv("PGPASSWORD", "none")  # so that it is restored in the end
    assert check(tmp_path, seconds=30) == ([], [])
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgresql://hub:password@127.0.0.1:{server.getsockname()[1]}/hub"
        monkeypatch.setenv("JUPYTERHUB_DATABASE_URL", url)
        assert check(tmp_path, seconds=30) == ([], [])
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def _prepare(changes: Mapping[str, object], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(changes)
    for name in (PROXY_TOKEN_VARIABLE, *hub_secret.variables(settings)):
        monkeypatch.setenv(name, stand_in(name))
    (folder / "hub").mkdir()
    for name, text in hub_config.hub_files(settings).items():
        (folder / "hub" / name).write_text(text)
