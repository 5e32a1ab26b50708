"""Functions of the operator, and code whose result a preview cannot know."""

import pytest

from tests.unit.config_check.conftest import HERE, MEANT, Try

HOOKS = {
    "Authenticator.post_auth_hook": "authenticator, handler, user",
    "KubeSpawner.after_pod_created_hook": "spawner, pod",
    "KubeSpawner.auth_state_hook": "spawner, state",
    "KubeSpawner.modify_pod_hook": "spawner, pod",
    "KubeSpawner.options_form": "spawner",
    "KubeSpawner.post_stop_hook": "spawner",
    "KubeSpawner.pre_spawn_hook": "spawner",
    "KubeSpawner.progress_ready_hook": "spawner, event",
}
ALONE = {"KubeSpawner.uid": "spawner", "KubeSpawner.apply_user_options": "spawner, options"}
"""Without them there is no pod for the other hooks."""

RUNS = [
    pytest.param("def", HOOKS, id="functions"),
    pytest.param("async def", HOOKS, id="async functions"),
    *(pytest.param("def", {option: arguments}, id=option) for option, arguments in ALONE.items()),
]


def _with(way: str, hooks: dict[str, str], body: str) -> str:
    return "\n".join(f"{way} f({arguments}):\n    {body}\nc.{option} = f" for option, arguments in hooks.items())


@pytest.mark.parametrize(("way", "hooks"), RUNS)
def test_a_hook_that_raises_for_the_example_user_is_told(way: str, hooks: dict[str, str], tried: Try) -> None:
    told: list[str] = []
    assert tried(_with(way, hooks, "{}['key']"), warnings=told, values=MEANT) == []
    raised = [text for text in told if "raises KeyError: 'key' for the example user ada" in text]
    assert [text.partition(":")[0] for text in sorted(raised, key=_line)] == [str(3 * n + 2) for n in range(len(hooks))]


@pytest.mark.parametrize(("way", "hooks"), RUNS)
def test_a_hook_with_an_error_for_everybody_is_refused(way: str, hooks: dict[str, str], tried: Try) -> None:
    found = tried(_with(way, hooks, "not_defined"), values=MEANT)
    assert [text.split(": ")[0] for text in found] == [f"{HERE}:{3 * n + 2}" for n in range(len(hooks))]
    assert all("NameError: name 'not_defined' is not defined" in text for text in found)


def _line(text: str) -> int:
    return int(text.partition(":")[0])


def test_a_hook_that_works_is_not_told(tried: Try) -> None:
    told: list[str] = []
    extra = (
        "async def f(spawner):\n"
        "    spawner.log.info(spawner.user.groups)\n"
        "    spawner.environment['A'] = spawner.user.name + spawner.user.url\n"
        "c.KubeSpawner.pre_spawn_hook = f\n"
        "c.KubeSpawner.uid = lambda spawner: 1000\n"
    )
    assert (tried(extra, warnings=told), told) == ([], [])


def test_a_sign_in_hook_that_returns_nothing_is_told(tried: Try) -> None:
    told: list[str] = []
    tried("c.Authenticator.post_auth_hook = lambda a, h, user: None", warnings=told)
    assert any("nobody could sign in" in text for text in told)


def test_a_function_that_nothing_calls_is_told(tried: Try) -> None:
    told: list[str] = []
    tried("def f(*_): pass\nc.JupyterHub.subdomain_hook = f", warnings=told)
    assert told == ["2: JupyterHub.subdomain_hook: is a function that this check did not call"]


