import subprocess
from pathlib import Path

from tests.unit.docker.dockerfile import DOCKER


def test_the_script_execs_the_server_with_unchanged_arguments(tmp_path: Path) -> None:
    server = tmp_path / "jupyterhub-singleuser"
    server.write_text('#!/bin/sh\necho $$\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    server.chmod(0o755)
    script = DOCKER / "notebook" / "start-singleuser.sh"
    arguments = ["--allow-root", "two words", "", "*"]
    with subprocess.Popen([script, *arguments], env={"PATH": str(tmp_path)}, stdout=subprocess.PIPE, text=True) as run:
        printed, _ = run.communicate()
    assert printed.splitlines() == [str(run.pid), *arguments]
