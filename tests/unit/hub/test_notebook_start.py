"""The command of notebook pods, run by a shell, with a program in place of the image's `start-singleuser.sh`."""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import pytest
from traitlets.config.loader import PyFileConfigLoader

from hub import notebook_activity, notebook_content
from hub.contract import HubConfig
from hub.contract_content import Repository
from hub.notebook_start import SCRIPT, WITHOUT_HOME_SETTINGS, command
from hub.notebook_start import environment as variables_of

OWN_FOLDERS = {"IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "XDG_CACHE_HOME"}


@pytest.fixture
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("image")
    program = folder / "bin" / "start-singleuser.sh"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$$ $*"\nenv\n', encoding="utf-8")
    program.chmod(0o755)
    return program.parent


def start(
    programs: Path,
    home: Path,
    *,
    free_bytes: int,
    environment: Mapping[str, str] | None = None,
    own: Sequence[str] = (),
) -> tuple[str, dict[str, str], int]:
    """Run the command; return the server's PID and arguments, its environment, and the PID of the command."""

    def limit() -> None:
        # A file that grows over the limit fails like one on a full volume.
        resource.setrlimit(resource.RLIMIT_FSIZE, (free_bytes, free_bytes))

    with subprocess.Popen(
        [*command(own), "--option", "two words"],
        env={
            "PATH": f"{programs}:/usr/bin:/bin",
            "HOME": str(home),
            "TMPDIR": str(programs.parent / "tmp"),
            **(environment or {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509 this process has no other threads that matter
    ) as run:
        printed, _ = run.communicate()
    first, *lines = printed.splitlines()
    return first, dict(line.split("=", 1) for line in lines), run.pid


def test_the_server_of_an_ordinary_home_replaces_the_shell(programs: Path, tmp_path: Path) -> None:
    first, environment, pid = start(programs, tmp_path, free_bytes=10**6)
    assert first == f"{pid} --option two words"
    assert not OWN_FOLDERS & environment.keys()
    assert not list(tmp_path.glob(".*"))


def test_a_full_home_starts_with_the_folders_of_jupyter_elsewhere(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    first, environment, pid = start(programs, tmp_path, free_bytes=32768)
    assert first == f"{pid} --option two words"
    assert environment.keys() >= OWN_FOLDERS
    # Settings and kernels in the home are still found.
    assert environment["JUPYTER_CONFIG_PATH"].endswith(f":{tmp_path}/.jupyter")
    assert environment["JUPYTER_PATH"].endswith(f":{tmp_path}/.local/share/jupyter")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.txt"]


@pytest.mark.parametrize("free_bytes", [10**6, 32768])
def test_a_start_after_a_failed_one_reads_nothing_of_the_home(programs: Path, tmp_path: Path, free_bytes: int) -> None:
    first, environment, pid = start(programs, tmp_path, free_bytes=free_bytes, environment={WITHOUT_HOME_SETTINGS: "1"})
    assert first == f"{pid} --option two words"
    assert environment["PYTHONNOUSERSITE"] == "1"
    assert environment.keys() >= OWN_FOLDERS
    read = [name for name, value in environment.items() if str(tmp_path) in value and not name.startswith("PYTEST")]
    assert read == ["HOME"]
    assert not list(tmp_path.iterdir())


def test_a_home_that_cannot_be_written_starts_too(programs: Path, tmp_path: Path) -> None:
    first, environment, pid = start(programs, tmp_path / "absent", free_bytes=10**6)
    assert first == f"{pid} --option two words"
    assert environment.keys() >= OWN_FOLDERS


def test_an_image_without_the_script_starts_its_jupyterhub_singleuser(programs: Path, tmp_path: Path) -> None:
    (programs / "start-singleuser.sh").rename(programs / "jupyterhub-singleuser")
    first, _, pid = start(programs, tmp_path, free_bytes=10**6)
    assert first == f"{pid} --option two words"


def test_a_program_of_the_operator_starts_with_its_arguments_before_those_of_the_hub(
    programs: Path, tmp_path: Path
) -> None:
    (programs / "start-singleuser.sh").rename(programs / "start notebook.py")
    first, _, pid = start(programs, tmp_path, free_bytes=10**6, own=["start notebook.py", "--own={x} 'y'"])
    assert first == f"{pid} --own={{x}} 'y' --option two words"


def test_an_image_without_the_program_of_the_operator_ends_with_the_reason(programs: Path, tmp_path: Path) -> None:
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    started = command(["it's-there.py", "--flag"])
    ended = subprocess.run(started, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 127
    assert ended.stderr == "This image has no it's-there.py.\n"


def test_an_image_without_jupyterhub_ends_with_the_reason(programs: Path, tmp_path: Path) -> None:
    (programs / "start-singleuser.sh").unlink()
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    ended = subprocess.run(command(), env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 127
    assert "Install the Python package jupyterhub." in ended.stderr


def test_the_extension_of_the_server_is_written_unchanged(programs: Path, tmp_path: Path) -> None:
    _, environment, _ = start(programs, tmp_path, free_bytes=10**6)
    folder = Path(environment["JUPYTER_CONFIG_PATH"])
    source = Path(notebook_activity.__file__)
    for module in ("notebook_activity.py", "notebook_content.py"):
        assert (folder / module).read_text() == source.with_name(module).read_text() + "\n"
    lab = Path(environment["JUPYTER_PATH"]) / "labextensions" / "jupyterhub-notices"
    load = json.loads((lab / "package.json").read_text())["jupyterlab"]["_build"]["load"]
    assert (lab / load).read_text() == source.with_name("notebook_notices.js").read_text() + "\n"
    config = PyFileConfigLoader("jupyter_server_config.py", str(folder)).load_config()
    extensions = {"notebook_activity": True, "notebook_content": True}
    assert config.ServerApp.jpserver_extensions.to_dict() == {"update": extensions}
    assert sys.path.pop() == str(folder)


@pytest.mark.parametrize("minutes", [0, 30])
def test_idle_kernels_end_after_the_minutes_of_the_settings(
    minutes: int, programs: Path, tmp_path: Path, hub_config: HubConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = hub_config.content.model_copy(update={"kernel_idle_minutes": minutes})
    variables = variables_of(hub_config.model_copy(update={"content": content}))
    _, environment, _ = start(programs, tmp_path, free_bytes=10**6)
    monkeypatch.setenv("JUPYTERHUB_KERNEL_IDLE_SECONDS", variables["JUPYTERHUB_KERNEL_IDLE_SECONDS"])
    config = PyFileConfigLoader("jupyter_server_config.py", environment["JUPYTER_CONFIG_PATH"]).load_config()
    sys.path.pop()
    kernels = {"cull_idle_timeout": 1800, "cull_interval": 60, "cull_connected": True} if minutes else {}
    assert dict(config.MappingKernelManager) == kernels


def test_the_server_learns_the_repositories_of_the_settings(hub_config: HubConfig) -> None:
    assert notebook_content.VARIABLE not in variables_of(hub_config)
    repository = Repository(repository="https://github.com/example/course", branch=None, folder="course")
    content = hub_config.content.model_copy(update={"repositories": (repository,)})
    given = json.loads(variables_of(hub_config.model_copy(update={"content": content}))[notebook_content.VARIABLE])
    assert given == [{"repository": "https://github.com/example/course", "branch": None, "folder": "course"}]


def test_the_server_takes_the_headers_that_the_proxy_passes_on(programs: Path, tmp_path: Path) -> None:
    _, environment, _ = start(programs, tmp_path, free_bytes=10**6)
    folder = environment["JUPYTER_CONFIG_PATH"]
    # As jupyter_server does: the configuration first, then the HTTP server.
    serve = (
        "import asyncio, sys, traitlets.config.loader, tornado.httpserver, tornado.netutil, tornado.web\n"
        "traitlets.config.loader.PyFileConfigLoader('jupyter_server_config.py', sys.argv[1]).load_config()\n"
        "async def main():\n"
        "    sockets = tornado.netutil.bind_sockets(0, '127.0.0.1')\n"
        "    app = tornado.web.Application([('/', tornado.web.RedirectHandler, {'url': '/lab'})])\n"
        "    tornado.httpserver.HTTPServer(app, max_body_size=1000).add_sockets(sockets)\n"
        "    print(sockets[0].getsockname()[1], flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", serve, folder], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            url = f"http://127.0.0.1:{server.stdout.readline().strip()}/"
            answer = httpx.get(url, headers={"Cookie": "a=" + "x" * (80 * 1024 - 2)}, timeout=60)
        finally:
            server.terminate()
    assert answer.headers["Location"] == "/lab"


def test_kubernetes_leaves_the_command_as_it_is() -> None:
    assert not any("$(" in part for part in command())


def _script(hub_config: HubConfig, text: str) -> dict[str, str]:
    """Return the variable of a script, as Kubernetes hands it to the pod."""
    changed = hub_config.content.model_copy(update={"start_script": text})
    variables = variables_of(hub_config.model_copy(update={"content": changed}))
    return {name: value.replace("$$", "$") for name, value in variables.items() if name == SCRIPT}


def test_the_script_runs_in_the_home_before_the_server(programs: Path, tmp_path: Path, hub_config: HubConfig) -> None:
    script = _script(hub_config, 'mkdir work\necho "$(date +%Y) $$ {a}" >work/"$NAME"\nexport NAME=other')
    _, variables, _ = start(programs, tmp_path, free_bytes=1_000_000, environment={**script, "NAME": "file"})
    year, pid, braces = (tmp_path / "work" / "file").read_text().split()
    assert (year.isdecimal(), pid.isdecimal(), braces) == (True, True, "{a}")
    assert variables["NAME"] == "file"
    assert SCRIPT not in variables


@pytest.mark.parametrize("text", ["exit 3", "if", "exec false", "kill $$"])
def test_a_script_that_fails_does_not_stop_the_server(
    programs: Path, tmp_path: Path, hub_config: HubConfig, text: str
) -> None:
    printed, _, _ = start(programs, tmp_path, free_bytes=1_000_000, environment=_script(hub_config, text))
    assert "--option two words" in printed


def test_a_start_after_a_failed_one_is_without_the_script(
    programs: Path, tmp_path: Path, hub_config: HubConfig
) -> None:
    variables = {**_script(hub_config, "touch was-here"), WITHOUT_HOME_SETTINGS: "1"}
    start(programs, tmp_path, free_bytes=1_000_000, environment=variables)
    assert not (tmp_path / "was-here").exists()


def test_without_a_script_there_is_no_variable(hub_config: HubConfig) -> None:
    assert _script(hub_config, "") == {}
