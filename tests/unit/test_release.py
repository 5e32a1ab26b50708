import re
import tomllib

from tools.paths import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = (CHECKOUT / PROJECT["tool"]["setuptools"]["dynamic"]["version"]["file"]).read_text(encoding="utf-8").strip()


def test_the_newest_entry_of_the_changelog_is_the_version() -> None:
    changelog = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", changelog, re.MULTILINE)
    assert releases[0] == VERSION


def test_the_version_is_in_one_file_only() -> None:
    assert "version" not in PROJECT["project"]
    assert "version" in PROJECT["project"]["dynamic"]


def test_the_licence_metadata_matches_the_licence_files() -> None:
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert all((CHECKOUT / name).is_file() for name in PROJECT["project"]["license-files"])
    assert "Version 2.0, January 2004" in (CHECKOUT / "LICENSE").read_text(encoding="utf-8")
