"""Each sign-in method with the real authenticator: the user lists of the stack decide."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyterhub.app import JupyterHub
from traitlets.config import Config

from hub.contract import HubConfig
from tests.hub_configs import LoadConfig

PEOPLE, ADMINS = "a password of many people", "a password of the admins, which is a long one"
Configure = Callable[..., Config]


@pytest.fixture
def configure(load_config: LoadConfig, hub_config: HubConfig, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Load the configuration with changes of the sign-in."""
    monkeypatch.setenv("JUPYTERHUB_USER_PASSWORD", PEOPLE)
    monkeypatch.setenv("JUPYTERHUB_ADMIN_PASSWORD", ADMINS)

    def load(**changes: object) -> Config:
        sign_in = hub_config.sign_in.model_copy(update=changes)
        return load_config(hub_config.model_copy(update={"sign_in": sign_in}))

    return load


def sign_in(config: Config, name: str, password: str) -> dict[str, Any] | None:
    authenticator: Any = config.JupyterHub.authenticator_class(config=config)
    return asyncio.run(authenticator.get_authenticated_user(None, {"username": name, "password": password}))


def refresh(config: Config, name: str) -> Any:  # noqa: ANN401 a model or a boolean
    authenticator: Any = config.JupyterHub.authenticator_class(config=config)
    return asyncio.run(authenticator.refresh_user(SimpleNamespace(name=name, spawners={}), None))


def test_dummy_authorizes_all_users_unless_there_is_a_list(configure: Configure) -> None:
    anybody, some = configure(type="dummy"), configure(type="dummy", allowed_users=("ada",), admin_users=("grace",))
    assert sign_in(anybody, "eve", "")
    assert not sign_in(some, "eve", "")
    assert sign_in(some, "Ada", "")
    admin = sign_in(some, "grace", "")
    assert admin
    assert admin["admin"] is True


@pytest.mark.parametrize(
    ("name", "password", "admin"),
    [
        ("eve", PEOPLE, False),
        ("eve", "wrong", None),
        ("eve", ADMINS, None),
        ("ada", ADMINS, True),
        ("ada", PEOPLE, None),
    ],
)
def test_the_shared_password_is_valid_for_all_users_but_admins(
    name: str,
    password: str,
    admin: bool | None,  # noqa: FBT001 a column
    configure: Configure,
) -> None:
    model = sign_in(configure(type="shared-password", admin_users=("ada",)), name, password)
    assert (model and model["admin"]) == admin


@pytest.mark.parametrize("way", ["dummy", "shared-password"])
def test_a_user_removed_from_the_lists_loses_session_and_admin_role(way: str, configure: Configure) -> None:
    before = configure(type=way, allowed_users=("ada", "bob"), admin_users=("ada",))
    after = configure(type=way, allowed_users=("ada", "eve"), blocked_users=("eve",))
    assert (refresh(before, "ada")["admin"], refresh(before, "bob")["admin"]) == (True, False)
    assert refresh(after, "ada")["admin"] is False
    assert refresh(after, "bob") is False
    assert refresh(after, "eve") is False


def test_users_in_the_database_are_not_added_to_the_allowed_users(configure: Configure) -> None:
    authenticator: Any = configure(allowed_users=("ada",)).JupyterHub.authenticator_class(
        config=configure(allowed_users=("ada",))
    )
    authenticator.add_user(SimpleNamespace(name="old"))
    assert authenticator.allowed_users == {"ada"}


def test_a_session_has_the_configured_lifetime(configure: Configure) -> None:
    app: Any = JupyterHub(config=configure(session_hours=12))
    assert app.cookie_max_age_days == 0.5


def test_a_custom_class_gets_its_traits(configure: Configure) -> None:
    config = configure(
        type="custom",
        custom_class="oauthenticator.google.GoogleOAuthenticator",
        custom_traits={"hosted_domain": ["example.org"]},
    )
    authenticator: Any = config.JupyterHub.authenticator_class(config=config)
    assert authenticator.hosted_domain == ["example.org"]
    assert not authenticator.allow_all


def test_native_has_its_own_pages_and_a_minimum_password_length(configure: Configure) -> None:
    config = configure(type="native", admin_users=("ada",))
    assert config.JupyterHub.authenticator_class.admin_password == ADMINS
    _, own, *_, templates = config.JupyterHub.template_paths
    assert Path(own, "jupyterhub_config.py").exists()
    assert templates.endswith("nativeauthenticator/templates")
    assert config.NativeAuthenticator.minimum_password_length == 10
