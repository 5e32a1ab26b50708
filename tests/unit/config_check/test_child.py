"""The child process of the check, and the errors of the program."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
import pytest

import config_check
from config_check import child, known_good
from tests.unit.config_check.conftest import EXTRA

if TYPE_CHECKING:
    import subprocess

NAMES = {f"hub/{EXTRA}": "hub.extraConfig"}

Mistakes = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[str]"]:
    """The child processes that the test starts."""
    found: list[subprocess.Popen[str]] = []
    start = child.start

    def record(*arguments: object) -> "subprocess.Popen[str]":
        found.append(start(*arguments))  # pyright: ignore[reportArgumentType] -- they are passed on
        return found[-1]

    monkeypatch.setattr(child, "start", record)
    return found


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that refuses an `extra_config.py` with a 7, and loads no JupyterHub."""
    program = (
        "import json, pathlib, sys; text = pathlib.Path(sys.argv[1], 'hub', 'extra_config.py').read_text(); "
        "found = [[['hub/extra_config.py', 1], 'wrong']] if '7' in text else []; "
        "print(json.dumps({'mistakes': found, 'warnings': []}))"
    )
    monkeypatch.setattr(child, "_COMMAND", ("-c", program))


@pytest.fixture
def mistakes(shipped: dict[str, str], secret_names: list[str]) -> Mistakes:
    """Check the default files with changed ones, and return the mistakes of the program."""

    def check(**changes: str) -> list[str]:
        files = {**shipped, **{f"{name}.py": text for name, text in changes.items()}}
        try:
            with config_check.running(files, secret_names, line_names=NAMES):
                pass
        except pulumi.RunError as error:
            return str(error).split("\n  * ")
        return []

    return check


def test_a_valid_configuration_passes_with_any_output(mistakes: Mistakes) -> None:
    extra = "import os\nprint('[]')\nos.write(1, b'x')\nos.system('echo x')\nc.KubeSpawner.debug = True"
    assert mistakes(extra_config=extra) == []


@pytest.mark.parametrize("error", [ValueError("no such cluster"), SystemExit(1)], ids=["error", "end of the program"])
def test_an_error_in_the_block_stops_the_check_and_is_raised(
    error: BaseException, shipped: dict[str, str], secret_names: list[str], started: list["subprocess.Popen[str]"]
) -> None:
    endless = {**shipped, EXTRA: "while True: pass"}
    with (
        pytest.raises(type(error)) as caught,
        config_check.running(endless, secret_names, line_names=NAMES),
    ):
        # The check runs during the block: if it had ended, its exit code would be 0.
        raise error
    assert caught.value is error
    assert [process.returncode for process in started] == [-signal.SIGKILL]


@pytest.mark.usefixtures("_quick")
def test_only_a_configuration_that_passed_is_not_checked_again(
    mistakes: Mistakes, started: list["subprocess.Popen[str]"]
) -> None:
    for extra, checks, wrong in (("c.KubeSpawner.debug = True", 1, False), ("c.KubeSpawner.debug = 7", 2, True)):
        started.clear()
        first, second = mistakes(extra_config=extra), mistakes(extra_config=extra)
        assert first == second
        assert bool(first) is wrong
        assert len(started) == checks
    assert mistakes(extra_config="c.KubeSpawner.debug = False") == []
    assert len(started) == 3


def test_a_fingerprint_is_of_files_variables_packages_and_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {known_good.fingerprint({"a": "b"}, ["C"]), known_good.fingerprint({"a": "b", "c": ""}, ["C"])}
    found |= {known_good.fingerprint({"a": "bc"}, []), known_good.fingerprint({"a": "b"}, ["C", "D"])}
    (tmp_path / "jupyterhub-9.dist-info").mkdir()
    with monkeypatch.context() as context:
        context.setattr("sys.path", [str(tmp_path), *sys.path])
        found.add(known_good.fingerprint({"a": "b"}, ["C"]))
    with monkeypatch.context() as context:
        context.setattr("sys.version", "4")
        found.add(known_good.fingerprint({"a": "b"}, ["C"]))
    assert len(found) == 6
    assert known_good.fingerprint({"a": "b", "b": ""}, ["C", "D"]) == known_good.fingerprint(
        {"b": "", "a": "b"}, ["D", "C"]
    )


