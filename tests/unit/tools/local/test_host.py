import os
import platform
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tools.errors import ToolError
from tools.local import host, layout


def _nothing_runs(_: str) -> bool:
    return False


def _refusal() -> str:
    with pytest.raises(ToolError) as refused:
        host.check()
    return str(refused.value)


def _be_root_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(host, "other_kubernetes", lambda: "")
    monkeypatch.setattr(host, "is_running", _nothing_runs)


def test_another_operating_system_is_refused_with_an_alternative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    reason, other_way = _refusal().splitlines()
    assert "Darwin" in reason
    assert "CLUSTER=kind" in other_way


def test_a_user_other_than_root_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _be_root_on_linux(monkeypatch)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "not root" in _refusal()


def test_an_occupied_port_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    _be_root_on_linux(monkeypatch)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(layout, "API_PORT", port)
        assert re.search(rf"port .*\b{port}\b", _refusal())


def test_another_kubernetes_on_the_machine_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    _be_root_on_linux(monkeypatch)
    monkeypatch.setattr(host, "other_kubernetes", lambda: "process 7, k3s")
    assert "process 7, k3s" in _refusal()


def test_a_zombie_of_a_stopped_kubelet_is_not_another_kubernetes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "_KUBERNETES", {"own-kubelet"})
    program = tmp_path / "own-kubelet"
    program.symlink_to(str(shutil.which("cat")))
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"it runs")
        process.stdin.flush()
        process.stdout.read(7)
        assert host.other_kubernetes() == f"process {process.pid}, own-kubelet"
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
        assert host.other_kubernetes() == ""


def test_missing_packages_without_apt_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="a-package"):
        host.install_packages({"a-program": "a-package"})
