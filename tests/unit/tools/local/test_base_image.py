from importlib import metadata
from pathlib import Path

import pytest

from tests.unit.tools.local.tools import Tools
from tools import commands
from tools.errors import ToolError
from tools.local import base_image
from tools.local.buildah import Buildah


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Tools:
    tools = Tools()
    monkeypatch.setattr(commands, "run", tools.run)
    return tools


def test_the_copied_files_of_node_exist_in_the_environment(tools: Tools, tmp_path: Path) -> None:
    base_image.import_node(Buildah(tmp_path, "overlay"))
    copies = {Path(call[-1]).name: Path(call[-2]) for call in tools.with_word("copy")}
    assert copies["node"].is_file()
    assert (copies["npm"] / "bin" / "npm-cli.js").is_file()


def test_the_version_of_node_is_part_of_the_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    before = base_image.recipe()
    monkeypatch.setattr(metadata.Distribution, "version", "99.0")
    assert base_image.recipe() != before


def test_an_environment_without_node_is_reported_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(ToolError, match=r"pip install -r requirements-dev\.txt"):
        base_image.recipe()


def test_each_base_image_has_its_own_reference(tools: Tools, tmp_path: Path) -> None:
    builder = Buildah(tmp_path, "overlay")
    base_image.import_python(builder, tmp_path / "debian.tar")
    base_image.import_node(builder)
    assert [call[-1] for call in tools.with_word("commit")] == [base_image.PYTHON, base_image.NODE]
    assert tools.with_word("from")[1][-1] == base_image.PYTHON
