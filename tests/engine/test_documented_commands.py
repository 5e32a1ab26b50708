"""The commands of the documentation that make a stack and its settings, typed as they are there."""

import itertools
import shutil
from pathlib import Path

import pytest

from tests.documented_commands import Command, blocks
from tools.engine import Engine
from tools.paths import CHECKOUT

_SETTING = ("config", "set")
_STARTS = {("stack", "init"), _SETTING}
_TYPED = [
    (block.page.name, [command for command in block.commands if command[0] == "pulumi" and command[1:3] in _STARTS])
    for block in blocks()
    if block.mark == ""
]
_BLOCKS = [(page, commands) for page, commands in _TYPED if commands]


@pytest.mark.parametrize("commands", [commands for _, commands in _BLOCKS], ids=[page for page, _ in _BLOCKS])
def test_pulumi_accepts_the_commands_of_a_block(commands: list[Command], built_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    environment = {"PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}", "PULUMI_CONFIG_PASSPHRASE": "of the tests"}
    shutil.copy(CHECKOUT / "Pulumi.yaml", tmp_path)
    if commands[0][1:3] == _SETTING:
        commands = [("pulumi", "stack", "init", "documented"), *commands]
    for _, *words in commands:
        typed = itertools.takewhile(lambda word: word != "<", words)  # the file of a redirection is the standard input
        done = built_engine.run(*typed, folder=tmp_path, environment=environment, stdin="{}")
        assert done.returncode == 0, done.stdout
    keys = [words for words in commands if words[1:3] == _SETTING]
    (written,) = tmp_path.glob("Pulumi.*.yaml")
    assert written.read_text(encoding="utf-8").count("\n") > len(keys)
