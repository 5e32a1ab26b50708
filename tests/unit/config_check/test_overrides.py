"""The operator's changes of what this program sets: they have their effect everywhere, are told, or are refused."""

import pytest
from jupyterhub.app import JupyterHub
from jupyterhub.proxy import ConfigurableHTTPProxy
from kubespawner import KubeSpawner
from nativeauthenticator import NativeAuthenticator
from oauthenticator.github import GitHubOAuthenticator

from config_check import overrides
from tests.unit.config_check.conftest import HERE, MEANT, Try


@pytest.mark.parametrize(
    ("extra", "warning"),
    [
        ('c.Spawner.environment = {"A": "1"}', "has no effect, as KubeSpawner.environment is set too"),
        ("c.JupyterHub.services = []", "loses idle-culler, | .append()"),
        ('c.JupyterHub.load_roles = [{"name": "x", "scopes": []}]', "loses idle-culler"),
        ('c.Authenticator.allowed_users = {"ada"}', "replaces auth.allowedUsers"),
        ('c.Authenticator.admin_users.add("ada")', "replaces auth.adminUsers"),
        ('c.DummyAuthenticator.admin_users = {"ada"}', "replaces auth.adminUsers"),
        ('c.JupyterHub.authenticator_class = "github"', "replaces auth.type and auth.customClass"),
        ("c.JupyterHub.cleanup_servers = True", "replaces what this program sets (False)"),
        ("c.KubeSpawner.start_timeout = 60", "replaces notebook.startTimeoutSeconds"),
        ('c.KubeSpawner.image = "a/b:1"', "has no effect: | set notebook.image"),
        ('c.KubeSpawner.mem_limit = "7G"', "has no effect: | set notebook.memory"),
        ("c.KubeSpawner.cpu_guarantee = 3", "has no effect: | set notebook.cpu"),
        ('c.JupyterHub.cookie_secret_file = "/tmp/x"', "secrets.cookieGeneration"),
        ('c.ConfigurableHTTPProxy.auth_token = "x"', "secrets.proxyTokenGeneration"),
        ('c.JupyterHub.services.append({"name": "x", "api_token": "y"})', "api_token is in plain text"),
        (
            'c.GenericOAuthenticator.client_secret = "y"\nc.JupyterHub.authenticator_class = "generic-oauth"',
            "plain text",
        ),
    ],
)
def test_a_change_of_what_this_program_sets_is_told(extra: str, warning: str, tried: Try) -> None:
    told: list[str] = []
    mistakes = tried(extra, warnings=told)
    assert any(all(part in text for part in warning.split(" | ")) for text in [*told, *mistakes]), (told, mistakes)


@pytest.mark.parametrize(
    ("extra", "option", "setting"),
    [
        ('c.JupyterHub.base_url = "/lab/"', "JupyterHub.base_url: bind_url", "publicUrl"),
        ('c.JupyterHub.bind_url = "http://:9000"', "JupyterHub.bind_url:", "endpoint.hostname"),
        ("c.JupyterHub.port = 9000", "JupyterHub.port: bind_url", "publicUrl"),
        ('c.JupyterHub.hub_bind_url = "http://:1"', "JupyterHub.hub_bind_url:", "publicUrl"),
        ('c.JupyterHub.db_url = "sqlite:////tmp/x"', "JupyterHub.db_url:", "database.type"),
        ("c.JupyterHub.authenticate_prometheus = False", "JupyterHub.authenticate_prometheus:", "monitoring.metrics"),
        ("c.ConfigurableHTTPProxy.should_start = True", "ConfigurableHTTPProxy.should_start:", "the proxy"),
        ('c.KubeSpawner.namespace = "x"', "KubeSpawner.namespace:", "the setting namespace"),
        ("c.KubeSpawner.delete_pvc = True", "KubeSpawner.delete_pvc:", "notebook.keepHomes"),
    ],
)
def test_a_change_with_which_the_hub_cannot_work_is_refused(extra: str, option: str, setting: str, tried: Try) -> None:
    (mistake,) = tried(extra)
    assert mistake.startswith(f"{HERE}:1: {option}")
    assert setting in mistake


