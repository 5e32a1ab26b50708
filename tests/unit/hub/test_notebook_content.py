"""Git repositories in the home, with the real git."""

import json
import subprocess
from pathlib import Path

import pytest

from hub import notebook_content
from hub.notebook_content import VARIABLE, PullError, pull, pull_all


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def publish(course: Path, **files: str | None) -> None:
    """Commit files of upstream, by name without `.txt`; None removes one."""
    for name, text in files.items():
        file = course / f"{name}.txt"
        file.unlink() if text is None else file.write_text(text)
    git(course, "add", "--all")
    git(course, "commit", "--message=lecture")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "upstream"
    folder.mkdir()
    git(folder, "init", "--initial-branch=main")
    publish(folder, one="1\n2\n3\n", two="2\n")
    return folder


@pytest.fixture
def own(course: Path, tmp_path: Path) -> Path:
    """The folder in the home, after the first start."""
    folder = tmp_path / "home" / "lectures" / "course"
    pull(str(course), None, folder)
    return folder


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.glob("*.txt"))}


def test_a_repository_is_cloned_and_then_follows_upstream(course: Path, own: Path) -> None:
    assert content(own) == {"one.txt": "1\n2\n3\n", "two.txt": "2\n"}
    publish(course, one="1\n2\n3\n4\n", two=None, three="3\n")
    pull(str(course), None, own)
    assert content(own) == {"one.txt": "1\n2\n3\n4\n", "three.txt": "3\n"}
    assert git(own, "status", "--porcelain") == ""


def test_the_branch_of_the_settings_is_followed(course: Path, tmp_path: Path) -> None:
    git(course, "checkout", "-b", "release/2")
    publish(course, two="two\n")
    git(course, "checkout", "main")
    pull(str(course), "release/2", tmp_path / "own")
    assert content(tmp_path / "own")["two.txt"] == "two\n"
    git(course, "checkout", "release/2")
    publish(course, two="two again\n")
    git(course, "checkout", "main")
    pull(str(course), "release/2", tmp_path / "own")
    assert content(tmp_path / "own")["two.txt"] == "two again\n"


def test_changes_of_a_person_stay_beside_those_of_upstream(course: Path, own: Path) -> None:
    (own / "one.txt").write_text("my 1\n2\n3\n")
    publish(course, one="1\n2\n3 of upstream\n", two="2 of upstream\n")
    pull(str(course), None, own)
    assert content(own) == {"one.txt": "my 1\n2\n3 of upstream\n", "two.txt": "2 of upstream\n"}


def test_where_both_changed_the_same_lines_those_of_the_person_stay(course: Path, own: Path) -> None:
    (own / "one.txt").write_text("1\nmine\n3\n")
    publish(course, one="1\ntheirs\n3\n")
    for _ in range(2):
        pull(str(course), None, own)
        assert content(own)["one.txt"] == "1\nmine\n3\n"


def test_a_changed_file_that_upstream_deletes_stays(course: Path, own: Path) -> None:
    (own / "one.txt").write_text("mine\n")
    publish(course, one=None, three="3\n")
    pull(str(course), None, own)
    assert content(own) == {"one.txt": "mine\n", "two.txt": "2\n", "three.txt": "3\n"}


def test_a_file_that_the_person_deleted_comes_back_with_the_text_of_upstream(course: Path, own: Path) -> None:
    (own / "one.txt").unlink()
    publish(course, one="new\n")
    pull(str(course), None, own)
    assert content(own)["one.txt"] == "new\n"


def test_a_file_that_the_person_removed_from_git_stays_away(course: Path, own: Path) -> None:
    git(own, "rm", "one.txt")
    publish(course, one="new\n")
    pull(str(course), None, own)
    assert content(own) == {"two.txt": "2\n"}


def test_a_file_of_the_person_makes_way_for_a_new_one_of_upstream(course: Path, own: Path) -> None:
    (own / "three.txt").write_text("mine\n")
    publish(course, three="theirs\n")
    pull(str(course), None, own)
    found = content(own)
    assert found.pop("three.txt") == "theirs\n"
    assert "mine\n" in found.values()


def test_commits_of_the_person_stay_in_the_history(course: Path, own: Path) -> None:
    (own / "notes.txt").write_text("mine\n")
    git(own, "add", "notes.txt")
    git(own, "commit", "--message=my notes")
    publish(course, two="new\n")
    pull(str(course), None, own)
    assert "my notes" in git(own, "log", "--format=%s")
    assert content(own)["notes.txt"] == "mine\n"
    assert content(own)["two.txt"] == "new\n"


def test_an_unfinished_merge_of_the_person_is_left_alone(course: Path, own: Path) -> None:
    (own / ".git" / "MERGE_HEAD").write_text(git(own, "rev-parse", "HEAD"))
    (own / "one.txt").write_text("<<<<<<<\n")
    publish(course, one="new\n")
    with pytest.raises(PullError, match="merge or rebase"):
        pull(str(course), None, own)
    assert content(own)["one.txt"] == "<<<<<<<\n"


def test_hooks_and_identity_of_the_person_are_not_used(course: Path, own: Path) -> None:
    hook = own / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    git(own, "config", "user.email", "")
    (own / "one.txt").write_text("mine\n")
    publish(course, two="new\n")
    pull(str(course), None, own)
    assert content(own)["two.txt"] == "new\n"


def test_another_history_of_upstream_changes_nothing(course: Path, own: Path) -> None:
    git(course, "checkout", "--orphan", "new")
    publish(course, one="other\n")
    git(course, "branch", "--move", "--force", "new", "main")
    with pytest.raises(PullError, match="unrelated histories"):
        pull(str(course), None, own)
    assert content(own)["one.txt"] == "1\n2\n3\n"


@pytest.mark.parametrize("is_folder", [True, False])
def test_something_else_at_the_place_is_not_touched(
    course: Path,
    tmp_path: Path,
    is_folder: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    place = tmp_path / "course"
    file = place / "mine.txt" if is_folder else place
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine\n")
    with pytest.raises(PullError, match="something else of this name"):
        pull(str(course), None, place)
    assert file.read_text() == "mine\n"


def test_a_clone_that_was_interrupted_is_made_again(course: Path, tmp_path: Path) -> None:
    part = tmp_path / ".course.part"
    part.mkdir()
    (part / "half").touch()
    pull(str(course), None, tmp_path / "course")
    assert content(tmp_path / "course")["two.txt"] == "2\n"
    assert not part.exists()


def test_each_repository_that_fails_is_told_and_the_others_are_pulled(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    entries = [
        {"repository": str(tmp_path / "absent"), "branch": None, "folder": "absent"},
        {"repository": str(course), "branch": "gone", "folder": "gone"},
        {"repository": str(course), "branch": None, "folder": "course"},
    ]
    monkeypatch.setenv(VARIABLE, json.dumps(entries))
    messages = [str(notice["message"]) for notice in pull_all(tmp_path)]
    assert messages[0] == "The folder absent is not up to date. Your files are kept."
    assert "does not exist" in messages[1]
    assert messages[2].startswith("The folder gone ")
    assert "gone not found in upstream" in messages[3]
    assert content(tmp_path / "course")["two.txt"] == "2\n"
    assert "gone is not updated from" in capfd.readouterr().err
    assert all(len(message) <= notebook_content.LONGEST for message in messages)


def test_an_image_without_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, json.dumps([{"repository": "x", "branch": None, "folder": "course"}]))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [notice["message"] for notice in pull_all(tmp_path)][1] == "The image has no git."


def test_nothing_is_pulled_without_repositories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert pull_all(tmp_path) == []
