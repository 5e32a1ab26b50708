"""Values that a class refuses or ignores."""

import pytest

from tests.unit.config_check.conftest import HERE, Try


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("KubeSpawner.privileged", "'yes'", "must be True or False, not 'yes'"),
        ("KubeSpawner.start_timeout", "'600'", "must be a whole number, not '600'"),
        # A parent's section, and an option of the child in it.
        ("Spawner.mem_limit", "'1Gi'", "1Gi is not a valid memory specification."),
        ("Spawner.secret_name_template", "7", "must be a text"),
        ("KubeSpawner.args", "['a', 5]", "each part must be a text, not 5"),
        ("KubeSpawner.node_selector", "['a']", "must be a dict, not a list"),
        ("KubeSpawner.pod_name_template", "'{usrname}'", "'{usrname}' is refused: KeyError: 'usrname'"),
        ("JupyterHub.config_file", "'/nowhere'", "'/nowhere' is refused: SystemExit"),
        ("Authenticator.username_map", "1", "must be a dict, not 1"),
        ("Proxy.extra_routes", "{'/x/': 'ftp://x'}", "Proxy.extra_routes target /x/='ftp://x' doesn't look like a URL"),
        # No object of this class is made here.
        ("GitHubOAuthenticator.client_id", "5", "must be a text, not 5"),
        (
            "KubeSpawner.environment",
            "{'a': __import__('threading').Lock()}",
            "a dict is refused: TypeError: cannot pickle",
        ),
    ],
)
def test_an_invalid_value_is_reported_with_the_reason(option: str, value: str, message: str, tried: Try) -> None:
    (mistake,) = tried(f"\nc.{option} = {value}")
    assert mistake.startswith(f"{HERE}:2: {option}: {message}")


def test_values_added_to_a_list_are_checked(tried: Try) -> None:
    assert tried("c.KubeSpawner.args.append(5)") == [f"{HERE}:1: KubeSpawner.args: each part must be a text, not 5"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("Authenticator.allowed_users.append('ada')", "as the value is a set; use .add() or .update()"),
        ("KubeSpawner.volumes.update({'x': 1})", "as the value is a list; use .append() or .extend()"),
        ("KubeSpawner.environment.append('x')", "as the value is a dict; use .update()"),
        ("KubeSpawner.image.append('x')", "as the value is a str; set it as a whole"),
    ],
)
def test_a_change_that_traitlets_ignores_is_reported(change: str, message: str, tried: Try) -> None:
    (mistake,) = tried(f"c.{change}")
    assert mistake.startswith(f"{HERE}:1: {change.rpartition('.')[0]}: .")
    assert mistake.endswith(message)


def test_a_class_that_cannot_be_instantiated_is_reported_at_its_line(tried: Try) -> None:
    extra = (
        "from jupyterhub.auth import DummyAuthenticator\n"
        "class Mine(DummyAuthenticator):\n"
        "    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        raise RuntimeError('needs a directory')\n"
        "c.JupyterHub.authenticator_class = Mine\n"
    )
    message = "JupyterHub.authenticator_class: Mine cannot be made of this: RuntimeError: needs a directory"
    assert tried(extra) == [f"{HERE}:6: {message}"]


def test_options_that_prevent_notebook_starts_are_reported(tried: Try) -> None:
    extra = (
        "c.KubeSpawner.privileged = True\n"
        "c.KubeSpawner.cmd = ['start-singleuser.sh']\n"
        "c.KubeSpawner.cpu_limit = 99.0\n"
        "c.KubeSpawner.extra_containers.append({'name': 'x', 'image': 'x'})\n"
    )
    mistakes = tried(extra)
    assert [mistake.split(": ")[:2] for mistake in mistakes] == [
        [f"{HERE}:1", "KubeSpawner.privileged"],
        [f"{HERE}:3", "KubeSpawner.cpu_limit"],
        [f"{HERE}:4", "KubeSpawner.extra_containers"],
    ]
    assert "with this no notebook server could start: " in mistakes[0]


def test_the_value_of_a_variable_is_shown_by_its_name(secret_names: list[str], tried: Try) -> None:
    extra = f"import os\nc.KubeSpawner.uid = os.environ['{secret_names[0]}']"
    message = f"must be a whole number or a callable, not the value of {secret_names[0]}"
    assert tried(extra) == [f"{HERE}:2: KubeSpawner.uid: {message}"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("JupyterHub.cookie_secret", "'hunter2'"),
        ("GitHubOAuthenticator.client_secret", "['hunter2']"),
        ("JupyterHub.api_tokens", "{'hunter2': 7}"),
        ("CryptKeeper.keys", "['hunter2']"),
        ("JupyterHub.services", "{'name': 'x', 'api_token': 'hunter2'}"),
    ],
)
def test_values_that_may_be_secret_are_not_shown(option: str, value: str, tried: Try) -> None:
    (mistake,) = tried(f"c.{option} = {value}")
    assert mistake.startswith(f"{HERE}:1: {option}: ")
    assert "hunter2" not in mistake
