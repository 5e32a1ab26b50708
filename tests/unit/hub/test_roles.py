import itertools

import pytest

from hub.contract import HubConfig
from tests.hub_configs import LoadConfig


@pytest.mark.parametrize(("sharing", "token", "hours"), list(itertools.product([False, True], [False, True], [0, 8])))
def test_each_role_is_there_once_with_the_scopes_of_all_settings(
    *, sharing: bool, token: bool, hours: int, load_config: LoadConfig, hub_config: HubConfig
) -> None:
    changed = {"sharing": sharing, "sign_in_token": token, "max_hours": hours, "idle_minutes": 0}
    config = load_config(hub_config.model_copy(update=changed))
    roles = [(role["name"], set(role["scopes"])) for role in config.JupyterHub.get("load_roles", [])]
    own = {"custom:sign-in-token:read!user"} if token else set[str]()
    shares = {"shares!user", "read:users:name", "read:groups:name"} if sharing else set[str]()
    expected = dict(roles)
    assert len(expected) == len(roles)
    assert expected.pop("idle-culler", None) == (
        {"list:users", "read:users:activity", "read:servers", "delete:servers", "read:tokens"} if hours else None
    )
    assert expected.pop("user", {"self"}) == {"self"} | own | shares
    assert expected.pop("server", {"users:activity!user", "access:servers!server"}) == {
        "users:activity!user",
        "access:servers!server",
        *own,
    }
    assert expected == {}
