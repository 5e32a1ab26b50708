"""The corpus of refused and accepted stack files.

`unit/settings/cases/` has the refused stacks, in a file for each group of keys. A case changes a stack of `bases.yaml`
(`set`, `remove`) and lists all its mistakes (`expect`): `a | b` is one mistake with both parts. Values are kept as
written, with their quotes. `unit/settings/files/` has whole files for the tests of reading, `examples/` the examples
for users.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from settings import SettingsError, parse
from settings.reading.keys import PROJECT
from tools.paths import CHECKOUT

_HERE = CHECKOUT / "tests" / "unit" / "settings"
_HEAD = "# expect: "

EXAMPLES = tuple(sorted((CHECKOUT / "examples").glob("Pulumi.*.yaml")))
FILES = _HERE / "files"
ACCEPTED = (*EXAMPLES, *sorted(FILES.glob("*.good.yaml")))


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A stack file that is refused."""

    name: str
    """`group/case`, or the name of a whole file."""

    text: str
    """The stack file."""

    mistakes: tuple[tuple[str, ...], ...]
    """The parts of each mistake."""


def base(name: str) -> dict[str, object]:
    """Return a stack of `bases.yaml`, by key."""
    return cast("dict[str, object]", _plain(_bases()[name]))


def mistakes_of(values: Mapping[str, object]) -> list[str]:
    """Return the mistakes of a stack, by key; an empty list if there are none."""
    try:
        parse(values)
    except SettingsError as error:
        return list(error.mistakes)
    return []


def refused() -> tuple[Refused, ...]:
    """Return every refused stack file: those of the case files, and the whole ones."""
    return (*_cases(), *_files())


def _cases() -> Iterator[Refused]:
    bases = _bases()
    for file in sorted((_HERE / "cases").glob("*.yaml")):
        if file.stem == "bases":
            continue
        group = _members(_compose(file))
        for node in group["cases"].value:
            case, plain = _members(node), cast("dict[str, Any]", _plain(node))
            base = bases[plain.get("base", group["base"].value)]
            values = {**_members(base), **_members(case.get("set"))}
            kept = {key: value for key, value in values.items() if key not in plain.get("remove", ())}
            yield Refused(
                name=f"{file.stem}/{plain['name']}",
                text=_stack_file(kept),
                mistakes=tuple(tuple(mistake.split(" | ")) for mistake in plain["expect"]),
            )


def _bases() -> dict[str, yaml.Node]:
    return _members(_compose(_HERE / "cases" / "bases.yaml"))


def _files() -> Iterator[Refused]:
    for file in sorted(FILES.glob("*.bad.yaml")):
        text = file.read_text(encoding="utf-8")
        heads = [line.removeprefix(_HEAD) for line in text.splitlines() if line.startswith(_HEAD)]
        yield Refused(name=file.name, text=text, mistakes=tuple(tuple(head.split(" | ")) for head in heads))


def _stack_file(values: dict[str, yaml.Node]) -> str:
    config = yaml.MappingNode(
        "tag:yaml.org,2002:map", [(_scalar(f"{PROJECT}:{key}"), value) for key, value in values.items()]
    )
    root = yaml.MappingNode("tag:yaml.org,2002:map", [(_scalar("config"), config)])
    # BaseDumper gives no value a meaning: what has no quotes gets none.
    return yaml.serialize(root, Dumper=yaml.BaseDumper, allow_unicode=True)  # pyright: ignore[reportUnknownMemberType] PyYAML's stubs


def _scalar(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text)


def _compose(file: Path) -> yaml.Node:
    return cast("yaml.Node", yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader))


def _members(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {} if node is None else {key.value: value for key, value in node.value}


def _plain(node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    return [_plain(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else node.value
