"""The layers of the repository, as in CONTRIBUTING.md: each imports only those that it may."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tools.paths import CHECKOUT

CONTRACT = {f"hub.{path.stem}" for path in (CHECKOUT / "hub").glob("contract*.py")}
"""The modules of the contract between program and hub."""

LAYERS: Mapping[str, set[str]] = {
    "settings": {"settings", *CONTRACT, "hub.image_rule", "hub.quantity"},
    "components": {"components", "settings", *CONTRACT, "hub.image_rule", "config_check"},
    "hub": {"hub"},
    "config_check": {"config_check"},
    "policy": {"policy"},
    "provider": {"provider", "components", "settings"},
    "tools": {"tools", "settings", "components", "hub", "config_check", "policy", "provider"},
}
"""By folder, the packages and modules of this repository that it may import."""

TESTS = ("unit", "policy", "engine", "e2e")


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each import of a folder: the module that imports, and the name of what it imports."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((str(path), alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((str(path), f"{node.module}.{alias.name}") for alias in node.names)


def is_in(name: str, packages: Iterable[str]) -> bool:
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_those_that_it_may(layer: str) -> None:
    ours = [folder.name for folder in CHECKOUT.iterdir() if (folder / "__init__.py").exists()]
    found = [(path, name) for path, name in imported(CHECKOUT / layer) if is_in(name, ours)]
    assert [(path, name) for path, name in found if not is_in(name, LAYERS[layer])] == []


@pytest.mark.parametrize("layer", TESTS)
def test_a_layer_of_tests_imports_nothing_from_another_one(layer: str) -> None:
    others = [f"tests.{other}" for other in TESTS if other != layer]
    assert [(path, name) for path, name in imported(CHECKOUT / "tests" / layer) if is_in(name, others)] == []


def test_no_module_imports_a_test_module() -> None:
    assert [(path, name) for path, name in imported(CHECKOUT / "tests") if ".test_" in name] == []
