"""Services, groups, roles and handlers with which the hub would not start, or which it reads only in part."""

import pytest

from tests.unit.config_check.conftest import HERE, Try

HIDDEN = "hunter2hunter2"


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (
            'load_roles.append({"name": "broken", "scopes": ["nowhere"]})',
            "broken: Scope 'nowhere' for role broken does",
        ),
        (
            'load_roles.append({"nme": "broken"})',
            "entry 2: has no name; the field 'nme' is not known. Did you mean name?",
        ),
        (
            'load_roles.append({"name": "broken", "scpes": []})',
            "broken: the field 'scpes' is not known. Did you mean scopes?",
        ),
        ('load_roles.append({"name": "Broken"})', "Broken: Invalid role name: 'Broken'."),
        ('load_roles.append({"name": "broken", "users": "ada"})', "broken: users must be a list, not a text"),
        (
            'load_roles.append({"name": "broken", "services": ["x"]})',
            "broken: Found undefined service x in role broken.",
        ),
        ('load_roles.append({"name": "admin", "scopes": ["self"]})', "admin: Cannot override admin role"),
        ('load_roles.extend([{"name": "twice"}, {"name": "twice"}])', "twice: is there twice"),
        ('load_roles.append("broken")', "each part must be a dict, not 'broken'"),
        ('services.append({"url": "http://x"})', "entry 2: has no name"),
        ('services.append({"nme": "x"})', "entry 2: has no name; the field 'nme' is not known. Did you mean name?"),
        (
            'services.append({"name": "x", "comand": ["y"]})',
            "x: the field 'comand' is not known. Did you mean command?",
        ),
        ('services.append({"name": "x", "url": 5})', "x: url must be a text, not 5"),
        ('services.append({"name": "x", "url": "ftp://x"})', "x: Unsupported scheme in URL for service x: ftp://x."),
        ('services.append({"name": "x/y"})', "x/y: Service names must not contain '/'"),
        ('services.append({"name": "x", "oauth_client_id": "y"})', "x: service x has oauth_client_id='y'."),
        (
            'services.append({"name": "x", "url": "http://x", "oauth_client_allowed_scopes": ["nowhere"]})',
            "x: Scope 'nowhere' for signing in does not exist",
        ),
        (
            f'services.append({{"name": "x", "url": "ftp://{HIDDEN}", "api_token": "{HIDDEN}"}})',
            "x: Unsupported scheme",
        ),
        ('services.append({"name": "x", "api_token": "abcdefg"})', "x: APIToken.token must be at least 8 characters"),
        ('service_tokens = {"abcdefg": "x"}', "x: APIToken.token must be at least 8 characters"),
        ('api_tokens = {"abcdefg": "ada"}', "ada: APIToken.token must be at least 8 characters"),
        ('load_groups = {"physics": {"usrs": ["ada"]}}', "physics: the field 'usrs' is not known. Did you mean users?"),
        ('custom_scopes = {"custom:reports": {}}', "scope custom:reports={} missing key 'description'"),
        ('extra_handlers = [("x",)]', "entry 1: "),
        ('extra_handlers = ["x"]', "entry 1: must be a tuple: a path, and a handler's class"),
        ('extra_handlers = [("/x", 5)]', "entry 1: its second part must be a handler's class"),
        ('extra_handlers = [("/x", "nowhere.Handler")]', "entry 1: "),
        ('extra_handlers = [("/(x", object)]', "entry 1: "),
    ],
)
def test_an_entry_with_which_the_hub_does_not_start_is_refused(extra: str, message: str, tried: Try) -> None:
    (mistake,) = tried(f"\nc.JupyterHub.{extra}")
    option = extra.replace("[", ".").partition(".")[0].partition(" ")[0]
    assert mistake.startswith(f"{HERE}:2: JupyterHub.{option}: {message}")
    assert HIDDEN not in mistake
    assert "abcdefg" not in mistake


def test_all_wrong_entries_are_reported_at_once(tried: Try) -> None:
    extra = (
        'c.JupyterHub.services.extend([{"name": "one", "x": 1}, {"name": "two", "y": 1}])\n'
        'c.JupyterHub.load_roles.extend([{"name": "one", "scpes": []}, {"name": "three", "scopes": ["x"]}])\n'
        'c.JupyterHub.extra_handlers = [("/x", 5), ("/y", 6)]\n'
    )
    assert [mistake.split(": ")[:3] for mistake in tried(extra)] == [
        [f"{HERE}:1", "JupyterHub.services", "one"],
        [f"{HERE}:1", "JupyterHub.services", "two"],
        [f"{HERE}:2", "JupyterHub.load_roles", "one"],
        [f"{HERE}:2", "JupyterHub.load_roles", "three"],
        [f"{HERE}:3", "JupyterHub.extra_handlers", "entry 1"],
        [f"{HERE}:3", "JupyterHub.extra_handlers", "entry 2"],
    ]


def test_entries_with_which_the_hub_starts_are_valid(tried: Try) -> None:
    extra = """
import os
from jupyterhub.handlers import BaseHandler

c.JupyterHub.custom_scopes = {
    "custom:reports:read": {"description": "read x"},
    "custom:reports": {"description": "x", "subscopes": ["custom:reports:read"]},
}
c.JupyterHub.services.extend([
    {"name": "managed", "command": ["python3", "-m", "x"], "environment": {"A": "1"}, "url": "http://127.0.0.1:9000"},
    {"name": "outside", "api_token": os.environ["JPY_COOKIE_SECRET"], "admin": True, "display": False},
    {
        "name": "oauth",
        "api_token": os.environ["CONFIGPROXY_AUTH_TOKEN"],
        "oauth_client_id": "service-oauth",
        "oauth_redirect_uri": "https://x.example.org/callback",
        "oauth_client_allowed_scopes": ["custom:reports"],
    },
])
c.JupyterHub.load_groups = {"physics": {"users": ["grace"], "properties": {"a": 1}}, "old": ["grace"]}
c.JupyterHub.load_roles.extend([
    {"name": "user", "scopes": ["self", "access:services!service=oauth"]},
    {"name": "admin", "users": ["grace"]},
    {
        "name": "teachers",
        "description": "x",
        "scopes": ["list:users", "custom:reports:read", "admin:servers!group=physics"],
        "users": ["grace"],
        "groups": ["physics", "new"],
        "services": ["outside"],
    },
])
class Page(BaseHandler):
    pass
c.JupyterHub.extra_handlers = [(r"/page/([^/]+)", Page), (r"/more", Page, {}), ("/by-name", "tornado.web.ErrorHandler")]
"""
    assert tried(extra) == []
