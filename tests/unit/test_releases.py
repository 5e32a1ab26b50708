"""An upgrade from each release to the program of today, with an unchanged stack file."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

import settings
from settings import SettingsError
from settings.reading import mistakes
from settings.reading.keys import KEYS, REMOVED
from tests import releases
from tests.releases import Release, all_releases, deploy
from tools.paths import CHECKOUT
from tools.review.offline.compare import differences
from tools.schema.stack import schema

RELEASES = all_releases()
EACH = pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.version)
STACKS = [
    pytest.param(release, file, id=f"{release.version}-{file.name.removeprefix('Pulumi.').removesuffix('.yaml')}")
    for release in RELEASES
    for file in release.stack_files
]


@cache
def gone(release: Release, file: Path) -> frozenset[str]:
    """Return what is replaced or deleted: operation, kind and logical name."""
    found, _ = differences(dict(release.deployed(file).resources), dict(deploy(file).resources))
    return frozenset(
        f"{one.operation} {one.kind} {one.logical_name}" for one in found if one.operation in {"replace", "delete"}
    )


def choices(part: object) -> Iterator[str]:
    """Yield the texts to choose from in a part of a schema."""
    if isinstance(part, dict):
        for key, value in cast("dict[str, Any]", part).items():
            yield from (one for one in value if one and isinstance(one, str)) if key == "enum" else choices(value)
    elif isinstance(part, list):
        for one in cast("list[Any]", part):
            yield from choices(one)


@pytest.mark.parametrize(("release", "file"), STACKS)
def test_an_upgrade_replaces_and_deletes_only_what_is_listed_with_a_reason(release: Release, file: Path) -> None:
    assert gone(release, file) <= {change.object for change in release.changes}


@EACH
def test_each_listed_change_happens_to_a_stack(release: Release) -> None:
    found = {one for file in release.stack_files for one in gone(release, file)}
    assert {change.object for change in release.changes} <= found


@pytest.mark.parametrize(("release", "file"), STACKS)
def test_an_upgrade_keeps_all_exports(release: Release, file: Path) -> None:
    assert release.deployed(file).exports <= deploy(file).exports


@EACH
def test_each_key_of_a_release_is_a_setting_or_has_a_replacement(release: Release) -> None:
    assert release.settings.keys() <= KEYS.keys() | REMOVED.keys()


@EACH
def test_each_choice_of_a_release_can_still_be_made(release: Release) -> None:
    now = schema()["definitions"]
    for key, definition in release.settings.items():
        if key in now:
            assert set(choices(definition)) <= set(choices(now[key])), key


def test_a_removed_key_is_refused_with_what_to_write_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistakes, "REMOVED", {"hub.old": "is removed since 0.3.0; set hub.new to the same value."})
    with pytest.raises(SettingsError) as caught:
        settings.parse({"hub.old": "x"})
    assert (
        "hub.old: is removed since 0.3.0; set hub.new to the same value. Remove it with: pulumi config rm hub.old"
        in caught.value.mistakes
    )


def test_a_removed_key_is_no_setting() -> None:
    assert not REMOVED.keys() & KEYS.keys()


def test_the_files_of_a_release_are_read_as_they_were_deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "FOLDER", tmp_path)
    made, example = Release(version="9.9.9"), CHECKOUT / "examples" / "Pulumi.minimal.yaml"
    made.write([example])
    (file,) = made.stack_files
    assert made.deployed(file) == deploy(example)
    assert made.changes == ()
    assert made.settings.keys() == KEYS.keys()
