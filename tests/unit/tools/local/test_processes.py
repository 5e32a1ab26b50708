import os
from pathlib import Path

import pytest

from tools.errors import ToolError
from tools.local import layout, processes


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(layout, "RUN", tmp_path / "run")
    monkeypatch.setattr(layout, "LOGS", tmp_path / "logs")


def _pid(name: str) -> int:
    return int((layout.RUN / f"{name}.json").read_text().split('"pid": ')[1].split(",")[0])


def test_a_started_process_has_its_own_session_until_it_is_stopped() -> None:
    processes.start("sleeper", ["sleep", "60"])
    pid = _pid("sleeper")
    assert processes.is_running("sleeper")
    assert os.getsid(pid) == pid
    processes.stop("sleeper")
    assert not processes.is_running("sleeper")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_second_start_keeps_the_running_process() -> None:
    processes.start("sleeper", ["sleep", "60"])
    first = _pid("sleeper")
    processes.start("sleeper", ["sleep", "60"])
    assert _pid("sleeper") == first
    processes.stop("sleeper")


def test_a_process_that_ignores_sigterm_is_killed() -> None:
    processes.start("stubborn", ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"])
    processes.stop("stubborn", seconds=0.3)
    assert not processes.is_running("stubborn")


def test_a_reused_process_id_is_not_stopped() -> None:
    layout.RUN.mkdir(parents=True)
    (layout.RUN / "reused.json").write_text(f'{{"pid": {os.getpid()}, "started": 1}}')
    assert not processes.is_running("reused")
    processes.stop("reused")
    assert os.getpid()


def test_an_incomplete_record_counts_as_not_started() -> None:
    layout.RUN.mkdir(parents=True)
    (layout.RUN / "torn.json").write_text('{"pid": 1')
    assert not processes.is_running("torn")


def test_a_dead_process_is_reported_with_the_end_of_its_log() -> None:
    processes.start("short", ["sh", "-c", "echo the reason; exit 3"])
    while processes.is_running("short"):
        pass
    with pytest.raises(ToolError, match="the reason"):
        processes.require_running("short")
