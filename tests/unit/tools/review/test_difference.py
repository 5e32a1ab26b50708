"""The lines of a difference: values as YAML, and no two lines that look alike."""

import pytest

from tools.review.log.model import Change, Resource
from tools.review.show import difference


def _lines(old: object, new: object, path: str = "p", operation: str = "update") -> list[str]:
    found = Resource(
        operation="update" if operation == "update" else "create",
        type="kubernetes:core/v1:ConfigMap",
        name="x",
        logical_name="x",
        changes=(Change(path=path, old=old, new=new),),
    )
    return difference.lines(found)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("a:1", "a:2", ["- p: a:1", "+ p: a:2"]),
        ("5", 5, ['- p: "5"', "+ p: 5"]),
        ("true", True, ['- p: "true"', "+ p: true"]),
        ("", "no", ['- p: ""', '+ p: "no"']),
        ("a ", "a", ['- p: "a "', "+ p: a"]),
        ("2026-11-02", None, ['- p: "2026-11-02"']),
        ("[]", [], ['- p: "[]"', "+ p: []"]),
        ("Zürich", {}, ["- p: Zürich", "+ p: {}"]),
        ("[secret]", "[secret]", ["  p: [secret] (changed)"]),
    ],
)
def test_a_value_is_written_as_yaml(old: object, new: object, lines: list[str]) -> None:
    assert _lines(old, new) == lines


@pytest.mark.parametrize(
    ("old", "new"),
    [("a\n", "a"), ("a\r\nb\n", "a\nb\n"), ("a\n", "a\n\n"), ("a\u2028b\n", "a\nb\n"), ("a\n", "a\u200b\n")],
)
def test_files_that_look_alike_have_different_lines(old: str, new: str) -> None:
    lines = _lines(old, new)
    assert any(line.startswith(("+", "-")) for line in lines)
    assert [line[1:] for line in lines if line[0] == "+"] != [line[1:] for line in lines if line[0] == "-"]


def test_a_newline_in_a_name_is_escaped() -> None:
    assert _lines(1, None, "data[a\n+ b]") == ["- data[a\\u000a+ b]: 1"]


def test_a_new_file_is_shown_as_its_number_of_lines() -> None:
    assert _lines(None, "a\nb", operation="create") == ["+ p: 2 lines"]
