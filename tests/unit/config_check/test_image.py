"""Packages of the hub's image, by its requirements."""

import importlib
import runpy
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from config_check.image import ImageOnly, differences, required


def test_the_environment_has_the_packages_of_the_image() -> None:
    assert {"jupyterhub", "jupyterhub-kubespawner", "oauthenticator"} <= {found.name for found in required()}
    assert list(differences(required())) == []


def test_other_versions_and_missing_packages_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# what the hub has\njupyterhub==1.0  # old\n\nno-such-package>=2\ntraitlets>=5\n")
    first, second = differences(required(file))
    assert first.place.file == "docker/hub/requirements.txt"
    assert first.text.startswith(f"the hub has jupyterhub==1.0, and here it is {version('jupyterhub')}; ")
    assert second.text.startswith("the hub has no-such-package>=2, and here it is not installed; ")
    assert second.text.endswith(" -m pip install -r docker/hub/requirements.txt")


@pytest.mark.parametrize(
    ("module", "is_missing"),
    [
        ("json", False),
        ("jupyterhub", False),
        ("kubespawner", False),
        ("tornado", False),
        ("jwt", False),
        ("no_such_module", False),  # Python itself says so
        ("pulumi", True),
        ("pytest", True),
    ],
)
def test_the_packages_of_the_image_include_dependencies(module: str, is_missing: bool) -> None:  # noqa: FBT001 -- a parameter
    assert ImageOnly(Path("/nowhere"), required()).is_missing(module) is is_missing


def test_only_the_configuration_cannot_import_other_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [ImageOnly(tmp_path, [Requirement("traitlets")]), *sys.meta_path])
    monkeypatch.delitem(sys.modules, "trustme", raising=False)
    importlib.reload(importlib.import_module("trustme"))
    del sys.modules["trustme"]
    file = tmp_path / "extra_config.py"
    file.write_text("import trustme")
    with pytest.raises(ModuleNotFoundError, match="No module named 'trustme'"):
        runpy.run_path(str(file))