def test_a_result_that_differs_in_the_pod_is_told(tried: Try) -> None:
    calls = {
        "time.time()": "time.time",
        "datetime.datetime.now()": "datetime.now",
        "datetime.date.today()": "datetime.today",
        "random.random()": "random.random",
        "random.choice([1])": "random.choice",
        "secrets.token_hex()": "secrets.token_hex",
        "uuid.uuid4()": "uuid.uuid4",
        "os.urandom(1)": "os.urandom",
        "socket.getfqdn()": "socket.getfqdn",
        "subprocess.run(['true'])": "subprocess.run",
        "inner()": None,
        "[].append(1)": None,
    }
    head = "import datetime, os, random, secrets, socket, subprocess, time, uuid\ninner = lambda: time.time_ns()"
    told: list[str] = []
    assert tried("\n".join([head, *calls]), warnings=told) == []
    expected = {(line, call) for line, call in enumerate(calls.values(), start=3) if call}
    found = {(_line(text), text.split(": ")[1].partition("()")[0]) for text in told}
    assert found == {*expected, (2, "time.time_ns")}
    assert all("may return something else in the hub's pod" in text for text in told)


def test_a_hook_that_jupyterhub_cannot_call_is_refused(tried: Try) -> None:
    extra = (
        "def none(): pass\n"
        "c.KubeSpawner.pre_spawn_hook = 'package.module.hook'\n"
        "c.KubeSpawner.post_stop_hook = none\n"
        "c.Authenticator.post_auth_hook = lambda user: user\n"
        "c.KubeSpawner.options_form = 'a text is a form'\n"
    )
    found = tried(extra, values=MEANT)
    assert [text.split(": ", 2)[:2] for text in found] == [
        [f"{HERE}:2", "KubeSpawner.pre_spawn_hook"],
        [f"{HERE}:3", "KubeSpawner.post_stop_hook"],
        [f"{HERE}:4", "Authenticator.post_auth_hook"],
    ]
    assert "must be a function, not 'package.module.hook'" in found[0]
    assert "is called with 1 argument," in found[1]
    assert "is called with 3 arguments," in found[2]


SOMETIMES = """import os
if os.getenv('KUBERNETES_SERVICE_HOST'):
    1 / 0

def helper(spawner):
    return spawner.nothing

async def hook(spawner):
    if spawner.user.name == 'grace':
        helper(spawner)
        raise ValueError
    spawner.log.info('ada')

class Spawner(c.JupyterHub.spawner_class if 'spawner_class' in c.JupyterHub else object):
    def own(self):
        return self.nothing

c.KubeSpawner.pre_spawn_hook = hook
"""


MISSING = "is missing in this check; in the hub's pod it may be there"


def test_a_look_for_a_missing_environment_variable_is_told(secret_names: list[str], tried: Try) -> None:
    told: list[str] = []
    extra = (
        "import os\nos.environ.get('MISSING_A')\nos.getenv('MISSING_B', '')\n'MISSING_C' in os.environ\n"
        f"os.environ.get('{secret_names[0]}')\n'{secret_names[0]}' in os.environ\n{{}}.get('MISSING_D')\n"
    )
    assert tried(extra, warnings=told) == []
    assert sorted(told) == [
        f"{line}: the environment variable MISSING_{name} {MISSING}" for line, name in ((2, "A"), (3, "B"), (4, "C"))
    ]


def test_options_of_another_config_object_are_told(tried: Try) -> None:
    told: list[str] = []
    assert tried("from traitlets.config import Config\nc = Config()\nc.KubeSpawner.uid = 5\n", warnings=told) == []
    assert [text.partition(",")[0] for text in told] == ["2: c is another object from here on"]


def test_lines_that_only_run_for_other_users_or_in_the_pod_are_told(tried: Try) -> None:
    told: list[str] = []
    assert tried(SOMETIMES, warnings=told) == []
    assert [text.split(" did not run")[0] for text in sorted(told, key=_line)] == [
        f"2: the environment variable KUBERNETES_SERVICE_HOST {MISSING}",
        "3: line 3",
        "6: line 6 of helper",
        "10: lines 10, 11 of hook",
        "16: line 16 of Spawner.own",
    ]


def test_a_name_that_is_undefined_for_some_users_only_is_refused(tried: Try) -> None:
    extra = "def f(spawner):\n    if spawner.user.admin:\n        later(mistyped)\ndef later(x): pass\n"
    found = tried(f"{extra}c.KubeSpawner.pre_spawn_hook = f")
    assert found == [f"{HERE}:3: NameError: name 'mistyped' is not defined"]
