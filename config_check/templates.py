"""Find mistakes in the operator's own templates: syntax, parents and blocks that do not exist, pages that none is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, nodes
from jupyterhub._data import DATA_FILES_PATH

from config_check import words
from config_check.child import PAGES
from config_check.load import Mistake, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

_JUPYTERHUB = "templates/"
"""Prefix by which a template names one of JupyterHub's."""


class Templates:
    """The templates of the operator, of the hub and of JupyterHub, in this order, as in the pod."""

    def __init__(self, folder: Path) -> None:
        """Look at the templates of a configuration; `folder` is the parent of the package `hub`."""
        self._environment = Environment(autoescape=True, enable_async=True)  # as JupyterHub makes it
        self._own = folder / PAGES
        self._folders = [self._own, folder / "hub", Path(DATA_FILES_PATH) / "templates"]
        self._read: dict[Path, nodes.Template] = {}

    def mistakes(self) -> Iterator[Mistake]:
        """Yield all mistakes in the operator's templates."""
        named: set[Path | None] = set()
        own = sorted(self._own.glob("*.html")) if self._own.is_dir() else []
        for file in own:
            try:
                tree = self._parsed(file)
                # Parsing finds no unknown filters and tests.
                self._environment.compile(file.read_text(encoding="utf-8"), file.name, file.name)
            except TemplateSyntaxError as error:
                yield self._mistake(file, error.lineno, words.one_line(error.message or "is not a template"))
                continue
            for line, name in _references(tree):
                found = self._find(name)
                named.add(found)
                if found == file:
                    parent = f"hub/{name}" if (self._folders[1] / name).exists() else f"{_JUPYTERHUB}{name}"
                    text = f"is its own parent, without end; extend {parent}"
                    yield self._mistake(file, line, text)
                elif found is None:
                    hint = words.did_you_mean(name, self._names())
                    yield self._mistake(file, line, f"there is no template {name}.{hint}")
            yield from self._blocks(file, tree)
        for file in own:
            if file not in named and not any((folder / file.name).exists() for folder in self._folders[1:]):
                pages = {name for name in self._names() if "/" not in name and name != file.name}
                text = "is no page of the hub, and no other template names it, so nobody would see it."
                yield self._mistake(file, 0, text + words.did_you_mean(file.name, pages))

    def _blocks(self, file: Path, tree: nodes.Template) -> Iterator[Mistake]:
        """Yield the blocks of a template that its parents do not have, so that they would not be shown."""
        known = self._inherited(file, tree, frozenset())
        if known is None:
            return
        own = list(tree.find_all(nodes.Block))
        nested = {inner.name for block in own for part in block.body for inner in _inside(part)}
        for block in own:
            if block.name not in known | nested:
                hint = words.did_you_mean(block.name, known)
                text = f"there is no block {block.name} in what it extends, so nobody would see it.{hint}"
                yield self._mistake(file, block.lineno, text)

    def _inherited(self, file: Path, tree: nodes.Template, seen: frozenset[Path]) -> set[str] | None:
        """Return the names of the blocks in the parents of a template; None if it has none, or none that is known."""
        parent = next((one.template for one in tree.find_all(nodes.Extends)), None)
        if not (isinstance(parent, nodes.Const) and isinstance(parent.value, str)):
            return None
        found = self._find(parent.value)
        if found is None or found in {*seen, file}:
            return None
        try:
            above = self._parsed(found)
        except TemplateSyntaxError:
            return None
        blocks = {block.name for block in above.find_all(nodes.Block)}
        extends = next(above.find_all(nodes.Extends), None) is not None
        further = self._inherited(found, above, seen | {file})
        return None if extends and further is None else blocks | (further or set())

    def _find(self, name: str) -> Path | None:
        """Return the file of a template as JupyterHub finds it."""
        if name.startswith(_JUPYTERHUB):
            candidates = [self._folders[-1] / name.removeprefix(_JUPYTERHUB)]
        else:
            candidates = [*(folder / name for folder in self._folders), self._own.parent / name]
        return next((file for file in candidates if file.is_file()), None)

    def _parsed(self, file: Path) -> nodes.Template:
        if file not in self._read:
            self._read[file] = self._environment.parse(file.read_text(encoding="utf-8"), file.name, file.name)
        return self._read[file]

    @cache  # noqa: B019 the process ends soon
    def _names(self) -> set[str]:
        own, hub, theirs = ({file.name for file in folder.glob("*.html")} for folder in self._folders)
        return {*own, *hub, *theirs, *(f"hub/{name}" for name in hub), *(f"{_JUPYTERHUB}{name}" for name in theirs)}

    def _mistake(self, file: Path, line: int, text: str) -> Mistake:
        return Mistake(Place(f"{PAGES}/{file.name}", line), text)


def _references(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield the constant names of templates that a template extends, includes or imports, with their lines."""
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        if isinstance(node, nodes.Include) and node.ignore_missing:
            continue
        if isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
            yield node.lineno, node.template.value


def _inside(node: nodes.Node) -> Iterator[nodes.Block]:
    if isinstance(node, nodes.Block):
        yield node
    yield from node.find_all(nodes.Block)
