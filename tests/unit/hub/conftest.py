import secrets
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from hub.contract import HubConfig
from tests.doubles.github import GitHub as GitHubDouble
from tests.doubles.openid_shapes import OpenIdShapes
from tests.hub_configs import HUB_CONFIG, LoadConfig
from tests.unit.hub.github_sign_ins import CALLBACK
from tests.unit.hub.openid_sign_ins import HubOfShapes, SignIns

CONFIG_FILE = Path(__file__).parents[3] / "hub" / "jupyterhub_config.py"


@pytest.fixture(scope="session")
def hub_config() -> HubConfig:
    return HUB_CONFIG


@pytest.fixture
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow KubeSpawner without a cluster."""

    def load_nothing(**_: object) -> None:
        pass

    monkeypatch.setattr("kubespawner.spawner.load_config", load_nothing)


@pytest.fixture
def load_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadConfig:
    """Load `hub/jupyterhub_config.py` as JupyterHub does, with a `hub.json`."""
    monkeypatch.setenv("CONFIGPROXY_AUTH_TOKEN", "a" * 64)
    monkeypatch.setenv("JPY_COOKIE_SECRET", "b" * 64)
    monkeypatch.setenv("JUPYTERHUB_CRYPT_KEY", "c" * 64)

    def load(hub_config: HubConfig) -> Config:
        shutil.copy(CONFIG_FILE, tmp_path)
        (tmp_path / "hub.json").write_text(hub_config.model_dump_json())
        return PyFileConfigLoader("jupyterhub_config.py", str(tmp_path)).load_config()

    return load


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Generator[GitHubDouble]:
    secret = secrets.token_hex(20)
    monkeypatch.setenv("GITHUB_CLIENT_ID", "hub")
    monkeypatch.setenv("GITHUB_CLIENT_SECRET", secret)
    with GitHubDouble(client_id="hub", client_secret=secret, callback_url=CALLBACK) as github:
        for login in ("Ada", "bob", "eve"):
            github.add_person(login)
        github.join("physics", "ada")
        github.join("maths:staff", "bob")
        github.join("maths", "eve")
        yield github


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> Generator[OpenIdShapes]:
    """An OpenID provider whose user is in the group `staff`."""
    monkeypatch.setenv("OIDC_CLIENT_ID", "hub")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "a secret of the tests")
    with OpenIdShapes() as shapes:
        shapes.claims = {"sub": "1", "preferred_username": "Ada", "groups": ["staff"]}
        yield shapes


@pytest.fixture
def hub_of_shapes(shapes: OpenIdShapes, load_config: LoadConfig, hub_config: HubConfig) -> HubOfShapes:
    """Make a hub with sign-in at that provider."""

    def make(**changes: object) -> SignIns:
        return SignIns(shapes, load_config, hub_config, **{"issuer": shapes.issuer, **changes})

    return make
