"""The allowed values of an input by its documentation, if it clearly states a closed list."""

import re
from collections.abc import Iterator

_HEAD = r"(?i:(?:possible|supported|valid|accepted|allowed) values(?: are)?|must be (?:either|one of)):?"
_ITEM = r"(?:`\"?[\w.-]+\"?`|[A-Z][A-Z0-9_]{2,})"
_REMARK = r"(?:\s+\([^)`]*\))?"
_AND = r"(?:\s*,?\s*(?:and|or)\s+|\s*,\s*)"
# The end of a sentence, of a paragraph or of the text ends the list.
_END = r"(?=\s*\Z|\.(?:\s|\Z)|\s*\n\s*(?:\n|[A-Z*>]))"
_SENTENCE = re.compile(rf"{_HEAD}\s+({_ITEM}{_REMARK}(?:{_AND}{_ITEM}{_REMARK})+){_END}")
_BULLETS = re.compile(rf"{_HEAD}[ ]*\n((?:[ ]*\*[ ][^\n]*(?:\n|\Z))+)\s*\Z")
_EMPTY_TOO = 'empty string value (`""`) is also supported'
_BULLET = re.compile(r"[ ]*\*[ ]`?\"?([A-Z][A-Z0-9_]+)\"?`?(?::.*)?")


def choices(documentation: str) -> frozenset[str]:
    """Return the allowed values; empty without a clear closed list."""
    found = set(_lists(documentation))
    if len(found) != 1:
        return frozenset()
    return found.pop() | {""} if _EMPTY_TOO in documentation else found.pop()


def _lists(documentation: str) -> Iterator[frozenset[str]]:
    for match in _SENTENCE.finditer(documentation):
        yield frozenset(item.strip('`"') for item in re.findall(_ITEM, re.sub(r"\([^)]*\)", "", match[1])))
    for match in _BULLETS.finditer(documentation):
        bullets = [_BULLET.fullmatch(line) for line in match[1].splitlines()]
        if all(bullets):
            yield frozenset(bullet[1] for bullet in bullets if bullet)
