"""Markdown in which nothing that a pull request brings along can be more than text.

Code spans and fenced blocks are the only places for foreign text: GitHub makes no mention, link or HTML of what is in
them. They are fenced with more backticks than there are in the text itself.
"""

import html
import re
from typing import Final

_INVISIBLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters, and those with which a text can be made to look like another."""


def visible(text: str) -> str:
    """Returns the text with every character that cannot be seen as its code."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\r\n", "\n").expandtabs(4))


def code(text: str) -> str:
    """Returns the text as a code span, in one line."""
    line = " ".join(visible(text).split()) or " "
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    # Tables and headings know no other escape, and a bar is no part of the values that stand here.
    return f"{ticks}{pad}{line}{pad}{ticks}"


def block(text: str, *, language: str = "") -> str:
    """Returns the text as a fenced block."""
    shown = visible(text).rstrip("\n")
    ticks = "`" * max(3, _longest_run(shown) + 1)
    return f"{ticks}{language}\n{shown}\n{ticks}"


def folded(title: str, body: str) -> str:
    """Returns a part that is closed until somebody clicks on its title.

    Args:
        title: Foreign text.
        body: Markdown.
    """
    line = html.escape(" ".join(visible(title).split()))
    # In HTML code GitHub looks for no mentions either.
    return f"<details><summary><code>{line}</code></summary>\n\n{body}\n\n</details>"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
