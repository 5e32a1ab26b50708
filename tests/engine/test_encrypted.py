"""Encrypted values of settings that are no secrets, which the engine passes to the program in plain text."""

from pathlib import Path

import pytest

from tests.conftest import make_stack, set_secret, succeed
from tests.kubeconfigs import write
from tests.stacks import VALUES
from tools.engine import Engine, Stack

MARKER = "hunter2-marker"


@pytest.fixture
def stack(built_engine: Engine, tmp_path: Path) -> Stack:
    kubeconfig = write(tmp_path / "kubeconfig", {"away": "https://127.0.0.1:9"}, current="away")
    return make_stack("encrypted", tmp_path, built_engine, kubeconfig, VALUES)


def test_a_secret_in_another_setting_is_refused_and_nowhere_in_plain_text(stack: Stack) -> None:
    for key in ("hub.extraConfig", "publicUrl"):
        set_secret(stack, key, MARKER)
    for path in ('["auth.customTraits"].a.client_secret', '["notebook.images"][0]'):
        succeed(stack, "config", "set", "--secret", "--path", path, stdin=MARKER)
    log = stack.folder / "log"
    done = stack.run("up", "--yes", event_log=log)
    assert done.returncode != 0
    for key in ("hub.extraConfig", "publicUrl", "auth.customTraits", "notebook.images"):
        assert f"* {key}: is encrypted, but is not a secret setting" in done.stdout
    assert MARKER not in done.stdout
    written = [file for file in stack.folder.rglob("*") if file.is_file()]
    assert log in written
    assert any("stacks" in file.parts for file in written)
    assert [file for file in written if MARKER.encode() in file.read_bytes()] == []
