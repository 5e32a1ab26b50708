"""Markdown that is safe with untrusted text of a pull request.

Untrusted text stands in code spans and fenced blocks only, where GitHub renders no mention, link or HTML. Their fences
have more backticks than the text.
"""

import html
import re
from typing import Final

_INVISIBLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters, and characters that make a text look like another."""


def visible(text: str) -> str:
    """Return the text with every invisible character as its code."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\r\n", "\n").expandtabs(4))


def code(text: str) -> str:
    """Return the text as a code span, in one line."""
    line = " ".join(visible(text).split()) or " "
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def block(text: str, *, language: str = "") -> str:
    """Return the text as a fenced block."""
    shown = visible(text).rstrip("\n")
    ticks = "`" * max(3, _longest_run(shown) + 1)
    return f"{ticks}{language}\n{shown}\n{ticks}"


def folded(title: str, body: str) -> str:
    """Return a collapsed section.

    Args:
        title: Untrusted text.
        body: Markdown.
    """
    line = html.escape(" ".join(visible(title).split()))
    # GitHub renders no mentions in HTML code either.
    return f"<details><summary><code>{line}</code></summary>\n\n{body}\n\n</details>"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
