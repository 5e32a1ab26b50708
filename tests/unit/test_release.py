import re
import tomllib

from tests import kept_states
from tests.releases import all_releases
from tools.paths import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = (CHECKOUT / PROJECT["tool"]["setuptools"]["dynamic"]["version"]["file"]).read_text(encoding="utf-8").strip()


CHANGELOG = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", CHANGELOG, re.MULTILINE)


def test_the_newest_entry_of_the_changelog_is_the_version() -> None:
    assert RELEASES[0] == VERSION


def test_each_release_has_left_its_files_for_the_tests_of_upgrades() -> None:
    assert {release.version for release in all_releases()} == set(RELEASES)
    assert {file.stem for file in kept_states.FOLDER.glob("*.json")} == set(RELEASES)


def test_the_version_is_in_one_file_only() -> None:
    assert "version" not in PROJECT["project"]
    assert "version" in PROJECT["project"]["dynamic"]


def test_the_licence_metadata_matches_the_licence_files() -> None:
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert all((CHECKOUT / name).is_file() for name in PROJECT["project"]["license-files"])
    assert "Version 2.0, January 2004" in (CHECKOUT / "LICENSE").read_text(encoding="utf-8")
