"""The extension of notebook servers, with the parts of Jupyter Server that it uses."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from hub import notebook_activity
from hub.contract import HubConfig
from hub.lifetime import sentences
from hub.notebook_activity import Work, computing, cpu_seconds, notices
from hub.notebook_start import WITHOUT_HOME_SETTINGS

START = datetime.now(UTC) - timedelta(hours=2)


class Kernels:
    """Jupyter's kernel manager."""

    def __init__(self, *states: str) -> None:
        self.states = states
        self.last_kernel_activity = START

    def list_kernels(self) -> list[dict[str, str]] | Awaitable[list[dict[str, str]]]:
        """Return the kernels as in `/api/kernels`."""
        return [{"execution_state": state} for state in self.states]


class RemoteKernels(Kernels):
    """That of a kernel gateway, which is asked over the network."""

    async def list_kernels(self) -> list[dict[str, str]]:
        """Return the kernels."""
        return [{"execution_state": state} for state in self.states]


def server(kernels: Kernels) -> SimpleNamespace:
    settings: dict[str, object] = {"started": START, "api_last_activity": datetime.now(UTC), "last_activity_times": {}}
    return SimpleNamespace(kernel_manager=kernels, web_app=SimpleNamespace(settings=settings))


def works(app: SimpleNamespace, *, seconds: float = 0) -> bool:
    """Return whether activity is noted after a look of this many seconds."""
    work = Work(app)
    time.sleep(seconds)
    asyncio.run(work.look())
    return "work" in app.web_app.settings["last_activity_times"]


@pytest.fixture
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_activity, "cpu_seconds", dict[int, float])


@pytest.mark.usefixtures("no_processes")
@pytest.mark.parametrize("manager", [Kernels, RemoteKernels])
def test_a_busy_kernel_is_activity_and_idle_ones_are_not(manager: type[Kernels]) -> None:
    assert works(server(manager("idle", "busy")))
    assert not works(server(manager("idle", "starting")))
    assert not works(server(manager()))


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("while True: pass", True),
        ("import subprocess, sys\nwhile True: subprocess.run([sys.executable, '-c', ''])", True),
        ("import time; time.sleep(60)", False),
    ],
)
def test_a_process_that_computes_is_activity_and_a_sleeping_one_is_not(
    code: str,
    counts: bool,  # noqa: FBT001 -- a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with subprocess.Popen([sys.executable, "-c", code]) as process:

        def of_the_pod() -> dict[int, float]:
            return {pid: used for pid, used in cpu_seconds().items() if pid == process.pid}

        time.sleep(1)  # its own start is over
        monkeypatch.setattr(notebook_activity, "cpu_seconds", of_the_pod)
        works_now = works(server(Kernels()), seconds=2)
        process.kill()  # before any assertion: the block waits for its end
        assert works_now is counts


def test_the_server_itself_is_not_among_the_processes() -> None:
    assert os.getpid() not in cpu_seconds()
    assert os.getppid() in cpu_seconds()


def test_a_process_that_started_in_between_counts_with_its_whole_time() -> None:
    assert computing({1: 50}, {1: 50, 2: 6.1}, 60)
    assert not computing({1: 50}, {1: 55.9, 2: 5.9}, 60), "many small processes are no computation"
    assert not computing({1: 50, 2: 9}, {1: 50}, 60), "it has ended"


@pytest.mark.usefixtures("no_processes")
def test_without_requests_the_last_activity_is_that_of_code_and_files() -> None:
    app = server(Kernels())
    work = Work(app)
    assert work.last_activity() == START, "requests of open tabs do not count"
    app.web_app.settings["terminal_last_activity"] = later = START + timedelta(hours=1)
    assert work.last_activity() == later
    asyncio.run(work.saved(data={"action": "save"}))
    assert work.last_activity() > later


@pytest.mark.parametrize("counts", ["0", "1"])
def test_the_extension_replaces_the_last_activity_only_if_tabs_do_not_count(
    counts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_COUNT_OPEN_TABS", counts)
    listeners: list[dict[str, object]] = []
    app = server(Kernels())

    def add_listener(**listener: object) -> None:
        listeners.append(listener)

    app.event_logger = SimpleNamespace(add_listener=add_listener)

    async def load() -> None:
        notebook_activity._load_jupyter_server_extension(app)  # pyright: ignore[reportPrivateUsage] Jupyter's name
        assert app.jupyterhub_work.is_running()
        app.jupyterhub_work.stop()

    asyncio.run(load())
    assert hasattr(app.web_app, "last_activity") is (counts == "0")
    assert len(listeners) == (counts == "0")


@pytest.mark.parametrize("free", [2**20, 2**20 - 1])
def test_the_notices_are_what_ends_the_server_and_a_full_home(
    free: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JUPYTERHUB_LIFETIME", "Your server is stopped.")

    def disk_usage(_: Path) -> SimpleNamespace:
        return SimpleNamespace(total=10 * 2**30, free=free)

    monkeypatch.setattr("shutil.disk_usage", disk_usage)
    lifetime, *full = notices(tmp_path)
    assert lifetime["message"] == "Your server is stopped."
    expected = "Your home folder is full (10.0 GiB, 1 MiB free): files cannot be saved."
    assert [str(notice["message"]).startswith(expected) for notice in full] == ([True] if free < 2**20 else [])


def test_a_start_without_the_settings_of_the_home_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JUPYTERHUB_LIFETIME", raising=False)
    monkeypatch.setenv(WITHOUT_HOME_SETTINGS, "1")
    found = [str(notice["message"]) for notice in notices(tmp_path)]
    assert "leaves out the Jupyter settings and Python packages of your home folder" in found[0]
    assert "Fix or remove them" in found[1]


def test_jupyterlab_cuts_off_no_notice(hub_config: HubConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = sentences(hub_config.model_copy(update={"idle_minutes": 999, "max_hours": 999, "count_open_tabs": False}))
    monkeypatch.setenv("JUPYTERHUB_LIFETIME", " ".join(told))
    monkeypatch.setenv(WITHOUT_HOME_SETTINGS, "1")
    monkeypatch.setattr("shutil.disk_usage", Mock(return_value=SimpleNamespace(total=64 * 2**40, free=0)))
    found = [str(notice["message"]) for notice in notices(tmp_path)]
    assert max(map(len, found)) <= 140
    assert " ".join(found).startswith(" ".join(told))


def test_the_next_page_of_jupyterlab_has_the_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_LIFETIME", "Your server is stopped.")
    app = server(Kernels())
    Work(app).show_notices()
    (notice, *_) = app.web_app.settings["page_config_data"]["jupyterhubNotices"]
    assert notice["message"] == "Your server is stopped."
