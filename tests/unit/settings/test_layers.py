"""The layers of `settings`: each imports only itself and those below."""

import ast
from inspect import signature
from pathlib import Path

import pytest

from settings import Settings
from settings.rules import RULES, WARNINGS, Rule

ROOT = Path(__file__).parents[3]
LAYERS = ("reading", "settings", "rules", "groups", "types", "google")
MODULES = sorted(path for path in (ROOT / "settings").rglob("*.py") if path != ROOT / "settings" / "__init__.py")


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return names | {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}


def layer_of(module: str) -> int:
    return LAYERS.index(module.split(".")[1])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_its_own_layer_and_lower_ones(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    ours = [name for name in imported(path) if name.startswith("settings.")]
    assert [name for name in ours if layer_of(name) < layer_of(module)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_nothing_else_of_the_program_but_hub(path: Path) -> None:
    folders = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists()} - {"settings", "hub"}
    assert {name.split(".")[0] for name in imported(path)} & folders == set()


@pytest.mark.parametrize("rule", [*RULES, *WARNINGS], ids=lambda rule: f"{rule.__module__}.{rule.__name__}")
def test_each_parameter_of_a_rule_is_the_name_of_a_group(rule: Rule) -> None:
    assert signature(rule).parameters.keys() <= Settings.model_fields.keys()