APPLIED = """\
def mine(spawner, options):
    spawner.cpu_guarantee, spawner.mem_guarantee, spawner.mem_limit = 1, 2**30, 2**30
    spawner.extra_resource_guarantees = spawner.extra_resource_limits = {"ephemeral-storage": "1Gi"}
c.KubeSpawner.apply_user_options = mine
"""
"""Options of one's own, of which a pod comes that the guard accepts."""


@pytest.mark.parametrize(
    ("extra", "option"),
    [
        ("c.KubeSpawner.modify_pod_hook = None", "KubeSpawner.modify_pod_hook"),
        ("c.KubeSpawner.modify_pod_hook = lambda spawner, pod: pod", "KubeSpawner.modify_pod_hook"),
        (APPLIED, "KubeSpawner.apply_user_options"),
        ("c.KubeSpawner.options_form = 'a text'", "KubeSpawner.options_form"),
        ("c.KubeSpawner.options_from_form = lambda data: {}", "KubeSpawner.options_from_form"),
        ('c.JupyterHub.spawner_class = "simple"', "JupyterHub.spawner_class"),
        (
            "import kubespawner as k\nclass Mine(k.KubeSpawner): pass\nc.JupyterHub.spawner_class = Mine",
            "JupyterHub.spawner_class",
        ),
        (
            'c.KubeSpawner.profile_list = [{"display_name": "S", "kubespawner_override": {"mem_limit": "2G"}}]',
            "KubeSpawner.profile_list",
        ),
    ],
)
def test_a_replaced_check_of_starts_is_refused_unless_it_is_meant(extra: str, option: str, tried: Try) -> None:
    (mistake,) = tried(extra)
    assert mistake.split(": ")[1] == option
    assert mistake.endswith("If that is meant: pulumi config set hub.replaceGuard true")


@pytest.mark.parametrize(
    ("extra", "name"),
    [("c.KubeSpawner.modify_pod_hook = lambda spawner, pod: pod", "modify_pod_hook"), (APPLIED, "apply_user_options")],
)
def test_a_replaced_check_of_starts_that_is_meant_is_told(extra: str, name: str, tried: Try) -> None:
    told: list[str] = []
    assert tried(extra, warnings=told, values=MEANT) == []
    assert any(f"KubeSpawner.{name}: replaces a check of what people start" in text for text in told), told


@pytest.mark.parametrize(
    "extra",
    [
        'c.KubeSpawner.environment.update({"A": "1"})',
        'c.JupyterHub.services.append({"name": "x", "url": "http://x"})',
        'import os\nc.JupyterHub.services.append({"name": "x", "api_token": os.environ["JPY_COOKIE_SECRET"]})',
        'c.KubeSpawner.default_url = "/tree"\nc.JupyterHub.allow_named_servers = True\nc.KubeSpawner.uid = 1001',
        "from hub.notebook_spawner import NotebookSpawner as N\nclass M(N): pass\nc.JupyterHub.spawner_class = M",
        "import time\nx = [1]\ntime.sleep(0)",
    ],
)
def test_a_change_that_has_its_effect_everywhere_is_not_told(extra: str, tried: Try) -> None:
    told: list[str] = []
    assert (tried(extra, warnings=told), told) == ([], [])


HIDDEN = "hunter2hunter2"


