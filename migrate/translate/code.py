"""`hub.extraConfig`: pieces of Python, with the chart's values in place of `z2jh.get_config`."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from migrate.plan import Answer, Code, Kind, Plan
from migrate.values import at

_HELPERS: Final = {"get_name", "get_name_env", "get_secret_value", "set_config_if_not_none"}
"""Functions of the chart's module z2jh, which reads files that only the chart's pods have."""


class _UntranslatableError(Exception):
    """Code that needs the chart; the message says what of it."""


def snippets(plan: Plan, pieces: Mapping[str, str]) -> None:
    """Keep code of `hub.extraConfig`, or say why it cannot run here.

    Args:
        plan: The plan.
        pieces: The code by name, in order.
    """
    for name, text in pieces.items():
        try:
            plan.code.append(Code(name, without_chart(text, plan.values)))
        except _UntranslatableError as error:
            plan.answers["hub", "extraConfig", name] = Answer(Kind.REFUSED, str(error))
        else:
            plan.answers["hub", "extraConfig", name] = Answer(Kind.CODE, "`hub.extraConfig`")


def without_chart(text: str, values: Mapping[str, object]) -> str:
    """Return code with values in place of `get_config`, and without the import of the chart's module.

    Raises:
        _UntranslatableError: The code uses more of the chart than its values.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        message = f"no Python: {error.msg}, line {error.lineno}"
        raise _UntranslatableError(message) from None
    lines = text.splitlines(keepends=True)
    edits: list[tuple[ast.expr | ast.stmt, str]] = []
    for node in _outermost(tree):
        if isinstance(node, ast.Import) and any(alias.name == "z2jh" for alias in node.names):
            others = [alias.name for alias in node.names if alias.name != "z2jh"]
            edits.append((node, f"import {', '.join(others)}" if others else "pass"))
        elif isinstance(node, ast.ImportFrom) and node.module == "z2jh":
            edits.append((node, "pass"))
        elif isinstance(node, ast.Call) and (function := _of_chart(node)):
            edits.append((node, _value(node, function, values)))
    # From the end, so that the places of the others stay right.
    for node, new in sorted(edits, key=lambda edit: (edit[0].lineno, edit[0].col_offset), reverse=True):
        _replace(lines, node, new)
    return re.sub(r"^pass\n", "", "".join(lines), flags=re.MULTILINE)


def _outermost(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes but those in a call of the chart's functions, whose value replaces the whole call."""
    yield node
    if not (isinstance(node, ast.Call) and _of_chart(node)):
        for child in ast.iter_child_nodes(node):
            yield from _outermost(child)


def _of_chart(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name) if name in {"get_config", *_HELPERS}:
            return name
        case ast.Attribute(value=ast.Name(id="z2jh"), attr=name):
            return name
        case _:
            return None


def _value(call: ast.Call, function: str, values: Mapping[str, object]) -> str:
    if function != "get_config":
        message = f"uses {function} of the chart (line {call.lineno}): write the value itself"
        raise _UntranslatableError(message)
    match call.args:
        case [ast.Constant(value=str(path)), *rest]:
            found = at(values, path)
        case _:
            message = f"asks the chart for a value that only the running hub knows (line {call.lineno})"
            raise _UntranslatableError(message)
    if found is not None:
        return repr(found)
    defaults = [*rest, *(keyword.value for keyword in call.keywords)]
    return without_chart(ast.unparse(defaults[0]), values) if defaults else "None"


def _replace(lines: list[str], node: ast.expr | ast.stmt, new: str) -> None:
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    # Offsets count bytes of UTF-8.
    before = lines[first].encode()[: node.col_offset].decode()
    after = lines[last].encode()[node.end_col_offset or 0 :].decode()
    lines[first : last + 1] = [f"{before}{new}{after}"]
