import secrets
import shutil
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from hub.contract import Bounds, GitHub, HubConfig, SignIn
from tests.doubles.github import GitHub as GitHubDouble
from tests.unit.hub.github_sign_ins import CALLBACK

CONFIG_FILE = Path(__file__).parents[3] / "hub" / "jupyterhub_config.py"


@pytest.fixture(scope="session")
def hub_config() -> HubConfig:
    return HubConfig(
        hub_connect_url="http://tf-hub-api.jupyterhub:8081",
        proxy_api_url="http://tf-hub-proxy-api:8001",
        database_url="sqlite:////var/lib/jupyterhub/jupyterhub.sqlite",
        notebooks_namespace="jupyterhub-notebooks",
        owner_uid="6f2f3c9e-8a51-4a6e-9f0e-0d6b8a9f1c11",
        default_service_account="notebooks",
        service_accounts=(),
        sign_in=SignIn(
            type="dummy",
            allowed_users=(),
            admin_users=(),
            blocked_users=(),
            allow_all=False,
            session_hours=168,
            callback_url="http://127.100.0.10/hub/oauth_callback",
            github=GitHub(
                url="https://github.com", organizations=("physics", "maths:staff"), groups=(), recheck_minutes=5
            ),
            iap=None,
            custom_class=None,
            custom_traits={},
        ),
        image="registry.example/foo/notebook:1.0.0",
        images=("quay.io/jupyter/scipy-notebook:2026-01-05",),
        allowed_images=("quay.io/jupyter/*",),
        cpu=Bounds(default=0.5, min=0.1, max=4),
        memory=Bounds(default=2**30, min=2**28, max=2**33),
        additional_resources={"nvidia.com/gpu": 2},
        ephemeral_storage=10 * 2**30,
        home_size="10Gi",
        home_storage_class=None,
        keep_homes=True,
        start_timeout_seconds=600,
        idle_minutes=60,
        count_open_tabs=True,
        max_hours=0,
        dedicated_nodes=False,
        accelerator=None,
        extra_config=False,
    )


@pytest.fixture
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow KubeSpawner without a cluster."""

    def load_nothing(**_: object) -> None:
        pass

    monkeypatch.setattr("kubespawner.spawner.load_config", load_nothing)


@pytest.fixture
def load_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[HubConfig], Config]:
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
