"""The commands in the documentation: what readers type, block by block.

The word after the language of a block says who runs its commands, and GitHub does not show it:

- none: tests run them; `tests/unit/docs/test_commands.py` says which;
- `google`: they need Google Cloud, on which this project has never run;
- `manual`: they run on the reader's own machine, servers or cluster, and no test runs them.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.paths import CHECKOUT

PAGES = sorted(
    {*CHECKOUT.glob("*.md"), *(CHECKOUT / "tests").rglob("*.md"), *(CHECKOUT / "docs").rglob("*.md")}
    - {*(CHECKOUT / "docs" / "review").glob("*.md")}
)
"""All pages but the comments in docs/review/, which are outputs."""
_BLOCK = re.compile(r"^ *```(console|bash|sh)\b *([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SEPARATORS = {"&&", "||", "|", ";"}

Command = tuple[str, ...]
"""The words of a command, without comments. `<id>` is the placeholder `ID`."""


@dataclass(frozen=True)
class Block:
    """A block of commands."""

    page: Path
    mark: str
    """Who runs them; see above."""
    commands: tuple[Command, ...]


def blocks() -> Iterator[Block]:
    """Yield all blocks."""
    for page in PAGES:
        for language, mark, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
            lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
            # The other lines of a console are what the commands print.
            typed = [line.removeprefix("$ ") for line in lines if language != "console" or line.startswith("$ ")]
            yield Block(page, mark, tuple(command for line in typed for command in _split(line)))


def _split(line: str) -> Iterator[Command]:
    words = shlex.shlex(re.sub(r"<[\w ]+>", "ID", line), posix=True, punctuation_chars=True)
    words.whitespace_split = True
    command: list[str] = []
    for word in [*words, ";"]:
        if word not in _SEPARATORS:
            command.append(word)
        elif command:
            yield tuple(command)
            command = []