@pytest.mark.parametrize(
    ("extra", "name"),
    [
        (f'KubeSpawner.environment = {{"API_TOKEN": "{HIDDEN}"}}', "API_TOKEN"),
        (f'KubeSpawner.environment.update({{"AWS_SECRET_ACCESS_KEY": "{HIDDEN}"}})', "AWS_SECRET_ACCESS_KEY"),
        (f'KubeSpawner.environment.update({{"PGPASSWORD": "{HIDDEN}"}})', "PGPASSWORD"),
        (f'KubeSpawner.environment.update({{"SMTP_PASS": {{"value": "{HIDDEN}"}}}})', "SMTP_PASS"),
        (f'KubeSpawner.environment = {{"CACHE": "redis://:{HIDDEN}@cache:6379/0"}}', "CACHE"),
        (f'KubeSpawner.environment = {{"PEM": "-----BEGIN RSA PRIVATE KEY-----\\n{HIDDEN}"}}', "PEM"),
        (f'KubeSpawner.environment = {{"GIT": "ghp_{HIDDEN}"}}', "GIT"),
        (f'KubeSpawner.args = ["--IdentityProvider.token={HIDDEN}"]', "IdentityProvider.token"),
        (
            f'KubeSpawner.init_containers = [{{"name": "a", "env": [{{"name": "DB_PASSWORD", "value": "{HIDDEN}"}}]}}]',
            "DB_PASSWORD",
        ),
        (f'JupyterHub.services.append({{"name": "x", "api_token": "{HIDDEN}"}})', "api_token"),
        (
            f'JupyterHub.services.append({{"name": "x", "environment": {{"DB_PASSWORD": "{HIDDEN}"}}}})',
            "DB_PASSWORD",
        ),
        (f'JupyterHub.services.append({{"name": "x", "command": ["y", "--token", "{HIDDEN}"]}})', "token"),
        (f'JupyterHub.service_tokens = {{"{HIDDEN}": "x"}}', "token"),
        # Of a class that this hub does not use.
        (f'GenericOAuthenticator.client_secret = "{HIDDEN}"', "client_secret"),
        ('GitHubOAuthenticator.client_secret = "dGVzdHRlc3Q="', "client_secret"),
    ],
)
def test_a_secret_in_plain_text_is_told_at_any_depth(extra: str, name: str, tried: Try) -> None:
    told: list[str] = []
    mistakes = tried(f"c.{extra}", warnings=told)
    assert any(f"the value of {name} is in plain text" in text for text in told), told
    assert HIDDEN not in "".join([*told, *mistakes])


@pytest.mark.parametrize(
    "value",
    [
        {"TOKEN_URL": "https://x", "API_TOKEN_URL": "https://x/token", "MAX_TOKENS": "4096", "SECRET_NAME": "db"},
        {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "SSH_PUBLIC_KEY": "ssh-ed25519 AAAA", "SORT_KEY": "name"},
        {"USE_TOKEN": "true", "REQUIRE_PASSWORD": "1", "EMPTY_TOKEN": "", "API_KEY": None, "PASSWORD_LENGTH": "12"},
        {"DB_PASSWORD_FILE": "/run/secrets/db", "GOOGLE_APPLICATION_CREDENTIALS": "/run/secrets/key.json"},
        {"DB_PASSWORD": "$(OTHER)", "BYPASS": "a", "COMPASS": "north", "PWD": "/home/jovyan", "MONKEY": "banana"},
        {"DB_PASSWORD": {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}},
        {"URL": "https://user@x/y:z@w", "TIME": "10:30", "IMAGE": "registry:5000/a@sha256:0123"},
        [{"key": "hub.jupyter.org/token", "operator": "Equal", "value": "user", "effect": "NoSchedule"}],
        [{"name": "x", "secret": {"secretName": "db-password", "items": [{"key": "token", "path": "token"}]}}],
        [{"name": "regcred"}, {"topology_key": "kubernetes.io/hostname"}],
        ["serve", "--token-url", "https://x", "--log-level=debug", "--password-file=/run/secrets/x"],
        {"response_type": "token", "grant_type": "password", "username_claim": "email"},
    ],
)
def test_a_harmless_value_is_no_secret(value: object) -> None:
    assert list(overrides.secrets("extra_options", value)) == []


def test_a_refused_change_hides_no_other_mistake(tried: Try) -> None:
    public_url, base_url = tried("c.JupyterHub.public_url = 'https://x/a/'\nc.JupyterHub.base_url = '/b/'")
    assert public_url.startswith(f"{HERE}:1: JupyterHub.public_url: JupyterHub.public_url = ")
    assert base_url.startswith(f"{HERE}:2: JupyterHub.base_url: bind_url cannot be changed")


def test_a_lost_part_of_a_map_is_told_by_its_name() -> None:
    assert overrides.why("environment", {"A": "1"}, {"A": "2", "B": "1"}) is None
    assert overrides.why("environment", {"A": "1"}, {"B": "1"}) == (
        "loses A, which this program sets; to keep that, use .update()"
    )


def test_every_option_in_the_tables_exists() -> None:
    classes = (JupyterHub, KubeSpawner, NativeAuthenticator, GitHubOAuthenticator, ConfigurableHTTPProxy)
    known = {name for cls in classes for name in cls.class_trait_names(config=True)}
    assert {*overrides.BROKEN, *overrides.GUARD, *overrides.SETTINGS, *overrides.FREE} - known == set()