@pytest.mark.usefixtures("_quick")
def test_without_a_cache_folder_every_run_checks(
    mistakes: Mistakes, started: list["subprocess.Popen[str]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)
    assert mistakes() == mistakes() == []
    assert len(started) == 2


def test_mistakes_are_one_error_that_names_settings_files_and_lines(
    shipped: dict[str, str], mistakes: Mistakes
) -> None:
    begin = "c = get_config()"
    own = shipped["jupyterhub_config.py"].replace(begin, f"{begin}; c.JupyterHub.port = 'x'")
    line = own[: own.index(begin)].count("\n") + 1
    extra = "c.KubeSpawner.imgae = 1\nimport pytest\n"
    head, unknown, missing, wrong = mistakes(jupyterhub_config=own, extra_config=extra)
    assert head == "The hub's configuration has 3 mistakes:"
    assert unknown.startswith("hub.extraConfig, line 1: KubeSpawner.imgae: is not known, and would be ignored.")
    # It is installed here, and not in the hub's image.
    assert missing.startswith("hub.extraConfig, line 2: ModuleNotFoundError: No module named 'pytest'; its package")
    assert wrong == f"hub/jupyterhub_config.py, line {line}: JupyterHub.port: must be a whole number, not 'x'"


def test_the_child_process_has_no_secrets_folders_or_network(
    secret_names: list[str], mistakes: Mistakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PULUMI_CONFIG", "PULUMI_CONFIG_PASSPHRASE", "GITHUB_TOKEN", "KUBECONFIG", *secret_names):
        monkeypatch.setenv(name, "hunter2")
    extra = (
        "import json, os, socket, sys\n"
        "try:\n    socket.create_connection(('127.0.0.1', 9))\nexcept OSError as error:\n    reached = str(error)\n"
        "try:\n    import settings\nexcept ImportError as error:\n    found = str(error)\n"
        "print(json.dumps([dict(os.environ), reached, found, os.getcwd()]), file=sys.stderr)\nos._exit(7)\n"
    )
    _, mistake = mistakes(extra_config=extra)
    ended, _, answer = mistake.rpartition("\n")
    environment, reached, found, folder = json.loads(answer)
    assert ended == "the hub's configuration ended the process that checks it, with exit code 7; the end of its log:"
    may_be_there = {"PATH", "HOME", "LANG", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}
    assert set(secret_names) <= set(environment) <= {*secret_names, *may_be_there}
    assert "hunter2" not in answer
    assert reached.startswith("127.0.0.1:9 is not reached from a preview")
    assert found == "No module named 'settings'"
    assert environment["HOME"] == folder


def test_a_child_process_that_does_not_end_is_killed(
    mistakes: Mistakes, started: list["subprocess.Popen[str]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_COMMAND", ["-c", "while True: pass"])
    monkeypatch.setattr(child, "SECONDS", 0)
    monkeypatch.setattr(child, "_IMPORT_SECONDS", 0.2)
    assert mistakes()[1:] == ["the hub's configuration did not end within 0.2 s"]
    assert [process.returncode for process in started] == [-signal.SIGKILL]


def test_a_missing_jupyterhub_is_reported_with_the_command(mistakes: Mistakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_COMMAND", ["-c", "import no_such_jupyterhub"])
    _, mistake = mistakes()
    assert mistake.startswith("JupyterHub is not installed beside this program")
    assert mistake.endswith("-m pip install -r docker/hub/requirements.txt")


def test_warnings_are_logged_each_time_and_do_not_stop(mistakes: Mistakes, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", told.append)
    extra = "c.KubeSpawner.start_timeout = 60"
    assert mistakes(extra_config=extra) == mistakes(extra_config=extra) == []
    first, second = told
    assert first == second
    assert first.startswith("hub.extraConfig, line 1: KubeSpawner.start_timeout: replaces notebook.startTimeoutSeconds")


def test_hooks_change_nothing_and_what_they_were_kept_from_is_told(
    mistakes: Mistakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", told.append)
    file = tmp_path / "kept"
    file.touch()
    extra = (
        "import os, socket, subprocess\n"
        f"def remove(spawner):\n    os.remove({str(file)!r})\n"
        f"def write(spawner):\n    open({str(tmp_path / 'new')!r}, 'w')\n"
        "def start(spawner, state):\n    subprocess.run(['true'])\n"
        "def connect(a, h, user):\n    try:\n        socket.create_connection(('127.0.0.1', 9))\n"
        "    except OSError:\n        return user\n"
        "c.KubeSpawner.pre_spawn_hook = remove\nc.KubeSpawner.post_stop_hook = write\n"
        "c.KubeSpawner.auth_state_hook = start\nc.Authenticator.post_auth_hook = connect\n"
    )
    assert mistakes(extra_config=extra) == []
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.name != "jupyterhub-on-gke") == ["kept"]
    for line, what in ((3, "calls os.remove"), (5, "writes a file"), (7, "calls subprocess"), (10, "connects to 127")):
        assert any(text.startswith(f"hub.extraConfig, line {line}: {what}") for text in told), told


def test_a_secret_in_the_hubs_own_environment_is_told(mistakes: Mistakes, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", told.append)
    extra = (
        "import os\nos.environ['OAUTH_CLIENT_SECRET'] = 'hunter2hunter2'\nos.environ['HARMLESS'] = 'x'\n"
        "os.environ.update({'API_TOKEN': os.environ['JPY_COOKIE_SECRET']})\n"
    )
    assert mistakes(extra_config=extra) == []
    (warning,) = told
    assert warning.startswith("hub.extraConfig, line 2: os.environ: the value of OAUTH_CLIENT_SECRET is in plain text")
    assert "hunter2" not in warning


def test_the_configuration_finds_the_operators_variables_and_packages_as_in_the_pod(
    shipped: dict[str, str], secret_names: list[str]
) -> None:
    extra = "import os, pytest\nassert os.environ['LDAP_SERVER'] == 'ldap.example.org'"
    with_both = config_check.Own({"LDAP_SERVER": "ldap.example.org"}, {}, [f"pytest=={pytest.__version__}"])
    with config_check.running({**shipped, EXTRA: extra}, secret_names, with_both, line_names=NAMES):
        pass
    other = config_check.Own({"LDAP_SERVER": "ldap.example.org"}, {}, ["pytest==0.1"])
    with (
        pytest.raises(
            pulumi.RunError, match=r"hub\.packages: pytest==0\.1 is \S+ here; .* -m pip install pytest==0\.1"
        ),
        config_check.running({**shipped, EXTRA: extra}, secret_names, other, line_names=NAMES),
    ):
        pass
