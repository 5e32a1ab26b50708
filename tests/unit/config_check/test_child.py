"""The child process, and what the program makes of its answer."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pulumi
import pytest

import config_check
from config_check import ConfigCheck
from tests.unit.config_check.conftest import EXTRA

NAMES = {EXTRA: "hub.extraConfig"}


@pytest.fixture
def child() -> Callable[[str], tuple[ConfigCheck, "subprocess.Popen[str]"]]:
    """Make a try whose child process runs the given code instead."""

    def make(code: str) -> tuple[ConfigCheck, "subprocess.Popen[str]"]:
        folder: TemporaryDirectory[str] = TemporaryDirectory()
        with (Path(folder.name) / "log.txt").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
            )
        return ConfigCheck(process, folder, names=NAMES, seconds=0), process

    return make


def test_a_good_configuration_passes_whatever_it_prints(shipped: dict[str, str], secret_names: list[str]) -> None:
    extra = "import os\nprint('[]')\nos.write(1, b'x')\nos.system('echo x')\nc.KubeSpawner.debug = True"
    begin = time.monotonic()
    run = config_check.start({**shipped, EXTRA: extra}, secret_names, line_names=NAMES)
    assert time.monotonic() - begin < 1, "the program waits for the try at its end only"
    run.finish()
    run.finish()


def test_a_check_runs_beside_its_block_and_ends_it_with_all_mistakes(
    shipped: dict[str, str], secret_names: list[str]
) -> None:
    with config_check.running(shipped, secret_names, line_names=NAMES):
        pass
    reached: list[str] = []
    with (
        pytest.raises(pulumi.RunError, match=r"line 1: KubeSpawner\.debug"),
        config_check.running({**shipped, EXTRA: "c.KubeSpawner.debug = 7"}, secret_names, line_names=NAMES),
    ):
        reached.append("the end of the block")
    assert reached


def test_an_error_in_the_block_stops_the_check_and_is_raised_as_it_is(
    shipped: dict[str, str], secret_names: list[str]
) -> None:
    endless = {**shipped, EXTRA: "while True: pass"}
    with (
        pytest.raises(ValueError, match="no such cluster"),
        config_check.running(endless, secret_names, line_names=NAMES) as check,
    ):
        raise ValueError("no such cluster")
    # A whole check would have ended with RunError, and with exit code 0.
    assert check._process.returncode == -signal.SIGKILL  # pyright: ignore[reportPrivateUsage] -- no API


def test_mistakes_are_one_error_that_names_settings_files_and_lines(
    shipped: dict[str, str], secret_names: list[str]
) -> None:
    begin = "c = get_config()"
    own = shipped["jupyterhub_config.py"].replace(begin, f"{begin}; c.JupyterHub.port = 'x'")
    line = own[: own.index(begin)].count("\n") + 1
    files = {**shipped, "jupyterhub_config.py": own, EXTRA: "c.KubeSpawner.imgae = 1\nimport pytest\n"}
    with pytest.raises(pulumi.RunError) as caught:
        config_check.start(files, secret_names, line_names=NAMES).finish()
    head, unknown, missing, wrong = str(caught.value).splitlines()
    assert head == "The hub's configuration has 3 mistakes:"
    assert unknown.startswith("  * hub.extraConfig, line 1: KubeSpawner.imgae: is not known, and would be ignored.")
    # It is installed here, and not in the hub's image.
    assert missing.startswith("  * hub.extraConfig, line 2: ModuleNotFoundError: No module named 'pytest'; its package")
    assert wrong == f"  * hub/jupyterhub_config.py, line {line}: JupyterHub.port: must be a whole number, not 'x'"


def test_the_child_sees_nothing_of_the_programs_secrets_folders_and_network(
    shipped: dict[str, str], secret_names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PULUMI_CONFIG", "PULUMI_CONFIG_PASSPHRASE", "GITHUB_TOKEN", "KUBECONFIG", *secret_names):
        monkeypatch.setenv(name, "hunter2")
    extra = (
        "import json, os, socket, sys\n"
        "try:\n    socket.create_connection(('127.0.0.1', 9))\nexcept OSError as error:\n    reached = str(error)\n"
        "try:\n    import settings\nexcept ImportError as error:\n    found = str(error)\n"
        "print(json.dumps([dict(os.environ), reached, found, os.getcwd()]), file=sys.stderr)\nos._exit(7)\n"
    )
    (mistake,) = config_check.start({**shipped, EXTRA: extra}, secret_names, line_names=NAMES).mistakes()
    ended, _, answer = mistake.rpartition("\n")
    environment, reached, found, folder = json.loads(answer)
    assert ended == "the hub's configuration ended the process that checks it, with exit code 7; the end of its log:"
    may_be_there = {"PATH", "HOME", "LANG", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}
    assert set(secret_names) <= set(environment) <= {*secret_names, *may_be_there}
    assert "hunter2" not in answer
    assert reached.startswith("127.0.0.1:9 is not reached from a preview")
    assert found == "No module named 'settings'"
    assert environment["HOME"] == folder


def test_a_child_that_does_not_end_is_ended(
    child: Callable[[str], tuple[ConfigCheck, "subprocess.Popen[str]"]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config_check.child._IMPORT_SECONDS", 0.2)
    run, process = child("while True: pass")
    assert run.mistakes() == ["the hub's configuration did not end within 0.2 s"]
    assert process.returncode is not None


def test_a_program_that_ends_before_it_asks_leaves_no_child(
    child: Callable[[str], tuple[ConfigCheck, "subprocess.Popen[str]"]],
) -> None:
    run, process = child("while True: pass")
    del run
    assert process.returncode is not None


def test_without_jupyterhub_the_command_that_installs_it_is_told(
    child: Callable[[str], tuple[ConfigCheck, "subprocess.Popen[str]"]],
) -> None:
    run, _ = child("import no_such_jupyterhub")
    (mistake,) = run.mistakes()
    assert mistake.startswith("JupyterHub is not installed beside this program")
    assert mistake.endswith("-m pip install -r docker/hub/requirements.txt")
