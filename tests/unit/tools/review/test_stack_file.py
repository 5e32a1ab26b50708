"""Missing and broken stack files, and the lines of mistakes."""

from pathlib import Path

import pytest

from tests.unit.tools.review.logs import message, preview
from tools.errors import ToolError
from tools.review import stack_file

FILES = ("Pulumi.dev.yaml", "Pulumi.gke.yaml")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a folder with two stack files."""
    for name in FILES:
        (tmp_path / name).write_text("config: {}\n")
    return tmp_path


def test_a_stack_file_is_found_with_and_without_an_organization(program: Path) -> None:
    assert stack_file.find(program, "dev").name == "Pulumi.dev.yaml"
    assert stack_file.find(program, "organization/jupyterhub/dev").name == "Pulumi.dev.yaml"


def test_a_missing_stack_file_is_reported_with_the_existing_ones(program: Path) -> None:
    with pytest.raises(ToolError, match=r"Pulumi\.prod\.yaml is missing.*Pulumi\.dev\.yaml, Pulumi\.gke\.yaml"):
        stack_file.find(program, "prod")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("config:\n  jupyterhub:name: [tf-hub\n", "the file is not YAML: .* in line 3"),
        ("config:\n- jupyterhub:name: x\n", "the file is not a stack file in line 2"),
        ("config: 5\n", "the file is not a stack file in line 1"),
        ("- config\n", "the file is not a stack file in line 1"),
        ("just text\n", "the file is not a stack file in line 1"),
        ("config:\n  a: 1\n  a: 2\n", "'a' twice in line 3"),
        ("config:\n  ? [a]\n  : 1\n", "a list or map as a key in line 2"),
        ("config:\n  a: 2026-11-02\n", "a number or date in line 2"),
        ("config: &a {a: *a}\n", "a list or map that contains itself"),
        ("config:\n  a: \x01\n", "the file is not YAML"),
        ("config: {{}: 1}\n", "a list or map as a key in line 1"),
    ],
)
def test_a_broken_stack_file_is_reported_with_its_name_and_the_line(program: Path, content: str, error: str) -> None:
    (program / "Pulumi.dev.yaml").write_text(content)
    with pytest.raises(ToolError, match=rf"(?s)^Pulumi\.dev\.yaml cannot be used: .*{error}"):
        stack_file.find(program, "dev")


@pytest.mark.parametrize("content", ["", "config:\n", "config: {}\n", "encryptionsalt: v1:x\n", "config:\n  1: 2\n"])
def test_a_stack_file_may_be_nearly_empty(program: Path, content: str) -> None:
    (program / "Pulumi.dev.yaml").write_text(content)
    assert stack_file.find(program, "dev").read_text() == content


def test_each_mistake_of_a_key_has_its_line(program: Path) -> None:
    file = program / "Pulumi.dev.yaml"
    file.write_text("config:\n  jupyterhub:hub.imgae: x\n  notebook.memory:\n    max: 2Gib\n")
    text = (
        "The config of stack dev has 3 mistakes:\n"
        "  * hub.imgae: is not known\n"
        "  * notebook.memory.max: is not a quantity\n"
        "  * github.clientId: is not set"
    )
    (error,) = stack_file.placed(preview(message("error", text), failed=True), file).errors
    assert error.text.splitlines()[1:] == [
        "  * hub.imgae (Pulumi.dev.yaml, line 2): is not known",
        "  * notebook.memory.max (Pulumi.dev.yaml, line 3): is not a quantity",
        "  * github.clientId: is not set",
    ]


def test_all_mistakes_replace_the_first_type_error_of_pulumi(program: Path) -> None:
    file = program / "Pulumi.dev.yaml"
    file.write_text("config:\n  jupyterhub:name: [1]\n  jupyterhub:protect: {a: 1}\n")
    engine = "error: validating stack config: Stack 'dev' with configuration key 'name' must be of type 'string'"
    (error,) = stack_file.placed(preview(message("error", engine), failed=True), file).errors
    assert "* name (Pulumi.dev.yaml, line 2): " in error.text
    assert "* protect (Pulumi.dev.yaml, line 3): " in error.text
