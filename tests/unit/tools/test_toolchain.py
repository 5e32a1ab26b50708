import re
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from tools import paths, toolchain
from tools.errors import ToolError

TOOLS = [
    *toolchain.ENGINE,
    toolchain.KUBERNETES,
    toolchain.PYTHON_HOST,
    toolchain.ACTIONLINT,
    toolchain.KUBE_SCORE,
    toolchain.CYCLONUS,
    toolchain.TRAEFIK,
    toolchain.KWOK,
    toolchain.YAML_HOST,
    toolchain.NODEJS_SDKS,
]
LOCK = (paths.CHECKOUT / "requirements.lock").read_text()


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.folder)
def test_every_tool_is_pinned_with_checksums(tool: toolchain.Tool) -> None:
    assert (tool.source / "go.mod").read_text().startswith(f"module local/tools/{tool.folder}\n")
    assert (tool.source / "go.sum").stat().st_size > 0


def test_the_engine_has_the_version_of_the_locked_sdk() -> None:
    pinned = re.search(r"pulumi/pkg/v3 v(\S+)", (toolchain.PULUMI.source / "go.mod").read_text())
    assert pinned
    assert f"\npulumi=={pinned[1]}\n" in LOCK


def test_sdks_are_generated_by_the_version_of_the_engine() -> None:
    pinned = [
        re.search(r"pulumi/pkg/v3 v(\S+)", (tool.source / "go.mod").read_text())
        for tool in (toolchain.PULUMI, toolchain.NODEJS_SDKS)
    ]
    assert len({found[1] for found in pinned if found}) == 1


def test_the_provider_has_the_version_of_the_locked_sdk() -> None:
    assert toolchain.KUBERNETES_PROVIDER.version == version("pulumi-kubernetes")
    assert re.search(rf"\npulumi.kubernetes=={re.escape(version('pulumi-kubernetes'))}\n", LOCK)


def test_a_changed_pin_rebuilds_the_tool_and_its_dependents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = {tool.folder: tool.programs for tool in TOOLS}
    shutil.copytree(paths.CHECKOUT / "tools" / "modules", tmp_path / "modules")
    monkeypatch.setattr(toolchain, "_SOURCES", tmp_path / "modules")
    assert {tool.folder: tool.programs for tool in TOOLS} == before
    with (tmp_path / "modules" / "pulumi-language-python" / "go.sum").open("a") as sums:
        sums.write("\n")
    changed = {tool.folder for tool in TOOLS if tool.programs != before[tool.folder]}
    assert changed == {"pulumi-language-python", "pulumi"}


def test_a_missing_go_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(toolchain, "_BUILT", tmp_path)
    with pytest.raises(ToolError, match="Go is not installed"):
        toolchain.build(toolchain.KUBERNETES)


def test_module_sources_are_downloaded_before_they_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """`go list -m` returns folders of downloaded modules only: on a new machine, none is downloaded."""
    calls: list[tuple[str, ...]] = []

    def go(_: Path, *arguments: str) -> str:
        calls.append(arguments)
        return '{"Dir": "/modules/somewhere@v1"}'

    monkeypatch.setattr(toolchain, "_go", go)
    assert toolchain.sources_of(Path(), "example.org/somewhere") == Path("/modules/somewhere@v1")
    assert calls == [("mod", "download", "-json", "example.org/somewhere")]
