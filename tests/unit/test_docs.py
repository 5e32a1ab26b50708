import re
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path

import pytest

import settings
from tools.paths import CHECKOUT

PAGES = [
    page
    for page in (*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md"), *(CHECKOUT / "tests").rglob("*.md"))
    if page.parent != CHECKOUT / "docs" / "review"  # comments, written by tools/review
]
FOLDERS = {
    folder.name for folder in CHECKOUT.iterdir() if folder.is_dir() and folder.name not in {".git", ".venv", "build"}
}
IDS = [str(page.relative_to(CHECKOUT)) for page in PAGES]


def without_code(page: Path) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@cache
def anchors(page: Path) -> AbstractSet[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", without_code(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def is_broken(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    return not target.exists() or bool(anchor and target.suffix == ".md" and anchor not in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_relative_link_and_anchor_resolves(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", without_code(page))
    assert [link for link in links if "://" not in link and is_broken(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_named_file_of_the_repository_exists(page: Path) -> None:
    named = re.findall(r"`([\w.-]+/[\w./-]*)`", without_code(page))
    paths = [path for path in named if path.partition("/")[0] in FOLDERS]
    assert [path for path in paths if not (CHECKOUT / path).exists()] == []


def test_every_target_of_the_makefile_is_documented() -> None:
    text = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    documented = set(re.findall(r"`(?:eval \"\$\()?make ([a-z-]+)", text))
    assert set(targets) - {"help"} <= documented


def test_the_error_messages_in_the_readme_are_those_of_the_program() -> None:
    wrong = {"images.repository": "registry.example.org/hub", "endpoint.address": "127.100.0.10", "auth.type": "dummy"}
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({**wrong, "hub.imgae": "x", "notebook.memory": {"max": "2Gib"}})
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"has 2 mistakes:\n(.*?)```", readme, re.DOTALL)
    assert shown
    assert shown[1].splitlines() == [f"  * {mistake}" for mistake in caught.value.mistakes]


def test_the_index_of_decisions_is_complete() -> None:
    folder = CHECKOUT / "docs" / "decisions"
    listed = re.findall(
        r"^\| \[(\d+)\]\((\d+)-\S+\.md\)", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    numbers = [int(page.name.partition("-")[0]) for page in folder.glob("[0-9]*.md")]
    assert [(int(shown), int(linked)) for shown, linked in listed] == [(number, number) for number in sorted(numbers)]
