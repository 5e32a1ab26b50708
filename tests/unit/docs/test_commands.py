"""Each command in the documentation is run by a test, or its block says that it is not."""

import re
from collections.abc import Iterator, Mapping

import pytest

from settings.reading.keys import KEYS, SECRETS
from tests.documented_commands import Block, Command, blocks
from tools.paths import CHECKOUT

_RUN_BY: Mapping[Command, tuple[str, str]] = {
    ("make", "up"): ("tests/unit/tools/local/test_deploy.py", '_make(monkeypatch, "up")'),
    ("make", "down"): ("tests/unit/tools/local/test_deploy.py", '_make(monkeypatch, "down")'),
    ("make", "cancel"): ("tests/unit/tools/local/test_deploy.py", '_make(monkeypatch, "cancel")'),
    ("pulumi", "stack", "init"): ("tests/engine/test_documented_commands.py", '("stack", "init")'),
    ("pulumi", "config", "set"): ("tests/engine/test_documented_commands.py", '("config", "set")'),
    ("pulumi", "preview"): ("tests/engine/test_two_clusters.py", '"preview"'),
    ("pulumi", "up"): ("tests/engine/test_two_clusters.py", '"up"'),
    ("pulumi", "refresh"): ("tests/e2e/test_hub.py", '"refresh"'),
    ("pulumi", "destroy"): ("tests/engine/test_two_clusters.py", '"destroy"'),
    ("pulumi", "cancel"): ("tests/engine/test_two_clusters.py", '"cancel"'),
    ("pulumi", "state", "delete"): ("tests/engine/test_two_clusters.py", '"state", "delete"'),
    ("python", "-m", "migrate"): ("tests/unit/migrate/test_command.py", "main("),
    ("python", "-m", "migrate.homes"): ("tests/e2e/test_moved_homes.py", "migrate.homes"),
    ("python", "-m", "migrate.database"): ("tests/e2e/test_move.py", "move_database("),
    (".venv/bin/python", "-m", "tools.new"): ("tests/unit/tools/new/test_new.py", "main(["),
    ("make", "doctor"): ("tests/e2e/test_doctor.py", "tools.doctor"),
    ("actionlint",): ("tests/unit/workflows/test_linters.py", '"actionlint"'),
    ("zizmor",): ("tests/unit/workflows/test_linters.py", '"zizmor"'),
    ("curl", "-X", "POST"): ("tests/unit/hub/test_named_servers.py", 'call("POST", "/share'),
    ("curl", "-X", "DELETE"): ("tests/unit/hub/test_named_servers.py", 'call("DELETE", "/shares/ada/"'),
}
"""By the first words of a command, the test that runs it, and a text in it."""
_VARIABLE = re.compile(r"\w+=.*")


def _of(mark: str) -> Iterator[tuple[Block, Command]]:
    for block in blocks():
        if block.mark == mark:
            yield from ((block, command) for command in block.commands if not _VARIABLE.fullmatch(command[0]))


def test_every_command_without_a_mark_is_run_by_a_test() -> None:
    starts = tuple(" ".join(words) for words in _RUN_BY)
    unknown = {f"{block.page.name}: {' '.join(command)}" for block, command in _of("") if not _begins(command, starts)}
    assert unknown == set(), "name the test in _RUN_BY, or mark the block: ```console google, or ```console manual"


def _begins(command: Command, starts: tuple[str, ...]) -> bool:
    return any(f"{' '.join(command)} ".startswith(f"{start} ") for start in starts)


def test_a_mark_is_google_or_manual() -> None:
    assert {block.mark for block in blocks()} == {"", "google", "manual"}


@pytest.mark.parametrize("words", _RUN_BY, ids=" ".join)
def test_the_test_that_runs_a_command_has_it(words: Command) -> None:
    file, text = _RUN_BY[words]
    assert text in (CHECKOUT / file).read_text(encoding="utf-8")


def test_every_entry_of_the_table_is_in_the_documentation() -> None:
    typed = {f"{' '.join(command)} " for _, command in _of("")}
    assert [words for words in _RUN_BY if not any(line.startswith(f"{' '.join(words)} ") for line in typed)] == []


def test_every_documented_key_is_a_setting_and_a_secret_is_set_as_one() -> None:
    """In the blocks of the other programs too, except for `bootstrap/`, which has settings of its own."""
    wrong: list[str] = []
    for block in blocks():
        if ("cd", "bootstrap") in block.commands:
            continue
        for command in block.commands:
            if command[:3] in {("pulumi", "config", "set"), ("pulumi", "config", "rm")}:
                key = _key(command)
                secret = command[2] == "rm" or (key in SECRETS) == ("--secret" in command)
                if key not in KEYS or not secret:
                    wrong.append(f"{block.page.name}: {' '.join(command)}")
    assert wrong == []


def _key(command: Command) -> str:
    """Return the key of a command; in a path it is in brackets: `["nodes.core"].max`."""
    given = next(word for word in command[3:] if not word.startswith("--"))
    in_path = re.match(r'\["([^"]+)"]', given)
    return (in_path[1] if in_path else given).removeprefix("jupyterhub:")
