"""Lines of the operator's code that did not run in the check, and names in them that do not exist."""

from __future__ import annotations

import builtins
import dis
from types import CodeType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_DEFINES: Final = frozenset({"STORE_GLOBAL", "STORE_NAME"})
_SHOWN: Final = 10
"""Number of lines that a text names."""


def functions(code: CodeType) -> Iterator[CodeType]:
    """Yield a file's code, and that of each function, lambda and class in it."""
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from functions(part)


def lines(code: CodeType, ran: Collection[tuple[str, str, int]]) -> list[int]:
    """Return the lines of a function that did not run. The line of its `def` belongs to what is around it."""
    own = {line for _, _, line in code.co_lines() if line}
    if code.co_name != "<lambda>":
        own.discard(code.co_firstlineno)
    return sorted(line for line in own if (code.co_filename, code.co_qualname, line) not in ran)


def undefined(code: CodeType, known: Mapping[str, object]) -> Iterator[tuple[int, str]]:
    """Yield line and name of each global name that the functions of a file use, and nothing defines.

    Args:
        code: Code of the file.
        known: The file's global names after it was executed.
    """
    parts = list(functions(code))
    instructions = [list(dis.get_instructions(part)) for part in parts]
    defined = {str(one.argval) for part in instructions for one in part if one.opname in _DEFINES}
    for part in instructions[1:]:
        line = 0
        for one in part:
            line = one.starts_line or line
            name = str(one.argval)
            if one.opname == "LOAD_GLOBAL" and not (name in known or name in defined or hasattr(builtins, name)):
                yield line, name


def last_set(code: CodeType, name: str) -> int:
    """Return the last line at which a file sets a global name; 0: it does not."""
    line = found = 0
    for one in dis.get_instructions(code):
        line = one.starts_line or line
        if one.opname in _DEFINES and one.argval == name:
            found = line
    return found


def text(function: str, missing: list[int]) -> str:
    """Return the warning about lines that did not run."""
    shown = ", ".join(map(str, missing[:_SHOWN])) + (", ..." if len(missing) > _SHOWN else "")
    where = "" if function == "<module>" else f" of {function.replace('.<locals>', '')}"
    did = f"line{'s' if len(missing) > 1 else ''} {shown}{where} did not run"
    return f"{did} in this check, which knows one example user and no pod; an error there would show in the hub only"
